"""The school's clock. `--now` moves it; leases and `not_before` use the store's clock instead."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, UTC-aware."""
        ...
