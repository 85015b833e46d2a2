"""The packs and the oracle agree on every duty of every suspension, to the day, the minute and the note."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given

from tests.oracle.bridge import real_packs
from tests.oracle.comparing import FULL, differences, tried
from tests.oracle.sightings import sightings
from tests.oracle.walk import Walk, World
from tests.oracle.worlds import worlds

EXAMPLES = 10_000 if FULL else 300
OFTEN = {
    "a joined run": 60,
    "joined over days off": 10,
    "joined over an INSET day only": 6,
    "a lunchtime within a run": 6,
    "a sixth day": 15,
    "a sixth day in a joined run": 20,
    "details before a day off": 12,
    "a split between terms": 12,
    "a run over a clock change": 6,
    "a cancelled one in a run": 5,
    "cancelled after some of it was served": 10,
    "a permanent one in a run": 6,
    "10 half days in a term": 4,
    "11 half days in a term": 6,
    "over-45-days": 5,
    "board-meeting": 40,
    "a meeting for an exam alone": 6,
    "notice date missing": 20,
    "calendar missing": 30,
    "dates missing": 6,
    "supply-dates": 10,
    "attendance-mismatch": 10,
    "dates-changed": 3,
    "back the same afternoon": 10,
    "a start in the afternoon": 30,
    "decided later": 12,
    "decided later, to the minute": 12,
    "decided on a day off": 15,
    "the same start": 6,
}
"""What 300 examples must at least have shown; ten thousand ten times that."""
RARE = (
    "joined over a long holiday",
    "a split between school years",
    "a cancelled one in the middle of a run",
    "cancelled before it began",
    "cancelled to the minute of a session's end",
    "served sessions of a cancelled one that do not count",
    "the same start and decision",
    "an unknown length",
    "30 half days in a term",
    "31 half days in a term",
    "90 half days in a year",
    "91 half days in a year",
)
"""What ten thousand examples must have shown ten times at least."""


@pytest.mark.trial
@pytest.mark.timeout(0 if FULL else 240)
def test_the_packs_and_the_oracle_agree_on_every_duty_of_every_suspension() -> None:
    packs, seen = real_packs(), Counter[str]()

    @given(worlds())
    def compare(world: World) -> None:
        seen.update(sightings(Walk(world)))
        assert differences(packs, world) == []

    tried(EXAMPLES, compare)
    assert too_seldom(seen) == {}


def too_seldom(seen: Counter[str]) -> dict[str, int]:
    """What the trial has hardly met, so that it says nothing about it."""
    least = {name: count * (10 if FULL else 1) for name, count in OFTEN.items()}
    least |= dict.fromkeys(RARE, 10 if FULL else 0)
    return {name: seen[name] for name, count in least.items() if seen[name] < count}
