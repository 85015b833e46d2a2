"""Send until nothing is due now. A worker never sleeps on an answer: a throttled row waits in the store."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rp_connect.domain.effect import Effect, EffectState
from rp_connect.errors import (
    ConflictError,
    RpConnectError,
    TryLaterError,
    UnclearError,
)
from rp_connect.ports.store import UnitOfWork
from rp_connect.ports.workspace import Workspace
from rp_connect.services.office import Office
from rp_connect.services.pull_tasks import pull_school
from rp_connect.services.send_effect import Sent, Settle, send
from rp_connect.services.sync_report import Progress

BATCH = 20
"""Effects leased at once, and settled in one transaction; well within a lease of 60 seconds."""
RENEW_AFTER_S = 20.0
CONFLICTS = 8
"""After so many attempts that met somebody else's change a person must look."""
PATIENCE_S = (1.0, 300.0)
"""Shortest and longest pause after an answer that gave none of its own."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Delivered:
    """`done` and `parked_now` of this run; `waiting` and `parked` as they stand now."""

    done: int = 0
    waiting: int = 0
    parked: int = 0
    parked_now: int = 0

    def to_json(self) -> dict[str, int]:
        return {"done": self.done, "waiting": self.waiting, "parked": self.parked}


def deliver_effects(office: Office, progress: Progress | None = None) -> Delivered:
    """Raises StoreError where the store cannot be used; what a workspace says is kept with its effect."""
    run = _Delivery(office, progress or Progress())
    run.progress.begin("effects", _open(office))
    while rows := run.lease():
        run.settle(run.send_all(rows))
        run.progress.advance(len(rows))
    run.progress.end()
    with office.store.read() as work:
        counts = work.effects.counts()
    run.result.parked = counts.get(EffectState.PARKED, 0)
    run.result.waiting = sum(
        n for state, n in counts.items() if state not in (EffectState.DONE, EffectState.PARKED)
    )
    return run.result


def _open(office: Office) -> int:
    with office.store.read() as work:
        return work.effects.counts().get(EffectState.WAITING, 0)


class _Delivery:
    """One run: the workspaces it has opened, and the lanes that asked for patience."""

    def __init__(self, office: Office, progress: Progress) -> None:
        self.office = office
        self.progress = progress
        self.result = Delivered()
        self._workspaces: dict[str, Workspace] = {}
        self._patience: dict[tuple[str, str], tuple[float, str]] = {}
        self._conflicts: set[str] = set()

    def lease(self) -> Sequence[Effect]:
        schools = [s.id for s in self.office.schools.values() if not s.settings.paused]
        with self.office.store.begin() as work:
            rows = work.effects.lease(self.office.worker, BATCH, schools)
            work.commit()
        return rows

    def send_all(self, rows: Sequence[Effect]) -> list[Sent]:
        """Leases are renewed on the way; a row whose lease was lost is left to whoever has it now."""
        sent, leased_at = [], time.monotonic()
        for row in rows:
            if time.monotonic() - leased_at > RENEW_AFTER_S and not self._renew(row):
                continue
            sent.append(self._send(row))
        return sent

    def settle(self, sent: Sequence[Sent]) -> None:
        """Ends and what they bring are stored together; an end that was overtaken stores nothing.

        Where somebody changed a task meanwhile, what they did is read before it is written again."""
        with self.office.store.begin() as work:
            for item in sent:
                self._settle_one(work, item)
            work.commit()
        for school in sorted(self._conflicts):
            pull_school(self.office, self.office.school(school))
        self._conflicts.clear()

    def _settle_one(self, work: UnitOfWork, item: Sent) -> None:
        effects = work.effects
        if item.settle is not None:
            if effects.done(item.effect):
                item.settle(work)
                self.result.done += 1
        elif item.unclear:
            effects.unclear(item.effect, item.wait or 0.0, item.reason)
        elif item.wait is not None:
            # A conflict comes back at once, after what people did there was read.
            effects.wait(item.effect, item.wait, item.reason)
        elif effects.park(item.effect, item.reason):
            self.result.parked_now += 1
            log.warning("effect %s is parked", item.effect.id)

    def _renew(self, row: Effect) -> bool:
        with self.office.store.begin() as work:
            held = work.effects.renew(row)
            work.commit()
        return held

    def _send(self, row: Effect) -> Sent:
        """An answer that asks for patience closes its lane for the rest of this run."""
        lane = (row.school, row.kind.lane)
        if lane in self._patience:
            until, reason = self._patience[lane]
            if time.monotonic() < until:
                return Sent(row, wait=until - time.monotonic(), reason=reason)
        try:
            school = self.office.school(row.school)
            workspace = self._workspace(row.school)
        except RpConnectError as fault:
            return Sent(row, wait=PATIENCE_S[1], reason=str(fault))
        outcome = _attempt(lambda: send(self.office, school, workspace, row), row, workspace)
        if outcome.conflict:
            self._conflicts.add(row.school)
        elif outcome.wait is not None and not outcome.unclear:
            self._patience[lane] = (time.monotonic() + outcome.wait, outcome.reason)
        return outcome

    def _workspace(self, school: str) -> Workspace:
        if school not in self._workspaces:
            self._workspaces[school] = self.office.school(school).workspace()
        return self._workspaces[school]


def _attempt(sending: Callable[[], Settle], row: Effect, workspace: Workspace) -> Sent:
    try:
        return Sent(row, settle=sending())
    except TryLaterError as fault:
        pause = fault.retry_after if fault.retry_after is not None else _pause(row.attempt)
        return Sent(row, wait=float(pause), reason=str(fault))
    except UnclearError as fault:
        return Sent(row, unclear=True, wait=workspace.settles_after, reason=str(fault))
    except ConflictError as fault:
        if row.attempt >= CONFLICTS:
            return Sent(row, reason=str(fault))
        return Sent(row, conflict=True, wait=0.0, reason=str(fault))
    except RpConnectError as fault:
        return Sent(row, reason=str(fault))
    except Exception as fault:  # noqa: BLE001 - a fault of one plugin parks its effect and stops nobody else
        reason = f"The workspace plugin failed ({type(fault).__name__}); please report this."
        return Sent(row, reason=reason)


def _pause(attempt: int) -> float:
    shortest, longest = PATIENCE_S
    return min(longest, shortest * 2.0 ** min(attempt, 10)) * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
