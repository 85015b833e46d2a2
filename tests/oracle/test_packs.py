"""The packs and the oracle agree on every duty of every suspension, to the day, the minute and the note."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.oracle.almanac import Row
from tests.oracle.bridge import real_packs
from tests.oracle.comparing import FULL, differences, tried
from tests.oracle.school_years import HOURS
from tests.oracle.sightings import sightings
from tests.oracle.walk import Spell, Walk, World
from tests.oracle.worlds import worlds

EXAMPLES = 10_000 if FULL else 300
OFTEN = {
    "a joined run": 60,
    "joined over days off": 25,
    "joined over an INSET day only": 6,
    "joined over a long holiday": 5,
    "a lunchtime within a run": 12,
    "a sixth day": 35,
    "a sixth day in a joined run": 45,
    "details before a day off": 35,
    "a split between terms": 25,
    "a split between school years": 2,
    "a run over a clock change": 30,
    "a cancelled one in a run": 15,
    "a cancelled one in the middle of a run": 8,
    "cancelled after some of it was served": 30,
    "cancelled to the minute of a session's end": 5,
    "served sessions of a cancelled one that do not count": 5,
    "a permanent one in a run": 7,
    "10 half days in a term": 12,
    "11 half days in a term": 12,
    "30 half days in a term": 3,
    "31 half days in a term": 2,
    "90 half days in a year": 2,
    "91 half days in a year": 3,
    "over-45-days": 8,
    "board-meeting": 50,
    "a meeting for an exam alone": 4,
    "notice date missing": 25,
    "calendar missing": 40,
    "dates missing": 6,
    "an unknown length": 15,
    "supply-dates": 15,
    "attendance-mismatch": 25,
    "dates-changed": 3,
    "back the same afternoon": 30,
    "a start in the afternoon": 60,
    "decided later": 15,
    "decided later, to the minute": 15,
    "decided on a day off": 25,
    "the same start": 10,
    "the same start and decision": 5,
}
"""What 300 examples must at least have shown; ten thousand twenty times that."""


@pytest.mark.trial
@pytest.mark.timeout(0 if FULL else 240)
def test_the_packs_and_the_oracle_agree_on_every_duty_of_every_suspension() -> None:
    packs, seen = real_packs(), Counter[str]()

    def compare(world: World) -> None:
        seen.update(sightings(Walk(world)))
        assert differences(packs, world) == []

    tried(EXAMPLES, compare, worlds())
    assert too_seldom(seen) == {}


@pytest.mark.parametrize("category", ["SUSP", "PERM", "LNCH"])
@pytest.mark.parametrize(
    "rows", [[], [("term", date(2026, 9, 5), date(2026, 9, 6))]], ids=["none", "a weekend"]
)
def test_they_agree_about_a_school_that_has_loaded_no_calendar(category: str, rows: list[Row]) -> None:
    begun = Spell("A", category, date(2026, 9, 8), notice=date(2026, 9, 9), exam=date(2026, 9, 20))
    for spell in (
        begun,
        begun._replace(length=3),
        begun._replace(end=date(2026, 9, 10)),
        Spell("A", category),
    ):
        world = World(
            rows, HOURS[0], [spell], date(2026, 10, 1), social_worker=True, looked_after=True, ehcp=True
        )
        assert differences(real_packs(), world) == []


def too_seldom(seen: Counter[str]) -> dict[str, int]:
    """What the trial has hardly met, so that it says nothing about it."""
    times = 20 if FULL else 1
    return {name: seen[name] for name, count in OFTEN.items() if seen[name] < count * times}
