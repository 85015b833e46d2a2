"""The school's clock: the real one, or one that `--now` has moved."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rp_connect.errors import UsageError


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class MovedClock:
    """Stands still at `moment`, so that a preview can be repeated; `ticking` lets it go on from there."""

    def __init__(self, moment: datetime, *, ticking: bool = False) -> None:
        self._moment = moment.astimezone(UTC)
        self._ticking = ticking
        self._since = time.monotonic()

    def now(self) -> datetime:
        if not self._ticking:
            return self._moment
        return datetime.fromtimestamp(self._moment.timestamp() + time.monotonic() - self._since, UTC)


def read_now(text: str, timezone: ZoneInfo) -> datetime:
    """The moment that `--now` gives; without an offset it is the school's own time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError("--now needs a date and a time, such as 2026-11-12T09:30.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone)
