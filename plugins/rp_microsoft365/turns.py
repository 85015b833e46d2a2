"""How many requests of one application may be at Outlook at a time, whatever threads they come from.

Exchange Online lets an application have four concurrent requests in a mailbox; a fifth is throttled
(learn.microsoft.com, "Microsoft Graph throttling limits", Outlook service limits).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, Lock, Timer

from rp_connect.errors import TryLaterError

OUTLOOK_AT_ONCE = 4
LONGEST_WAIT_S = 60.0


@dataclass
class Stay:
    """For how long places are kept after the request: where no answer came Outlook may still be at work."""

    seconds: float = 0.0


class Turns:
    """Whoever asked first goes first, so that a batch which needs all places is not overtaken for ever."""

    def __init__(self, places: int = OUTLOOK_AT_ONCE, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self._places = places
        self._longest_wait_s = longest_wait_s
        self._free = places
        self._queue: deque[object] = deque()
        self._changed = Condition()

    @contextmanager
    def take(self, wanted: int) -> Iterator[Stay]:
        """Holds `wanted` places (at most all of them); raises TryLaterError where none comes free."""
        wanted, stay = min(wanted, self._places), Stay()
        self._wait(wanted)
        try:
            yield stay
        finally:
            if stay.seconds > 0:
                later = Timer(stay.seconds, self._give_back, (wanted,))
                later.daemon = True
                later.start()
            else:
                self._give_back(wanted)

    def _give_back(self, places: int) -> None:
        with self._changed:
            self._free += places
            self._changed.notify_all()

    def _wait(self, wanted: int) -> None:
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            try:
                came = self._changed.wait_for(
                    lambda: self._queue[0] is ticket and self._free >= wanted, self._longest_wait_s
                )
                if not came:
                    raise TryLaterError(
                        "Outlook is busy with other requests of ours; it is tried again later."
                    )
                self._free -= wanted
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()


_turns: dict[tuple[str, str], Turns] = {}
_lock = Lock()


def outlook_turns(authority: str, client: str) -> Turns:
    """The same object for the same application, for as long as this process lives."""
    with _lock:
        return _turns.setdefault((authority, client), Turns())
