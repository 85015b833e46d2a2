"""One lane of a delivery: batch after batch, each leased, sent and settled, until it has nothing more."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from rp_connect.domain.effect import Effect, EffectKind
from rp_connect.ports.lanes import Held, Opened
from rp_connect.ports.store import UnitOfWork
from rp_connect.ports.workspace import LaneLimits, Workspace
from rp_connect.services.lane_turn import Ends, Turn
from rp_connect.services.office import Office, School
from rp_connect.services.pull_tasks import pull_school
from rp_connect.services.put_items import Course, Sent
from rp_connect.services.send_effect import send_all

Target = tuple[str, EffectKind]
"""A school and a kind of effect: what one batch is made of."""
BATCHES = 5
"""So many batches at most are leased, and settled, in one transaction: each transaction waits for the disk. A
run begins with one and takes more and more, for what a worker that dies has leased is in doubt."""
STORE_EVERY_S = 0.2
GUEST_S, GLANCE_S = 10.0, 0.1
"""For so long, and looking so often, a sender waits for its lane back from a guest, whose one question takes
no longer than a batch."""
DOUBTFUL = 500
"""So many rows in doubt are taken at once: where no key can be asked for, all there is is read for them."""
_RUNS = itertools.count(1)


@dataclass
class Lane:
    """What is due in one lane of one account. `named` by its workspace, which says how it is to be sent;
    `active` counts the senders that are at it now, `visited` is the count of changes when one of them last
    looked for work. What was asked for without an answer may be under way until `rests_until` (monotonic
    seconds). `with_guest`: somebody has it for one question."""

    scope: str
    name: str
    limits: LaneLimits
    named: bool = True
    due: int = 0
    targets: deque[Target] = field(default_factory=deque)
    active: int = 0
    visited: int = -1
    rests_until: float = 0.0
    with_guest: bool = False

    def share(self, taken: int) -> int:
        """How many rows one sender takes: whole batches, no more than leave the other senders some, and few
        where this run has `taken` few yet."""
        batch = self.limits.batch
        share = -(-self.due // (batch * max(1, self.active)))
        grown = 1 + taken // (batch * max(1, self.limits.at_once))
        return batch * max(1, min(BATCHES, share, grown))

    def next(self, passed_over: set[str]) -> Target | None:
        """Schools take turns, so that none waits behind another's thousand tasks."""
        for _ in range(len(self.targets)):
            self.targets.rotate(-1)
            if self.targets[-1][0] not in passed_over:
                return self.targets[-1]
        return None


