"""The names that Outlook has for the schools' clocks, held against another copy of Unicode's table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from rp_connect.errors import ConfigError, RpConnectError
from rp_microsoft365.time_zones import WINDOWS_NAMES, local_stamp, outlook_zone, read_stamp, utc_stamp

DAYS = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(2 * 365)]


@pytest.mark.parametrize("zone", sorted(WINDOWS_NAMES))
def test_the_clock_of_outlooks_name_is_the_schools_own_on_every_day(zone: str):
    of_outlook = ZoneInfo(WINDOWS_TO_OLSON[WINDOWS_NAMES[zone]]) if zone != "UTC" else ZoneInfo("UTC")

    assert {
        day for day in DAYS if day.astimezone(of_outlook).hour != day.astimezone(ZoneInfo(zone)).hour
    } == set()


def test_a_zone_without_a_name_says_what_to_do():
    with pytest.raises(ConfigError, match="Asia/Kathmandu has no name in Outlook"):
        outlook_zone(ZoneInfo("Asia/Kathmandu"))


@pytest.mark.parametrize("zone", ["Europe/London", "Europe/Dublin", "America/New_York", "Australia/Sydney"])
@pytest.mark.parametrize("day", ["2026-03-27", "2026-03-30", "2026-10-23", "2026-10-26"])
def test_what_is_written_is_read_again(zone: str, day: str):
    moment = datetime.fromisoformat(f"{day}T14:20").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    stamp = local_stamp(moment, ZoneInfo(zone))

    assert stamp["dateTime"] == f"{day}T14:20:00"
    assert read_stamp(stamp) == moment
    assert read_stamp(utc_stamp(moment)) == moment
    assert read_stamp({"dateTime": f"{moment:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}) == moment


@pytest.mark.parametrize(
    "stamp", [{}, {"dateTime": "soon"}, {"dateTime": "2026-11-16T14:20", "timeZone": "X"}]
)
def test_a_time_that_cannot_be_read_is_an_error_of_ours(stamp: dict[str, str]):
    with pytest.raises(RpConnectError, match="a time of an event"):
        read_stamp(stamp)
