"""Send until nothing is due now, each lane by itself. A worker never sleeps on an answer: what must wait
waits in the store, and a service that asks for patience holds back nobody but its own lane.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass

from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.errors import RpConnectError
from rp_connect.ports.workspace import LaneLimits, Workspace
from rp_connect.services import write_back
from rp_connect.services.lane import Lane
from rp_connect.services.lane_turn import PATIENCE_S
from rp_connect.services.office import Office
from rp_connect.services.send_lane import Sender
from rp_connect.services.sync_report import Progress

SENDERS = 8
"""Threads at most; there are only as many as lanes and their limits give work to. Each may need a connection
to the store, whose pool has fifteen."""
POSTPONED = 1000
GLANCE_S, LOOK_S = 0.25, 2.0
"""How often a run sees to its progress and its leases, and how often to what became due meanwhile."""


@dataclass(slots=True)
class Delivered:
    """`done` and `parked_now` of this run; `waiting` and `parked` as they stand now. `held_back`: something
    is due that only waits for its turn, since time was up or another process had its lane."""

    done: int = 0
    waiting: int = 0
    parked: int = 0
    parked_now: int = 0
    held_back: bool = False

    def to_json(self) -> dict[str, int]:
        return {"done": self.done, "waiting": self.waiting, "parked": self.parked}


def deliver_effects(
    office: Office, progress: Progress | None = None, *, seconds: float | None = None
) -> Delivered:
    """Until nothing is due now, or no further batch is begun once so many `seconds` are over.

    Raises StoreError where the store cannot be used; what a workspace says is kept with its effect.

    After Ctrl-C no further batch is begun, and what was leased but not sent goes back at once.
    """
    run = _Delivery(office, progress or Progress(), seconds)
    with _what_is_there_left_alone():
        run.until_nothing_is_due()
    counts = _counts(office)
    ended = (EffectState.DONE, EffectState.PARKED)
    return Delivered(
        done=run.sender.ends.done,
        waiting=sum(n for state, n in counts.items() if state not in ended),
        parked=counts.get(EffectState.PARKED, 0),
        parked_now=len(run.sender.ends.parked),
        held_back=run.is_held_back(),
    )


def _counts(office: Office) -> Mapping[EffectState, int]:
    """Of the one school that there is, as in an errand: all the others' would take many times as long."""
    only = next(iter(office.schools)) if len(office.schools) == 1 else None
    with office.store.read() as work:
        return work.effects.counts(only)


