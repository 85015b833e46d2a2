"""Education while suspended: work for the first five school days of the run, a place from the sixth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from rp_connect.domain.calendar import Half, Session
from rp_connect.domain.duty import Duty, Trigger
from rp_connect.domain.suspension import Category, Suspension
from rp_england.due import Due, by_calendar, duty, not_before_decision
from rp_england.standing import Standing

WORK_DAYS = 5
"""Work is set for the first five school days (SI 2007/1870)."""
NOTICE_HOURS = 48
"""Details of the sixth day's education are given 48 hours before (SI 2007/1870 reg 6)."""


def education_duties(s: Standing) -> Iterator[Duty]:
    """Of a temporary or permanent one with known dates; each day belongs to the suspension that has it."""
    days = _days_of_run(s)
    total = min(len(days), WORK_DAYS)
    own = 0
    for number, (day, source) in enumerate(days[: WORK_DAYS + 1], start=1):
        if source is None or source.no != s.suspension.no:
            continue
        own += 1
        if number <= WORK_DAYS:
            counting = f"day {number} of {total}" if total > 1 else ""
            yield duty("set-work", by_calendar(day), occurrence=own, counting=counting)
        else:
            yield from _day_six(s, day)


def _days_of_run(s: Standing) -> list[tuple[date | None, Suspension | None]]:
    """The run's school days and whose they are; days past the loaded calendar are None."""
    if s.run is None:
        return _past_the_calendar(s, [s.suspension], [s.suspension], WORK_DAYS + 1)
    going_on = [m for m in s.run.members if m.cancelled is None]
    bearing = [m for m in going_on if s.bears_tasks(m)]
    known = [(day, _owner(s, bearing, day)) for day in islice(s.run.days, WORK_DAYS + 1)]
    return known + _past_the_calendar(s, going_on, bearing, WORK_DAYS + 1 - len(known))


def _owner(s: Standing, bearing: list[Suspension], day: date) -> Suspension | None:
    """The first in force that has `day`; none where only an unlawful or a cancelled one has it."""
    return next((m for m in bearing if any(x.day == day for x in m.suspended_sessions(s.calendar))), None)


def _past_the_calendar(
    s: Standing, going_on: list[Suspension], bearing: list[Suspension], most: int
) -> list[tuple[date | None, Suspension | None]]:
    """Up to `most` days that nobody can date, each with the first in force that reaches so far.

    A day that only an unlawful one has is counted and belongs to nobody, as a dated day does.
    """
    reach = min(most, max((_days_missing(s, m) for m in going_on), default=0))
    missing = [(_days_missing(s, m), m) for m in bearing]
    return [(None, next((m for days, m in missing if days > number), None)) for number in range(reach)]


def _days_missing(s: Standing, held: Suspension) -> int:
    """How many of its school days lie past the loaded calendar (weekdays stand in for an unknown end)."""
    loaded = len(held.suspended_sessions(s.calendar))
    dates, end = held.in_force, s.calendar.last
    if held.record.category == Category.PERMANENT:
        return WORK_DAYS + 1
    if dates.sessions is not None:
        return (dates.sessions - loaded + 1) // 2
    if dates.start is None or dates.end is None:
        return 0
    begin = dates.start if end is None or not s.calendar.covers(dates.start) else end + timedelta(days=1)
    return sum((begin + timedelta(days=n)).weekday() < 5 for n in range((dates.end - begin).days + 1))


def _day_six(s: Standing, day: date | None) -> Iterator[Duty]:
    if day is None:
        missing = by_calendar(None)
        yield duty("day-six-education", missing, trigger=Trigger.COUNT)
        yield duty("day-six-details", missing, trigger=Trigger.COUNT)
        return
    begins = s.calendar.starts(Session(day, Half.AM))
    latest = s.calendar.last_end_by(begins - timedelta(hours=NOTICE_HOURS))
    details = by_calendar(None) if latest is None else Due(not_before_decision(latest, s.decided, s.calendar))
    yield duty("day-six-education", Due(begins), trigger=Trigger.COUNT)
    yield duty("day-six-details", details, trigger=Trigger.COUNT)
