"""Free times for a meeting: wholly in a school session and in the lead's hours, clear of other meetings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from rp_connect.domain.calendar import Half, SchoolCalendar
from rp_connect.errors import UsageError

SHORTEST, LONGEST = 5, 480
MOST_SLOTS = 8
MOST_DAYS = 4
DAYS_AHEAD = 10
_STEP = 15


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A free time; `at` is in UTC."""

    at: datetime
    minutes: int

    @property
    def ends_at(self) -> datetime:
        return self.at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary:
    """When a lead can meet: on `weekdays` (Monday 0) between `opens` and `closes` on the school's clock, on
    no day in `shut`, and in no stretch of `busy` (from, to)."""

    calendar: SchoolCalendar
    weekdays: frozenset[int]
    opens: time
    closes: time
    shut: frozenset[date] = frozenset()
    busy: tuple[tuple[datetime, datetime], ...] = ()

    def free(self, day: date, minutes: int, not_before: datetime) -> tuple[Slot, ...]:
        """The free slots of `day` at quarter hours, none before `not_before`, in the order of the clock."""
        if not self.calendar.is_school_day(day) or day.weekday() not in self.weekdays or day in self.shut:
            return ()
        slots = (Slot(at, minutes) for half in Half for at in self._starts(day, half, minutes))
        return tuple(slot for slot in slots if slot.at > not_before and not self._taken(slot))

    def _starts(self, day: date, half: Half, minutes: int) -> Iterator[datetime]:
        begin, end = self.calendar.hours.of(half)
        first, last = _minute(max(begin, self.opens)), _minute(min(end, self.closes)) - minutes
        for start in range(first + -first % _STEP, last + 1, _STEP):
            clock = time(start // 60, start % 60)
            yield datetime.combine(day, clock, self.calendar.timezone).astimezone(UTC)

    def _taken(self, slot: Slot) -> bool:
        return any(begin < slot.ends_at and slot.at < end for begin, end in self.busy)


def checked_minutes(minutes: int) -> int:
    """`minutes`, where a meeting may last that long; raises UsageError elsewhere."""
    if not SHORTEST <= minutes <= LONGEST:
        raise UsageError(f"A meeting lasts from {SHORTEST} to {LONGEST} minutes.")
    return minutes


def offered_slots(diary: Diary, wanted: date | None, minutes: int, now: datetime) -> Sequence[Slot]:
    """Up to eight free slots, spread over up to four days: first those of `wanted` (the eve of the return),
    then of the school days before it, going back to today; where that gives none, of the next school days.
    """
    today = diary.calendar.day_of(now)
    before = _first_free(diary, _back_to(today, wanted), minutes, now)
    days = before or _first_free(diary, _ahead(diary.calendar, today), minutes, now)
    each = -(-MOST_SLOTS // len(days)) if days else 0
    return [slot for free in days for slot in _spread(free, each)][:MOST_SLOTS]


def _first_free(diary: Diary, days: Iterator[date], minutes: int, now: datetime) -> Sequence[Sequence[Slot]]:
    frees = (diary.free(day, minutes, now) for day in days)
    return list(islice(filter(None, frees), MOST_DAYS))


def _back_to(today: date, wanted: date | None) -> Iterator[date]:
    if wanted is not None:
        yield from (wanted - timedelta(days=back) for back in range((wanted - today).days + 1))


def _ahead(calendar: SchoolCalendar, today: date) -> Iterator[date]:
    return islice((day for day in calendar.school_days if day >= today), DAYS_AHEAD)


def _spread(slots: Sequence[Slot], count: int) -> Sequence[Slot]:
    """Up to `count` of `slots` that do not overlap, from the first to the last of them."""
    apart: list[Slot] = []
    for slot in slots:
        if not apart or slot.at >= apart[-1].ends_at:
            apart.append(slot)
    if len(apart) <= count:
        return apart
    steps = max(count - 1, 1)
    return [apart[round(n * (len(apart) - 1) / steps)] for n in range(count)]


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