class Sender:
    """Sends for one run of one process. Its senders share it, each in a thread of its own."""

    def __init__(self, office: Office, workspaces: dict[str, Workspace]) -> None:
        self.office = office
        self.workspaces = workspaces
        self.holder = f"{office.worker}#{next(_RUNS)}"
        self.stop = threading.Event()
        self.ends = Ends()
        self.settled = 0
        self.changes = 0
        self._turns: list[Turn] = []
        self._taken: Counter[tuple[str, str]] = Counter()
        self._next_storing = 0.0
        self._pulling: set[str] = set()
        self._lock = threading.Lock()
        self._pull_lock = threading.Lock()

    def keep(self) -> None:
        """Renews what has been under way for long, and stores what has ended. Asked for now and then, from
        one thread that sends nothing."""
        with self._lock:
            turns = list(self._turns)
        for turn in turns:
            turn.keep(self.office.store)
        if (ended := [turn for turn in turns if turn.unstored()]) and time.monotonic() > self._next_storing:
            self._store(ended)
            self._next_storing = time.monotonic() + STORE_EVERY_S

    def _store(self, turns: Sequence[Turn]) -> None:
        """In one transaction for all lanes, so that none of them waits for the disk, and a worker that dies
        has not sent in vain what had ended by then."""
        ends = Ends()
        with ExitStack() as locks:
            for turn in turns:
                locks.enter_context(turn.lock)
            with self.office.store.begin() as work:
                stored = [turn.store(work, ends, self.office.clock.now()) for turn in turns]
                work.commit()
            for turn, ids in zip(turns, stored, strict=True):
                turn.stored |= ids
        self._count(ends, sum(len(ids) for ids in stored))

    def send_lanes(self, lanes: Sequence[Lane]) -> None:
        """One after the other. Raises StoreError; then the other senders are told to stop."""
        for lane in lanes:
            self._send_lane(lane)

    def _send_lane(self, lane: Lane) -> None:
        try:
            sent: list[Sent] = []
            turn: Turn | None = None
            while (turn := self._next_turn(lane, turn, sent)) is not None:
                sent = self._send(lane, turn)
        except BaseException:
            self.stop.set()
            raise
        finally:
            self._leave(lane)

    def _next_turn(self, lane: Lane, turn: Turn | None, sent: Sequence[Sent]) -> Turn | None:
        following, ends = self._settle_and_take(lane, turn, sent), time.monotonic() + GUEST_S
        while following is None and lane.with_guest and time.monotonic() < ends:
            self.stop.wait(GLANCE_S)
            following = self._settle_and_take(lane, None, [])
        return following

    def _settle_and_take(self, lane: Lane, turn: Turn | None, sent: Sequence[Sent]) -> Turn | None:
        """The end of one batch and the lease of the next are one transaction; but where somebody changed a
        task meanwhile, what they did is read before it is sent again."""
        following: Turn | None = None
        if turn is not None:
            turn.end()
        with self.office.store.begin() as work:
            ends = self._settle(work, turn, sent)
            lane.with_guest = turn is not None and turn.gives_way and self._gave_way(work, lane)
            if not ends.conflicts and not lane.with_guest:
                following = self._take(work, lane)
            work.commit()
        self._leave_turn(turn)
        self._count(ends, len(sent) - (len(turn.stored) if turn else 0))
        if turn is not None and ends.conflicts:
            self._pull(turn.school)
            return self._settle_and_take(lane, None, [])
        return following

    def _settle(self, work: UnitOfWork, turn: Turn | None, sent: Sequence[Sent]) -> Ends:
        if turn is None:
            return Ends()
        ends = turn.settle(work, sent, self.office.clock.now())
        if ends.conflicts:
            with self._lock:
                self._pulling.add(turn.school.id)
        return ends

    def _gave_way(self, work: UnitOfWork, lane: Lane) -> bool:
        return work.lanes.give_way(lane.scope, lane.name, self.holder)

    def _take(self, work: UnitOfWork, lane: Lane) -> Turn | None:
        if self.stop.is_set():
            return None
        limits, lane.visited = lane.limits, self.changes
        with self._lock:
            rests = max((self.workspaces[school].settles_after for school, _ in lane.targets), default=60.0)
        entry = work.lanes.enter(
            lane.scope, lane.name, self.holder, self._share(lane), alone=limits.alone, settles_after=rests
        )
        lane.with_guest = isinstance(entry, Held) and entry.guest
        if lane.with_guest:
            work.lanes.want(lane.scope, lane.name, self.holder)
        if not isinstance(entry, Opened):
            return None
        rows = self._probed(work, lane, entry, rests) if entry.probe else self._leased(work, lane, entry)
        if not rows:
            work.lanes.learned_nothing(lane.scope, lane.name, entry, sent=False)
            return None
        return self._turn(lane, entry, rows[0].school, rows)

    def _leased(self, work: UnitOfWork, lane: Lane, entry: Opened) -> Sequence[Effect]:
        while (target := self._next(lane)) is not None:
            school, kind = target
            settles = self.workspaces[school].settles_after
            rows = work.effects.lease(self.office.worker, entry.limit, [school], [kind], settles, DOUBTFUL)
            if len(rows) < entry.limit and not (rows and rows[0].look_first):
                self._drop(lane, target)
            if rows:
                return rows
        return []

    def _probed(self, work: UnitOfWork, lane: Lane, entry: Opened, rests: float) -> Sequence[Effect]:
        """What was tried least, of all schools in the lane: what nobody can write now (a file that somebody
        has open) is not all that is ever tried."""
        with self._lock:
            targets = [target for target in lane.targets if target[0] not in self._pulling]
        schools, kinds = {school for school, _ in targets}, {kind for _, kind in targets}
        return work.effects.lease(self.office.worker, entry.limit, schools, kinds, rests, probing=True)

    def _turn(self, lane: Lane, entry: Opened, school: str, rows: Sequence[Effect]) -> Turn:
        turn = Turn(
            lane.scope,
            lane.name,
            self.holder,
            entry,
            self.office.school(school),
            self.workspaces[school],
            rows,
            lane.limits.batch,
        )
        with self._lock:
            lane.due -= len(rows)
            self._taken[lane.scope, lane.name] += len(rows)
            self._turns.append(turn)
        return turn

    def _share(self, lane: Lane) -> int:
        with self._lock:
            return lane.share(self._taken[lane.scope, lane.name])

    def _send(self, lane: Lane, turn: Turn) -> list[Sent]:
        course = Course(self._may_send(turn), turn.batch, self._ended(lane, turn))
        try:
            return send_all(self.office, turn.school, turn.workspace, turn.rows, course)
        finally:
            with self._lock:
                lane.rests_until = max(lane.rests_until, turn.under_way_until())

    def _ended(self, lane: Lane, turn: Turn) -> Callable[[Sequence[Sent]], None]:
        """What was in doubt is stored lot by lot, at once: whatever ended its last sender may end this one as
        soon, and then nothing would ever be done."""

        def ended(lot: Sequence[Sent]) -> None:
            turn.sent.extend(lot)
            if turn.rows[0].look_first and turn.unstored():
                self._store([turn])
            if lot:  # never before something was done: else guests in a row would stop it for good
                turn.gives_way = turn.gives_way or self._should_give_way(lane, turn)

        return ended

    def _should_give_way(self, lane: Lane, turn: Turn) -> bool:
        """Somebody waits for a lane that this run has alone, with nothing of it under way."""
        silent = max(lane.rests_until, turn.under_way_until()) > time.monotonic()
        if not lane.limits.alone or lane.active != 1 or silent:
            return False
        with self.office.store.read() as work:
            return work.lanes.wanted(lane.scope, lane.name)

    def _may_send(self, turn: Turn) -> Callable[[Effect], bool | None]:
        def may(effect: Effect) -> bool | None:
            if self.stop.is_set() or turn.gives_way:
                return False
            turn.keep(self.office.store)
            return None if effect.id in turn.lost else True

        return may

    def _leave_turn(self, turn: Turn | None) -> None:
        with self._lock:
            if turn is not None:
                self._turns.remove(turn)

    def _count(self, ends: Ends, settled: int) -> None:
        with self._lock:
            self.ends.done += ends.done
            self.ends.parked += ends.parked
            self.settled += settled
            self.changes += settled > 0

    def _pull(self, school: School) -> None:
        with self._pull_lock:
            pull_school(self.office, school)
        with self._lock:
            self._pulling.discard(school.id)
            self.changes += 1

    def _next(self, lane: Lane) -> Target | None:
        with self._lock:
            return lane.next(self._pulling)

    def _drop(self, lane: Lane, target: Target) -> None:
        with self._lock:
            if target in lane.targets:
                lane.targets.remove(target)

    def _leave(self, lane: Lane) -> None:
        """The last one of this run frees the lane for others, once nothing of it can be under way."""
        with self._lock:
            lane.active -= 1
            last = lane.active == 0
        if last and lane.limits.alone:
            with self.office.store.begin() as work:
                rests = lane.rests_until - time.monotonic()
                work.lanes.leave(lane.scope, lane.name, self.holder, rests)
                work.commit()
