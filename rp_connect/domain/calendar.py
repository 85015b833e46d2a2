"""A school's own calendar: which days have sessions, when they begin and end, and counting over them.

A school day is a weekday in a term and in no holiday, INSET day, closure or directed day (file-drop.md).
Nothing is ever guessed beyond the loaded days: the answer is then None, "calendar missing".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Half(IntEnum):
    """The half of a school day that is one session; ordered AM before PM."""

    AM = 0
    PM = 1


class Session(NamedTuple):
    """One half-day session: the unit in which suspensions and attendance are counted."""

    day: date
    half: Half


class PeriodKind(StrEnum):
    TERM = "term"
    HOLIDAY = "holiday"
    INSET = "inset"
    CLOSURE = "closure"
    DIRECTED = "directed"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A row of the calendar; `first` and `last` are both in it."""

    first: date
    last: date
    kind: PeriodKind
    label: str = ""

    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class DayHours:
    """When the two sessions of a school day begin and end, on the school's clock."""

    am: tuple[time, time]
    pm: tuple[time, time]

    def of(self, half: Half) -> tuple[time, time]:
        return self.am if half is Half.AM else self.pm


class SchoolCalendar:
    """School days and sessions, with arithmetic that answers None beyond what is loaded.

    `first` is the first day of the first loaded term, school day or not; `last` the last loaded school day.
    """

    def __init__(self, periods: Iterable[Period], hours: DayHours, timezone: ZoneInfo) -> None:
        self.periods = tuple(sorted(periods))
        self.hours = hours
        self.timezone = timezone
        open_days = {
            d for p in self.periods if p.kind is PeriodKind.TERM for d in p.days() if d.weekday() < 5
        }
        shut_days = {d for p in self.periods if p.kind is not PeriodKind.TERM for d in p.days()}
        self.school_days: tuple[date, ...] = tuple(sorted(open_days - shut_days))
        self._held = frozenset(self.school_days)
        self.first: date | None = min(
            (p.first for p in self.periods if p.kind is PeriodKind.TERM), default=None
        )
        self.last: date | None = self.school_days[-1] if self.school_days else None

    def covers(self, day: date) -> bool:
        """Whether `day` lies between the first and the last loaded day of school."""
        return self.first is not None and self.last is not None and self.first <= day <= self.last

    def is_school_day(self, day: date) -> bool:
        return day in self._held

    def on_or_after(self, day: date) -> date | None:
        return self._at(bisect_left(self.school_days, day)) if self._begun(day) else None

    def on_or_before(self, day: date) -> date | None:
        """The last school day up to `day`; None past the loaded calendar, where nobody knows it."""
        return self._at(bisect_right(self.school_days, day) - 1) if self.covers(day) else None

    def before(self, day: date) -> date | None:
        """The last school day before `day`."""
        return self.on_or_before(day - timedelta(days=1))

    def after(self, day: date, count: int = 1) -> date | None:
        """The `count`-th school day after `day`, which itself is day 0 (SI 2012/1033 Sch 1)."""
        if count < 1:
            raise ValueError("count is at least 1")
        return self._at(bisect_right(self.school_days, day) + count - 1) if self._begun(day) else None

    def sessions_from(self, start: Session) -> Iterator[Session]:
        """The sessions of the loaded calendar from `start` on; none where `start` is not yet covered."""
        if not self._begun(start.day):
            return
        for day in self.school_days[bisect_left(self.school_days, start.day) :]:
            for half in Half:
                if (day, half) >= start:
                    yield Session(day, half)

    def sessions_between(self, start: Session, end: Session) -> tuple[Session, ...]:
        """The loaded sessions from `start` to `end`, both included."""
        found = []
        for session in self.sessions_from(start):
            if session > end:
                break
            found.append(session)
        return tuple(found)

    def session_after(self, session: Session) -> Session | None:
        """The first session after `session`, None beyond the loaded calendar."""
        return next((s for s in self.sessions_from(session) if s > session), None)

    def starts(self, session: Session) -> datetime:
        return self._moment(session.day, self.hours.of(session.half)[0])

    def ends(self, session: Session) -> datetime:
        return self._moment(session.day, self.hours.of(session.half)[1])

    def in_school_time(self, moment: datetime) -> bool:
        """Whether `moment` falls in a session, its first and last minute included."""
        local = moment.astimezone(self.timezone)
        return self.is_school_day(local.date()) and any(
            begin <= local.time() <= end for begin, end in (self.hours.am, self.hours.pm)
        )

    def last_end_by(self, moment: datetime) -> datetime | None:
        """`moment` itself where it is in school time, else the end of the last school day before it."""
        if self.in_school_time(moment):
            return moment
        day = moment.astimezone(self.timezone).date()
        candidate = self.on_or_before(day)
        if candidate is not None and self.ends(Session(candidate, Half.PM)) > moment:
            candidate = self.before(candidate)
        return None if candidate is None else self.ends(Session(candidate, Half.PM))

    def day_of(self, moment: datetime) -> date:
        """The local date of `moment` at this school."""
        return moment.astimezone(self.timezone).date()

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.timezone).astimezone(UTC)

    def _begun(self, day: date) -> bool:
        return self.first is not None and day >= self.first

    def _at(self, index: int) -> date | None:
        return self.school_days[index] if 0 <= index < len(self.school_days) else None
