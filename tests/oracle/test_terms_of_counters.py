"""In which term a suspension counts: that in which its half days lie, whatever day the office wrote down."""

from __future__ import annotations

from datetime import date

import pytest

from tests.oracle.bridge import answered, context_of, real_packs
from tests.oracle.owed import owed
from tests.oracle.school_years import HOURS
from tests.oracle.walk import Spell, Walk, World

ROWS = [("term", date(2026, 9, 1), date(2026, 12, 16)), ("term", date(2027, 1, 4), date(2027, 3, 26))]
ELEVEN_HALF_DAYS = Spell("A", "SUSP", date(2026, 10, 5), length=11)


@pytest.mark.parametrize(
    ("start", "told"),
    [
        pytest.param(date(2026, 12, 16), True, id="begun on the last day of term"),
        pytest.param(date(2026, 12, 17), False, id="begun on the first day of the holidays"),
        pytest.param(date(2027, 1, 4), False, id="begun on the first day of the next term"),
    ],
)
def test_the_board_is_told_again_only_where_half_days_lie_in_the_term_that_has_passed_five_days(
    start: date, told: bool
) -> None:
    second = Spell("B", "SUSP", start, length=6)
    world = World(ROWS, HOURS[0], [ELEVEN_HALF_DAYS, second], date(2026, 12, 16))
    ours = owed(Walk(world), second)
    theirs = answered(real_packs(), world, second, context_of(world))
    assert theirs == ours
    assert ("tell-board" in {rule for rule, *_ in theirs}) is told
