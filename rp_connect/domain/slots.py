"""Free times for a meeting: wholly in a school session and in the lead's hours, clear of other meetings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, islice
from zoneinfo import ZoneInfo

from rp_connect.domain.calendar import Half, SchoolCalendar
from rp_connect.errors import UsageError

SHORTEST, LONGEST = 5, 480
MOST_SLOTS = 8
MOST_DAYS = 4
DAYS_AHEAD = 10
_STEP = 15

Stretch = tuple[datetime, datetime]
"""From, to."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A free time; `at` is in UTC."""

    at: datetime
    minutes: int

    @property
    def ends_at(self) -> datetime:
        return self.at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Excluded:
    """A time that casework rules out for one case, whoever is free: an exam of the pupil, a parent's shift,
    a day on which two who must not meet would be in the building together. It bears no reason."""

    begins: datetime
    ends: datetime

    @classmethod
    def day(cls, day: date, timezone: ZoneInfo) -> Excluded:
        """The whole local day."""
        following = day + timedelta(days=1)
        return cls(datetime.combine(day, time.min, timezone), datetime.combine(following, time.min, timezone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary:
    """When a lead can meet: on `weekdays` (Monday 0) between `opens` and `closes` on the school's clock, on
    no day in `shut`, in no stretch of `busy`, and in nothing that is `excluded` for this case."""

    calendar: SchoolCalendar
    weekdays: frozenset[int]
    opens: time
    closes: time
    shut: frozenset[date] = frozenset()
    busy: tuple[Stretch, ...] = ()
    excluded: tuple[Excluded, ...] = ()

    def open_on(self, day: date) -> bool:
        """Whether a meeting may be on `day` at all."""
        return self.calendar.is_school_day(day) and day.weekday() in self.weekdays and day not in self.shut

    def free(self, day: date, minutes: int, not_before: datetime) -> tuple[Slot, ...]:
        """The free slots of `day` at quarter hours, none before `not_before`, in the order of the clock."""
        if not self.open_on(day):
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
        ruled_out = ((one.begins, one.ends) for one in self.excluded)
        return any(begin < slot.ends_at and slot.at < end for begin, end in chain(self.busy, ruled_out))


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


def days_to_try(diary: Diary, wanted: date | None, now: datetime) -> Sequence[date]:
    """Every day that `offered_slots` may look at, in order."""
    today = diary.calendar.day_of(now)
    days = {*_back_to(today, wanted), *_ahead(diary.calendar, today)}
    return sorted(filter(diary.open_on, days))


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
