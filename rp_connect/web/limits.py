"""How often one sender may ask. Each process counts for itself: several let several times as much through."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

SENDERS = 10_000
"""As many are remembered; whoever has not asked for longest is forgotten first."""


class Limit:
    """A bucket of `burst` requests for each sender, filled again at `per_second`."""

    def __init__(self, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def wait(self, sender: str) -> int:
        """0, and the request is counted; or after how many whole seconds to ask again."""
        now = self._clock()
        with self._lock:
            left, since = self._left.pop(sender, (float(self._burst), now))
            left = min(float(self._burst), left + (now - since) * self._per_second)
            self._left[sender] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > SENDERS:
                self._left.popitem(last=False)
        return 0 if left >= 1 else math.ceil((1 - left) / self._per_second)
