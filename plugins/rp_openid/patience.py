"""How a provider that is slow or away is asked, so that it holds up few threads and none of the pages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

import requests

from rp_connect.errors import RpConnectError, TryLaterError

AWAY = "The service that you sign in with cannot be reached just now. Please try again in a moment."
SPARED_S = 5.0
"""Not asked again for so long after it failed."""
AT_ONCE = 16
"""As many may wait for it in this process, which answers with forty threads."""
WAITS_S = 2.0
"""For whoever is fetching the same thing already."""


class Patience:
    """Raises TryLaterError at once where it is of no use to ask now; after a failure, that failure again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._places = BoundedSemaphore(AT_ONCE)
        self._turn = Lock()
        self._failure: RpConnectError | None = None
        self._failed_at = 0.0

    @contextmanager
    def place(self) -> Iterator[None]:
        """For asking about one person. Only a line that fails is remembered: what the provider says to a code
        that somebody made up must not keep the others out."""
        self._spare()
        with _held(self._places, 0):
            try:
                yield
            except (requests.ConnectionError, requests.Timeout):
                self._remember(TryLaterError(AWAY))
                raise

    @contextmanager
    def turn(self) -> Iterator[None]:
        """For what is the same for everybody: one fetches; the next finds it, or hears that it failed."""
        self._spare()
        with _held(self._places, 0), _held(self._turn, WAITS_S):
            self._spare()
            try:
                yield
            except RpConnectError as failure:
                self._remember(failure)
                raise

    def _spare(self) -> None:
        failure = self._failure
        if failure is not None and self._clock() - self._failed_at < SPARED_S:
            raise type(failure)(str(failure))

    def _remember(self, failure: RpConnectError) -> None:
        self._failed_at = self._clock()
        self._failure = failure


@contextmanager
def _held(lock: Lock | BoundedSemaphore, wait_s: float) -> Iterator[None]:
    if not lock.acquire(timeout=wait_s):
        raise TryLaterError(AWAY)
    try:
        yield
    finally:
        lock.release()
