"""Tasks as a look found them, for the change that follows it: what was just read is not read again.

Every change bears the version that was read, so that what somebody did in between is met, never written over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any

MOST = 1_000
FRESH_FOR_S = 30.0

Body = Mapping[str, Any]


class Found:
    """Safe to use from several threads. Each is given out once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._bodies: dict[str, tuple[float, Body]] = {}
        self._lock = Lock()

    def keep(self, body: Body) -> None:
        with self._lock:
            if len(self._bodies) >= MOST:
                self._bodies.clear()
            self._bodies[str(body["id"])] = self._clock(), body

    def take(self, ids: Iterable[str]) -> dict[str, Body]:
        """Those of these that were kept a moment ago, by their ids."""
        since = self._clock() - FRESH_FOR_S
        with self._lock:
            held = [self._bodies.pop(id_, None) for id_ in ids]
        return {str(one[1]["id"]): one[1] for one in held if one is not None and one[0] >= since}
