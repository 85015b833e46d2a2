"""One question outside of a delivery, to a service that one process at a time may ask: in turn with workers,
who give way between two batches. What an account may ask for at a time is shared by all of us.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from rp_connect.errors import RpConnectError, StoreError, TryLaterError
from rp_connect.ports.in_turn import NothingAskedError
from rp_connect.ports.lanes import GUEST, Entry, Held, Lanes, Opened, Shut
from rp_connect.ports.store import Store

GLANCE_S = 0.1
BUSY = "Others are at the {lane} now, and our turn did not come in time."
_GUESTS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class AskInTurn:
    """`ports.in_turn.InTurn` by the lanes of `store`. `worker` names this process."""

    store: Store
    worker: str

    @contextmanager
    def __call__(self, scope: str, lane: str, settles_after: float, patience_s: float) -> Iterator[None]:
        guest = _Guest(self.store, scope, lane, f"{self.worker}{GUEST}{next(_GUESTS)}", settles_after)
        try:
            guest.enter(patience_s)
            yield
        except BaseException as fault:
            if guest.entry is not None or not isinstance(fault, StoreError):
                guest.leave(fault)
            raise
        guest.leave(None)


@dataclass
class _Guest:
    store: Store
    scope: str
    lane: str
    holder: str
    settles_after: float
    entry: Opened | None = None

    def enter(self, patience_s: float) -> None:
        """Never inside a transaction."""
        ends = time.monotonic() + patience_s
        while not isinstance(entry := self._tried(), Opened):
            left = ends - time.monotonic()
            if isinstance(entry, Shut) and entry.until > self.store.now() + timedelta(seconds=left):
                raise TryLaterError(entry.reason or BUSY.format(lane=self.lane))
            if left < 0:
                raise TryLaterError(BUSY.format(lane=self.lane))
            time.sleep(GLANCE_S)
        self.entry = entry

    def _tried(self) -> Entry:
        with self.store.begin() as work:
            entry = work.lanes.enter(
                self.scope, self.lane, self.holder, 1, alone=True, settles_after=self.settles_after
            )
            if isinstance(entry, Held):
                work.lanes.want(self.scope, self.lane, self.holder)
            work.commit()
        return entry

    def leave(self, fault: BaseException | None) -> None:
        """Others may have it once nothing of ours can be under way."""
        silent = self.entry is not None and _is_silence(fault)
        with self.store.begin() as work:
            if self.entry is not None:
                self._tell(work.lanes, self.entry, fault, silent=silent)
            work.lanes.leave(self.scope, self.lane, self.holder, self.settles_after if silent else 0.0)
            work.commit()

    def _tell(self, lanes: Lanes, entry: Opened, fault: BaseException | None, *, silent: bool) -> None:
        """A time that the service says to wait holds for whoever writes there, too."""
        if isinstance(fault, TryLaterError):
            if entry.probe or fault.retry_after is not None:
                lanes.told_to_wait(self.scope, self.lane, entry, fault.retry_after, str(fault))
        elif silent or isinstance(fault, NothingAskedError):
            lanes.learned_nothing(self.scope, self.lane, entry, sent=silent)
        else:
            lanes.went_through(self.scope, self.lane, entry)


def _is_silence(fault: BaseException | None) -> bool:
    """An adapter that breaks may have done so in the midst of a request."""
    if isinstance(fault, RpConnectError):
        return fault.under_way
    return fault is not None and not isinstance(fault, NothingAskedError)
