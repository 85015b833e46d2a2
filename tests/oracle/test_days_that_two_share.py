"""A day that two suspensions share is that of the first that bears tasks: faults the oracle once found."""

from __future__ import annotations

from datetime import date

from tests.oracle.bridge import answered, context_of, real_packs, work_titles
from tests.oracle.owed import Owed, owed, titles_of_work
from tests.oracle.school_years import HOURS
from tests.oracle.walk import Spell, Walk, World

OF_A_DAY = ("set-work", "day-six-education", "day-six-details")
UNTIL_OCTOBER = [("term", date(2026, 9, 2), date(2026, 10, 30))]
WHOLE_YEAR = [("term", date(2026, 9, 2), date(2027, 7, 20))]


def of_the_last(spells: list[Spell], rows: list[tuple[str, date, date]]) -> tuple[set[Owed], set[Owed]]:
    """What the oracle and the pack say of the days of the last of these."""
    world = World(rows, HOURS[0], spells, date(2026, 10, 1))
    ours = owed(Walk(world), spells[-1])
    theirs = answered(real_packs(), world, spells[-1], context_of(world))
    return {o for o in ours if o[0] in OF_A_DAY}, {o for o in theirs if o[0] in OF_A_DAY}


def test_a_long_suspension_keeps_its_undated_days_when_a_short_one_lies_over_it() -> None:
    short = Spell("B", "SUSP", date(2026, 10, 30), length=1)
    long = Spell("A", "SUSP", date(2026, 10, 29), length=12)
    ours, theirs = of_the_last([short, long], UNTIL_OCTOBER)
    assert ("day-six-education", 1, None, "calendar missing") in ours
    assert theirs == ours


def test_a_permanent_exclusion_keeps_its_undated_days_when_a_suspension_starts_after_it() -> None:
    late = Spell("B", "SUSP", date(2026, 10, 30), length=1)
    permanent = Spell("A", "PERM", date(2026, 10, 29))
    ours, theirs = of_the_last([late, permanent], UNTIL_OCTOBER)
    assert "day-six-education" in {rule for rule, *_ in ours}
    assert theirs == ours


def test_a_permanent_exclusion_from_the_afternoon_of_an_unlawful_suspensions_last_day_has_that_day() -> None:
    """80 half days, then 11 that pass 45 days and end on the morning of 8 December; then permanent."""
    before = Spell("A", "SUSP", date(2026, 9, 7), length=80)
    unlawful = Spell("B", "SUSP", date(2026, 12, 1), length=11)
    permanent = Spell("C", "PERM", date(2026, 12, 8), half=1)
    ours, theirs = of_the_last([before, unlawful, permanent], WHOLE_YEAR)
    assert "day-six-education" in {rule for rule, *_ in ours}
    assert theirs == ours


def test_a_day_past_the_calendar_that_only_an_unlawful_suspension_has_is_counted_in_day_1_of_4() -> None:
    """88 half days, then 6 of which the calendar holds 2, and 6 from that afternoon that pass 45 days."""
    before = Spell("A", "SUSP", date(2025, 9, 4), length=87)
    lawful = Spell("B", "SUSP", date(2026, 7, 17), length=6)
    unlawful = Spell("C", "SUSP", date(2026, 7, 17), half=1, length=6)
    later = Spell("D", "SUSP", date(2025, 11, 30), half=1, length=1)
    world = World(
        [("term", date(2025, 9, 1), date(2026, 7, 17))],
        HOURS[0],
        [before, later, lawful, unlawful],
        date(2026, 7, 1),
    )
    ours = titles_of_work(Walk(world), lawful)
    assert ours == [f"day {n} of 4" for n in (1, 2, 3)]
    assert work_titles(real_packs(), world, lawful) == ours
