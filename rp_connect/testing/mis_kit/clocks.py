"""Dates and moments: a bare date is a day of the school, and a moment is the same everywhere."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from rp_connect.ports.mis import Kind
from rp_connect.testing.mis_kit.checks import check
from rp_connect.testing.mis_kit.invented import awkward
from rp_connect.testing.mis_kit.readings import everything
from rp_connect.testing.mis_kit.rig import MisUnderTest
from rp_connect.testing.mis_kit.school import differences

AUCKLAND = ZoneInfo("Pacific/Auckland")
DATED = tuple(kind for kind in Kind if kind is not Kind.STAFF)


@contextmanager
def machine_in(zone: str) -> Iterator[None]:
    """The computer's own time zone, which is nobody's at a school."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


@check(*DATED)
def a_date_does_not_hang_on_where_the_computer_stands(rig: MisUnderTest, kind: Kind) -> None:
    """A cloud's computers stand in no school's zone: a day early, and the notice to parents is late."""
    school = rig.hold(awkward(rig.can))
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        with machine_in(zone):
            found = differences(everything(rig.open(), kind).records, school.of(kind))
        assert found == [], "on a computer in another time zone the records are other ones"


@check(*DATED)
def a_moment_is_on_the_schools_own_day_and_a_date_is_never_moved(rig: MisUnderTest, kind: Kind) -> None:
    """Half past midnight in summer is the day before in UTC; and a day without a time has no zone."""
    school = rig.hold(awkward(rig.can)).on_the_clock_of(AUCKLAND)
    taken = everything(rig.open(AUCKLAND), kind)

    assert differences(taken.records, school.of(kind)) == [], "in another time zone the days are not right"
