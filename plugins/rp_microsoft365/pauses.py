"""Until when Graph's services asked us to wait, and which of them have just answered.

It asks an application, not a school: all schools of one process that sign in as the same go by one of these.
"""

from __future__ import annotations

import time
from threading import Lock

from rp_microsoft365.request import Service

ANSWERS_FOR_S = 10.0
"""So long after an answer that did not ask for patience a service counts as one that answers."""


class Pauses:
    """Safe to use from several threads."""

    def __init__(self) -> None:
        self._until: dict[Service, float] = {}
        self._answered: dict[Service, float] = {}
        self._lock = Lock()

    def closed_for(self, service: Service) -> float:
        """Seconds for which an earlier answer keeps us from this service; 0 where none does."""
        return max(0.0, self._until.get(service, 0.0) - time.monotonic())

    def answers(self, service: Service) -> bool:
        """Whether it has just done what it was asked for."""
        return time.monotonic() - self._answered.get(service, -ANSWERS_FOR_S) < ANSWERS_FOR_S

    def told(self, service: Service, seconds: float) -> None:
        """It asked for so much patience; the longest that was asked for holds."""
        with self._lock:
            self._until[service] = max(time.monotonic() + seconds, self._until.get(service, 0.0))

    def answered(self, service: Service) -> None:
        self._answered[service] = time.monotonic()


_pauses: dict[tuple[str, str, str], Pauses] = {}
_lock = Lock()


def shared_pauses(base: str, authority: str, client: str) -> Pauses:
    """The same object for the same application at the same Graph, for as long as this process lives."""
    with _lock:
        return _pauses.setdefault((base, authority, client), Pauses())
