"""School days counted from the day of the demonstration, and the moment that it takes for now."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.easter import easter

from rp_connect.testing.invented_trust.calendars import CalendarRow

LONDON = ZoneInfo("Europe/London")
MID_MORNING = time(10)
# A longer gap between two school days than any weekend with an INSET day and a bank holiday.
LONG_BREAK_DAYS = 9


def school_days(rows: Iterable[CalendarRow]) -> tuple[date, ...]:
    """The weekdays in a term and in none of the other rows."""
    found: dict[bool, set[date]] = {True: set(), False: set()}
    for row in rows:
        span = range((row.last - row.first).days + 1)
        found[row.kind == "term"].update(row.first + timedelta(days=n) for n in span)
    return tuple(sorted(day for day in found[True] - found[False] if day.weekday() < 5))


def demo_clock(rows: Iterable[CalendarRow], now: datetime) -> datetime:
    """The moment to take for now: now itself on a school day, at ten where that is out of hours.

    On any other day it is ten o'clock on the last Wednesday of school before it; in the holidays that is the
    last Wednesday of term.
    """
    local = now.astimezone(LONDON)
    days = school_days(rows)
    if local.date() in days:
        in_hours = time(7) <= local.time() < time(18)
        return now if in_hours else datetime.combine(local.date(), MID_MORNING, LONDON)
    wednesday = max(day for day in days if day < local.date() and day.weekday() == 2)
    return datetime.combine(wednesday, MID_MORNING, LONDON)


class Timeline:
    """A school's days by number: 0 is the day of the demonstration, -1 the school day before it.

    Sessions have numbers too: twice the day's, plus one in the afternoon; so 0 is this morning.
    """

    def __init__(self, days: Sequence[date], today: date) -> None:
        self._days = tuple(days)
        self.today = today
        self._zero = bisect_right(self._days, today) - 1

    def day(self, number: int) -> date:
        if self._zero + number < 0:
            raise IndexError("before the first school day of the calendar")
        return self._days[self._zero + number]

    def number(self, day: date) -> int:
        """The number of the last school day up to `day`."""
        return bisect_right(self._days, day) - 1 - self._zero

    def moment(self, number: int, clock: time) -> datetime:
        """A local moment without an offset, as an MIS writes it."""
        return datetime.combine(self.day(number), clock)

    @property
    def first(self) -> int:
        return -self._zero

    @property
    def last_session(self) -> int:
        """The last session whose register has been called: this morning's, or all of the last school day."""
        return 0 if self.day(0) == self.today else 1

    def back_a_year(self) -> int:
        """The first loaded school day of the last twelve months."""
        return max(self.first, self.number(self.today - timedelta(days=365)) + 1)

    def around_a_break(self) -> tuple[int, int]:
        """First and last day of a suspension that crosses a long holiday: one just ahead, else the last."""
        last_before = next(n for n in range(4, self.first, -1) if self._breaks_after(n))
        return min(0, last_before - 2), last_before + 2

    def counter_anchor(self, needed: int) -> int:
        """The day up to which a term's five and fifteen days are told: today, or the end of the last term.

        The terms of these counters end on 31 December, Easter Monday and 31 July. Today serves once the
        counter has run for `needed` school days.
        """
        today = self.day(0)
        ends = [
            end
            for year in (today.year - 1, today.year)
            for end in (date(year, 12, 31), easter(year) + timedelta(days=1), date(year, 7, 31))
        ]
        last_end = self.number(max(end for end in ends if end < today))
        return 0 if -last_end >= needed else last_end

    def _breaks_after(self, number: int) -> bool:
        return (self.day(number + 1) - self.day(number)).days > LONG_BREAK_DAYS
