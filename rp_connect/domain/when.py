"""A point in time as a school records it: a local day, and the moment where the MIS gives one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class When:
    """`day` is the school's local date; `at` (UTC-aware) is None where the record bears a bare date."""

    day: date
    at: datetime | None = None

    @classmethod
    def of_moment(cls, moment: datetime, timezone: ZoneInfo) -> When:
        """`moment` must be aware; raises ValueError for a naive one."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs an offset")
        return cls(moment.astimezone(timezone).date(), moment.astimezone(UTC))

    def moment(self, timezone: ZoneInfo, at_least: time = time.min) -> datetime:
        """The moment in UTC; a bare date stands for `at_least` o'clock of that day."""
        return self.at or datetime.combine(self.day, at_least, timezone).astimezone(UTC)

    def to_text(self) -> str:
        return self.at.isoformat() if self.at else self.day.isoformat()

    @classmethod
    def from_text(cls, text: str, timezone: ZoneInfo) -> When:
        """The inverse of `to_text`."""
        if "T" in text:
            return cls.of_moment(datetime.fromisoformat(text), timezone)
        return cls(date.fromisoformat(text))
