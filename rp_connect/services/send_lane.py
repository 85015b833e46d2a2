"""One lane of a delivery: batch after batch, each leased, sent and settled, until it has nothing more."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from rp_connect.domain.effect import Effect
from rp_connect.ports.lanes import Opened
from rp_connect.ports.store import UnitOfWork
from rp_connect.ports.workspace import Workspace
from rp_connect.services.lane import Lane, Target
from rp_connect.services.lane_turn import Ends, Turn
from rp_connect.services.office import Office, School
from rp_connect.services.pull_tasks import pull_school
from rp_connect.services.put_items import Course, Sent
from rp_connect.services.send_effect import send_all

STORE_EVERY_S = 0.2
GUEST_S, GLANCE_S = 10.0, 0.1
"""For so long, and looking so often, a sender waits for its lane back from a guest, whose one question takes
no longer than a batch."""
DOUBTFUL = 500
"""So many rows in doubt are taken at once: where no key can be asked for, all there is is read for them."""
_RUNS = itertools.count(1)


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
            if not ends.conflicts:
                following = self._take(work, lane)
            work.commit()
        self._leave_turn(lane, turn, sent)
        self._count(ends, sum(one.kept for one in sent) - (len(turn.stored) if turn else 0))
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

    def _take(self, work: UnitOfWork, lane: Lane) -> Turn | None:
        lane.with_guest = False
        if self.stop.is_set():
            return None
        lane.visited = self.changes
        rests = self._rests(lane)
        entry = lane.enter(work, self.holder, self._share(lane), rests)
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
            if self._is_wanted(lane, turn):
                turn.laneless = not self._let_in(lane)

        return ended

    def _is_wanted(self, lane: Lane, turn: Turn) -> bool:
        """Somebody waits for a lane that this run has alone, with nothing of it under way."""
        silent = max(lane.rests_until, turn.under_way_until()) > time.monotonic()
        if not lane.limits.alone or lane.active != 1 or silent or turn.entry.probe or turn.laneless:
            return False
        with self.office.store.read() as work:
            return work.lanes.wanted(lane.scope, lane.name)

    def _let_in(self, lane: Lane) -> bool:
        """Between two batches, for one question. Whether the lane is ours again, to go on as before."""
        with self.office.store.begin() as work:
            given = work.lanes.give_way(lane.scope, lane.name, self.holder)
            work.commit()
        rests, ends = self._rests(lane), time.monotonic() + GUEST_S
        while given and time.monotonic() < ends and not self.stop.wait(GLANCE_S):
            with self.office.store.begin() as work:
                entry = lane.enter(work, self.holder, 1, rests)
                if isinstance(entry, Opened):
                    work.lanes.learned_nothing(lane.scope, lane.name, entry, sent=False)
                work.commit()
            if not lane.with_guest:
                return isinstance(entry, Opened) and entry.probe is None
        return not given

    def _rests(self, lane: Lane) -> float:
        with self._lock:
            return max((self.workspaces[school].settles_after for school, _ in lane.targets), default=60.0)

    def _may_send(self, turn: Turn) -> Callable[[Effect], bool | None]:
        def may(effect: Effect) -> bool | None:
            if self.stop.is_set() or turn.laneless:
                return False
            turn.keep(self.office.store)
            return None if effect.id in turn.lost else True

        return may

    def _leave_turn(self, lane: Lane, turn: Turn | None, sent: Sequence[Sent]) -> None:
        with self._lock:
            if turn is not None:
                self._turns.remove(turn)
                lane.put_back(turn.target, sum(not one.kept for one in sent))

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
