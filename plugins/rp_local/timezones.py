"""A time zone as calendar programs want it: a VTIMEZONE whose onsets are exact.

icalendar can make one too, but has summer time begin an hour late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

YEARS_AFTER = 8
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NONE = timedelta()


@dataclass(frozen=True, slots=True)
class Onset:
    """A clock change. `wall` is the time on the wall before it, as RFC 5545 counts."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool

    @property
    def kind(self) -> tuple[timedelta, timedelta, str]:
        return self.before, self.after, self.name


@lru_cache(maxsize=64)
def vtimezone(zone: ZoneInfo, year: int) -> Timezone:
    """Right for `year` and the eight after it, and longer where the rule stays as it is."""
    first = datetime(year - 1, 1, 1, tzinfo=UTC)
    onsets = changes(zone, first, datetime(year + YEARS_AFTER + 1, 1, 1, tzinfo=UTC))
    component = Timezone()
    component.add("TZID", zone.key)
    if not onsets or onsets[0].wall.year >= year:
        component.add_component(observance([standing(zone, first)]))
    for kind in dict.fromkeys(onset.kind for onset in onsets):
        component.add_component(observance([onset for onset in onsets if onset.kind == kind]))
    return component


def offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or NONE


def changes(zone: ZoneInfo, first: datetime, last: datetime) -> list[Onset]:
    found = []
    day = first
    while day < last:
        following = day + timedelta(days=1)
        if offset(zone, day) != offset(zone, following):
            at = moment_of_change(zone, day, following)
            before, after = offset(zone, day), offset(zone, at)
            wall = (at + before).replace(tzinfo=None)
            found.append(Onset(wall, before, after, name(zone, at), summer=after > before))
        day = following
    return found


def moment_of_change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    new = offset(zone, high)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (low, middle) if offset(zone, middle) == new else (middle, high)
    return high


def standing(zone: ZoneInfo, at: datetime) -> Onset:
    """What holds before the first change."""
    local = at.astimezone(zone)
    here = offset(zone, at)
    return Onset(local.replace(tzinfo=None), here, here, name(zone, at), summer=(local.dst() or NONE) > NONE)


def name(zone: ZoneInfo, at: datetime) -> str:
    return at.astimezone(zone).tzname() or zone.key


def observance(onsets: Sequence[Onset]) -> TimezoneStandard | TimezoneDaylight:
    first = onsets[0]
    part = TimezoneDaylight() if first.summer else TimezoneStandard()
    part.add("DTSTART", first.wall)
    part.add("TZOFFSETFROM", first.before)
    part.add("TZOFFSETTO", first.after)
    part.add("TZNAME", first.name)
    if rule := yearly(onsets):
        part.add("RRULE", vRecur({"FREQ": "YEARLY", **rule}))
    elif len(onsets) > 1:
        part.add("RDATE", [onset.wall for onset in onsets[1:]])
    return part


def yearly(onsets: Sequence[Onset]) -> dict[str, int | str] | None:
    """One rule for all of them where there is one, such as the last Sunday of March."""
    alike = {(onset.wall.month, onset.wall.weekday(), onset.wall.time()) for onset in onsets}
    years = [onset.wall.year for onset in onsets]
    if len(alike) > 1 or len(years) < YEARS_AFTER or years != list(range(years[0], years[0] + len(years))):
        return None
    month, weekday, _ = alike.pop()
    if all((onset.wall + timedelta(days=7)).month != month for onset in onsets):
        return {"BYMONTH": month, "BYDAY": f"-1{WEEKDAYS[weekday]}"}
    weeks = {(onset.wall.day - 1) // 7 + 1 for onset in onsets}
    return {"BYMONTH": month, "BYDAY": f"{weeks.pop()}{WEEKDAYS[weekday]}"} if len(weeks) == 1 else None
