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

from rp_connect.domain.effect import EffectKind
from rp_connect.errors import RpConnectError
from rp_connect.ports.doorbell import Doorbell, Errand, Ring
from rp_connect.ports.store import Store, UnitOfWork

QUIET_S = 2.0
"""A school that was rung for is not rung for again so soon: one delivery takes all that is due."""

_log = logging.getLogger(__name__)


class RingingStore:
    """`store` in all else."""

    def __init__(self, store: Store, bell: Doorbell) -> None:
        self._store = store
        self._bell = bell
        self._rung: dict[str, float] = {}
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        return getattr(self._store, name)

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        return self._begin()

    @contextmanager
    def _begin(self) -> Iterator[UnitOfWork]:
        with self._store.begin() as work:
            watched = _Watched(work)
            yield cast(UnitOfWork, watched)
        for school in watched.committed:
            self._ring(school)

    def _ring(self, school: str) -> None:
        with self._lock:
            now = time.monotonic()
            if now - self._rung.get(school, -QUIET_S) < QUIET_S:
                return
            self._rung[school] = now
        try:
            self._bell.ring(Ring(Errand.DELIVER, school))
        except RpConnectError as fault:
            _log.warning("the doorbell did not ring: %s", type(fault).__name__)


class _Watched:
    """A unit of work that remembers for which schools effects were wanted, and whether it was committed."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._wanted: set[str] = set()
        self.committed: frozenset[str] = frozenset()
        self.effects = _WatchedOutbox(work.effects, self._wanted)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the unit of work has
        return getattr(self._work, name)

    def commit(self) -> None:
        self._work.commit()
        self.committed = frozenset(self._wanted)


class _WatchedOutbox:
    def __init__(self, outbox: Any, wanted: set[str]) -> None:  # noqa: ANN401 - the outbox of the store
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