@contextmanager
def _what_is_there_left_alone() -> Iterator[None]:
    """What the program itself is made of is not searched for garbage again and again while it sends: that was
    an eighth of the work."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class _Delivery:
    """One run: the workspaces it has opened, and the lanes that are being worked at."""

    def __init__(self, office: Office, progress: Progress, seconds: float | None) -> None:
        self.office = office
        self.progress = progress
        self._ends = None if seconds is None else time.monotonic() + seconds
        self._workspaces: dict[str, Workspace] = {}
        self.sender = Sender(office, self._workspaces)
        self._running: dict[Future[None], list[Lane]] = {}
        self._left: dict[tuple[str, str], int] = {}
        self._told = 0

    def until_nothing_is_due(self) -> None:
        due = self._due()
        self.progress.begin("effects", sum(due.values()))
        with ThreadPoolExecutor(SENDERS, "lane") as threads:
            try:
                self._run(threads, due)
            finally:
                self.sender.stop.set()
        self._tell_progress()
        self.progress.end()

    def _run(self, threads: ThreadPoolExecutor, due: Mapping[tuple[str, EffectKind], int]) -> None:
        """A lane that was left with nothing sent is looked at again once anything was settled since."""
        looked = time.monotonic()
        while True:
            self._start(threads, due)
            if not self._running:
                return
            ended = wait(self._running, GLANCE_S, FIRST_COMPLETED).done
            for one in ended:
                self._end(one)
            self._tell_progress()
            self.sender.keep()
            due = {}
            if self._is_over():
                self.sender.stop.set()
            elif ended or time.monotonic() - looked > LOOK_S:
                due, looked = self._due(), time.monotonic()

    def is_held_back(self) -> bool:
        """What a service asked patience for is not."""
        lanes = self._lanes(self._due())
        with self.office.store.read() as work:
            return any(work.lanes.shut_until(*lane) is None for lane in lanes)

    def _is_over(self) -> bool:
        return self._ends is not None and time.monotonic() > self._ends

    def _start(self, threads: ThreadPoolExecutor, due: Mapping[tuple[str, EffectKind], int]) -> None:
        """First one sender for each lane, then more for those that may have more. Lanes that their workspace
        says nothing of (a folder on this machine) gain nothing from threads: one sender sees to them all."""
        busy = {(lane.scope, lane.name) for lanes in self._running.values() for lane in lanes}
        fresh = [lane for key, lane in self._lanes(due).items() if key not in busy and self._may_start(lane)]
        jobs = [[lane] for lane in fresh if lane.named]
        if plain := [lane for lane in fresh if not lane.named]:
            jobs.append(plain)
        wanted = [(job, _senders(job[0])) for job in jobs]
        for job, senders in wanted:
            for lane in job:
                lane.active = senders
        for turn in range(max((senders for _, senders in wanted), default=0)):
            for job, senders in wanted:
                if turn < senders:
                    self._running[threads.submit(self.sender.send_lanes, job)] = job

    def _may_start(self, lane: Lane) -> bool:
        return self._left.get((lane.scope, lane.name)) != self.sender.changes

    def _end(self, one: Future[None]) -> None:
        lanes = self._running.pop(one)
        one.result()
        for lane in lanes:
            self._left[lane.scope, lane.name] = lane.visited

    def _due(self) -> Mapping[tuple[str, EffectKind], int]:
        schools = [school.id for school in self.office.schools.values() if not school.settings.paused]
        with self.office.store.read() as work:
            return work.effects.due(schools)

    def _lanes(self, due: Mapping[tuple[str, EffectKind], int]) -> dict[tuple[str, str], Lane]:
        """Schools of one account share a lane."""
        lanes: dict[tuple[str, str], Lane] = {}
        for (school, kind), count in due.items():
            workspace = self._workspace(school)
            if workspace is None:
                continue
            limits, key = self._sent_by(school, kind, workspace)
            lane = lanes.setdefault(key, Lane(*key, limits or LaneLimits(), named=limits is not None))
            lane.targets.append((school, kind))
            lane.due += count
        return lanes

    def _sent_by(
        self, school: str, kind: EffectKind, workspace: Workspace
    ) -> tuple[LaneLimits | None, tuple[str, str]]:
        """Outcomes and marks go to the school's own MIS, everything else to its workspace."""
        if kind.to_mis:
            mis = self.office.school(school).settings.mis
            return write_back.LIMITS, (f"{mis} {school}", kind.lane)
        return workspace.lanes.get(kind.lane), (workspace.scope, kind.lane)

    def _workspace(self, school: str) -> Workspace | None:
        if school not in self._workspaces:
            try:
                self._workspaces[school] = self.office.school(school).workspace()
            except RpConnectError as fault:
                self._postpone(school, str(fault))
                return None
        return self._workspaces[school]

    def _postpone(self, school: str, reason: str) -> None:
        """Its workspace cannot be opened: that is the school's affair, and stops no other."""
        with self.office.store.begin() as work:
            for row in work.effects.lease(self.office.worker, POSTPONED, [school]):
                work.effects.wait(row, PATIENCE_S[1], reason)
            work.commit()

    def _tell_progress(self) -> None:
        settled = self.sender.settled
        self.progress.advance(settled - self._told)
        self._told = settled


def _senders(lane: Lane) -> int:
    """No more than there are batches. Lanes without limits of their own are one sender's work."""
    return min(lane.limits.at_once, -(-lane.due // lane.limits.batch)) if lane.named else 1
