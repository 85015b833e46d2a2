"""Through real syncs of a drop: what is open in the end depends on the records, not on how they came.

Equal after any story and after one sync of its end: which tasks are open for which record, with their
occurrence, due and note. Free to differ, by duties.md: the number of a case and so the ids; what is done,
cancelled or was opened again; "late information"; and the dues that count from the sync that saw the reason
(attendance-mismatch; supply-dates of a record with neither decision nor start). Left out of the stories,
since there the way does matter: lengthened dates, which wait for an answer; dates that the MIS takes back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest
from hypothesis import strategies as st

from tests.drop_school import DropSchool
from tests.oracle.almanac import day_of
from tests.oracle.comparing import FULL, tried
from tests.oracle.dropped import Task, new_school, open_tasks, read_in, whenever_seen
from tests.oracle.owed import Owed, owed
from tests.oracle.sightings import amendments
from tests.oracle.stories import Chapter, Story, stories
from tests.oracle.walk import Spell, Walk, World

EXAMPLES = 100 if FULL else 10
AMENDMENTS = (
    "a record comes late",
    "shortened",
    "moved",
    "cancelled later",
    "no longer cancelled",
    "another decision",
    "dates given later",
    "a flag changes",
    "the calendar grows",
)
pytestmark = [pytest.mark.trial, pytest.mark.timeout(0 if FULL else 240)]


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Path]:
    """A new place for each school."""
    return (tmp_path / f"school{n}" for n in count(1))


def synced(folder: Path, chapters: Iterable[Chapter], live_from: str = "2024-08-19") -> DropSchool:
    school = new_school(folder, live_from)
    for chapter in chapters:
        read_in(school, chapter)
    return school


def by_the_oracle(world: World) -> set[Task]:
    walk = Walk(world)
    return {(spell.id, item) for spell in world.spells for item in owed(walk, spell)}


def the_open(school: DropSchool, world: World) -> set[Task]:
    return whenever_seen(open_tasks(school), world.spells)


def test_any_way_to_the_same_records_ends_in_the_tasks_that_the_oracle_expects(
    folders: Iterator[Path],
) -> None:
    seen = Counter[str]()

    def compare(story: Story) -> None:
        seen.update(amendments([chapter.world for chapter in story.chapters]))
        world = story.end.world
        expected = whenever_seen(by_the_oracle(world), world.spells)
        assert the_open(synced(next(folders), [story.end]), world) == expected
        assert the_open(synced(next(folders), story.chapters), world) == expected

    tried(EXAMPLES, compare, stories())
    assert sum(seen.values()) >= EXAMPLES
    assert [name for name in AMENDMENTS if FULL and seen[name] < 3] == []


def test_the_rows_of_a_drop_may_stand_in_any_order(folders: Iterator[Path]) -> None:
    def compare(story: Story, shuffling: Random) -> None:
        now, world = story.end
        shuffled = shuffling.sample(world.spells, len(world.spells))
        first = synced(next(folders), [story.end])
        second = synced(next(folders), [Chapter(now, world._replace(spells=shuffled))])
        assert second.tasks() == first.tasks()

    tried(EXAMPLES, compare, stories(), st.randoms(use_true_random=False))


def test_what_was_decided_before_the_school_went_live_gets_only_what_is_still_to_come(
    folders: Iterator[Path],
) -> None:
    def compare(story: Story, which: int, days: int) -> None:
        world = story.end.world
        decided = sorted(day for spell in world.spells if (day := Walk(world).decision_day(spell)))
        live_from = (decided[which % len(decided)] if decided else world.today) + timedelta(days=days)
        school = synced(next(folders), [story.end], live_from.isoformat())
        assert the_open(school, world) == whenever_seen(still_to_come(world, live_from), world.spells)

    tried(EXAMPLES, compare, stories(), st.integers(0, 20), st.integers(-1, 9))


def still_to_come(world: World, live_from: date) -> set[Task]:
    walk = Walk(world)
    return {
        (spell.id, item)
        for spell in world.spells
        for item in owed(walk, spell)
        if not decided_before(walk, spell, live_from) or is_to_come(walk, spell, item, live_from)
    }


def decided_before(walk: Walk, spell: Spell, live_from: date) -> bool:
    day = walk.decision_day(spell)
    return day is not None and day < live_from


def is_to_come(walk: Walk, spell: Spell, item: Owed, live_from: date) -> bool:
    """Readings taken: only what has a return gets a case, so nothing that is cancelled, of unknown length,
    permanent or in a run with one that is; a return past the book is after any day; no due is to come."""
    run = walk.run_of(spell)
    endless = any(other.category == "PERM" and other.cancelled is None for other in run.spells)
    if spell.category != "SUSP" or spell.cancelled or endless or not walk.known(spell):
        return False
    back, due = walk.back(run), item[2]
    return (back is None or back[0] > live_from) and (due is None or day_of(due) >= live_from)
