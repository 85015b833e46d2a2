"""`--now`: whose clock it moves, how it is read, and when it is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rp_connect.errors import UsageError
from rp_connect.wiring.clock import MovedClock, RealClock, read_now
from tests.cli.installation import Installation

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01T09:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-12-01T09:00", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("2026-07-01T09:00+00:00", datetime(2026, 7, 1, 9, tzinfo=UTC)),
        ("2026-07-01T09:00Z", datetime(2026, 7, 1, 9, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 23, tzinfo=UTC)),
    ],
)
def test_without_an_offset_it_is_the_schools_own_time(text, moment):
    assert read_now(text, LONDON) == moment


def test_something_that_is_no_moment_is_refused():
    with pytest.raises(UsageError, match="--now needs a date and a time"):
        read_now("yesterday", LONDON)


def test_a_moved_clock_stands_still_unless_it_is_to_tick():
    moment = datetime(2026, 7, 1, 8, tzinfo=UTC)
    still, ticking = MovedClock(moment), MovedClock(moment, ticking=True)
    assert (still.now(), still.now()) == (moment, moment)
    assert moment <= ticking.now() <= ticking.now() < moment.replace(minute=1)


def test_the_real_clock_bears_its_offset():
    assert RealClock().now().tzinfo is UTC


def test_cases_are_opened_at_the_moved_time_with_the_summers_offset(installation: Installation):
    installation.run("sync", now="2026-09-10T11:00")
    case, *_ = installation.json("case", "list", now=None)
    assert case["opened_at"] == "2026-09-10T11:00:00+01:00"


def test_a_moved_time_that_cannot_be_read_is_wrong_usage(installation: Installation):
    answer = installation.run("check", now="soon")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "--now needs a date and a time, such as 2026-11-12T09:30.\n"
