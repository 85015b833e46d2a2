"""A store that rings once a transaction that wanted effects was committed: nobody has to remember to.

A bell that fails is one line in the log: the timer sweeps what it missed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Lock
from typing import Any, cast

from rp_connect.domain.effect import Effect, EffectKind
from rp_connect.errors import RpConnectError
from rp_connect.ports.doorbell import Doorbell, Errand, Ring
from rp_connect.ports.outbox import Outbox
from rp_connect.ports.store import Store, UnitOfWork

QUIET_S = 2.0
"""One delivery takes all that is due: between two rings for a school lie so many seconds."""

_log = logging.getLogger(__name__)


class RingingStore:
    """`store` in all else."""

    def __init__(self, store: Store, bell: Doorbell) -> None:
        self._store = store
        self._bell = bell
        self._rings_at: dict[str, float] = {}
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        return getattr(self._store, name)

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        return self._begin()

    @contextmanager
    def _begin(self) -> Iterator[UnitOfWork]:
        """The bell rings once the transaction is over, also where something failed after its commit."""
        committed: set[str] = set()
        try:
            with self._store.begin() as work:
                yield cast(UnitOfWork, _Watched(work, committed))
        finally:
            for school in sorted(committed):
                self._ring(school)

    def _ring(self, school: str) -> None:
        after = self._pause(school)
        if after is None:
            return
        try:
            self._bell.ring(Ring(Errand.DELIVER, school), after_s=after)
        except RpConnectError as fault:
            _log.warning("the doorbell did not ring for %s: %s", school, fault)

    def _pause(self, school: str) -> float | None:
        """Seconds until this ring is to be heard; None where one is on its way that will be heard later than
        now, and so does for this one too."""
        with self._lock:
            now, last = time.monotonic(), self._rings_at.get(school, -QUIET_S)
            if last > now:
                return None
            heard = self._rings_at[school] = max(now, last + QUIET_S)
        return heard - now


class _Watched:
    """A unit of work that says for which schools effects were wanted, once it was committed."""

    def __init__(self, work: UnitOfWork, committed: set[str]) -> None:
        self._work = work
        self._wanted: set[str] = set()
        self._committed = committed
        self.effects = _WatchedOutbox(work.effects, self._wanted)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the unit of work has
        return getattr(self._work, name)

    def commit(self) -> None:
        self._work.commit()
        self._committed |= self._wanted


class _WatchedOutbox:
    def __init__(self, outbox: Outbox, wanted: set[str]) -> None:
        self._outbox = outbox
        self._wanted = wanted

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the outbox has
        return getattr(self._outbox, name)

    def want(self, kind: EffectKind, key: str, *, school: str, case: str | None) -> None:
        self._outbox.want(kind, key, school=school, case=case)
        self._wanted.add(school)

    def want_each(self, kind: EffectKind, keys: Sequence[str], *, school: str, case: str | None) -> None:
        self._outbox.want_each(kind, keys, school=school, case=case)
        if keys:
            self._wanted.add(school)

    def retry(self, effect_id: int) -> Effect:
        effect = self._outbox.retry(effect_id)
        self._wanted.add(effect.school)
        return effect

    def hasten(self, kind: EffectKind, school: str, said: str) -> int:
        found = self._outbox.hasten(kind, school, said)
        if found:
            self._wanted.add(school)
        return found
