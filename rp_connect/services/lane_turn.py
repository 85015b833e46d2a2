"""One batch on its way through a lane: how long it may take, and what is stored of how it ended."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from rp_connect.domain.effect import Effect, EffectKind
from rp_connect.domain.task import Seen, TaskState
from rp_connect.errors import ConflictError, GoneError, RpConnectError, TryLaterError, UnclearError
from rp_connect.ports.lanes import Opened
from rp_connect.ports.mis import OutcomeNote
from rp_connect.ports.register import ChosenMark
from rp_connect.ports.store import Store, UnitOfWork
from rp_connect.ports.workspace import Workspace, WorkspaceMeeting, WorkspaceTask, Written
from rp_connect.services.note_deletion import note_deletion
from rp_connect.services.office import School
from rp_connect.services.put_items import Sent, asks_for_patience
from rp_connect.services.shelf_answers import PluginFailedError
from rp_connect.services.write_back import SETTLES_AFTER_S
from rp_connect.services.write_marks import note_written

RENEW_AFTER_S = 20.0
CONFLICTS = 8
"""After so many attempts that met somebody else's change a person must look."""
GATHER = 0.5
"""What is in doubt waits so much longer for others in doubt: one reading of a whole plan serves them all."""
PATIENCE_S = (1.0, 300.0)
"""Shortest and longest pause of one effect after an answer that gave none of its own."""
PROBED_S = 120.0
"""Longest pause of a probe that was told to wait. Its lane opens sooner, for others to be tried; but where it
is all there is, it must not be missed for long once the service is back."""

log = logging.getLogger(__name__)


@dataclass
class Turn:
    """Rows that this run has leased, of one school and kind, and its right to send them. `laneless`:
    somebody was let into the lane between two batches, and it was not to be had again."""

    scope: str
    lane: str
    holder: str
    entry: Opened
    school: School
    workspace: Workspace
    rows: Sequence[Effect]
    batch: int = 20
    lost: set[int] = field(default_factory=set)
    renewed: float = field(default_factory=time.monotonic)
    sent: list[Sent] = field(default_factory=list)
    stored: set[int] = field(default_factory=set)
    ended: bool = False
    laneless: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, store: Store) -> None:
        """Renews the leases once they are 20 seconds old; rows whose lease was lost belong to another."""
        with self.lock:
            if self.ended or time.monotonic() - self.renewed < RENEW_AFTER_S:
                return
            with store.begin() as work:
                kept = work.effects.renew_all(self.rows)
                self.entry = work.lanes.stay(self.scope, self.lane, self.holder, self.entry)
                work.commit()
            self.lost |= {row.id for row in self.rows} - set(kept)
            self.renewed = time.monotonic()

    @property
    def target(self) -> tuple[str, EffectKind]:
        return self.school.id, self.rows[0].kind

    def end(self) -> None:
        """No more renewals. Said before the transaction that settles: who renews needs one of its own."""
        with self.lock:
            self.ended = True

    def under_way_until(self) -> float:
        """Monotonic seconds: until when the service may be at what it never answered; 0 where it answered."""
        silent = [one.at for one in self.sent if isinstance(e := one.outcome, RpConnectError) and e.under_way]
        return max(silent) + self.workspace.settles_after if silent else 0.0

    def unstored(self) -> list[Sent]:
        """What has ended well by now and is not stored yet."""
        return [one for one in self.sent if one.effect.id not in self.stored and _ended_well(one)]

    def store(self, work: UnitOfWork, ends: Ends, now: datetime) -> set[int]:
        """Stores it, where the turn has not ended meanwhile. To be called with its lock held."""
        well = [] if self.ended else self.unstored()
        _store_all(work, well, ends, now)
        return {one.effect.id for one in well}

    def settle(self, work: UnitOfWork, sent: Sequence[Sent], now: datetime) -> Ends:
        """Ends and what they bring are stored together; an end that was overtaken stores nothing. `now` is
        the school's clock."""
        shut, ends = self._tell_lane(work, sent), Ends()
        _hold(work, sent)
        well = [one for one in sent if _ended_well(one) and one.effect.id not in self.stored]
        _store_all(work, well, ends, now)
        for one in sent:
            if not _ended_well(one):
                self._settle_one(work, one, shut=shut, ends=ends)
        if ends.parked:
            log.warning("parked: effect %s", ", ".join(map(str, ends.parked)))
        return ends

    def _tell_lane(self, work: UnitOfWork, sent: Sequence[Sent]) -> bool:
        """Whether the lane is shut now: where at least half of the last batch, or the probe, was told to
        wait. It then stays shut for the longest Retry-After that was given. Where fewer were told, only they
        wait: each its own."""
        told = [one for one in sent if isinstance(one.outcome, TryLaterError)]
        asked = [one for one in sent if one.outcome is not None]
        if told and (self.entry.probe or asks_for_patience(_last_batch(sent))):
            given = [seconds for one in told if (seconds := _asked_for(one)) is not None]
            longest = max(given, default=None)
            reason = str(told[0].outcome)
            work.lanes.told_to_wait(self.scope, self.lane, self.entry, longest, reason)
            return True
        if any(not isinstance(one.outcome, UnclearError) for one in asked):
            work.lanes.went_through(self.scope, self.lane, self.entry)
        else:
            work.lanes.learned_nothing(self.scope, self.lane, self.entry, sent=bool(asked))
        return False

    def _settle_one(self, work: UnitOfWork, one: Sent, *, shut: bool, ends: Ends) -> None:
        """A conflict comes back at once, after what people did there was read."""
        effects, fault, reason = work.effects, one.outcome, str(one.outcome)
        if not one.kept:
            effects.wait(one.effect, 0.0, "the run was ended before it was sent")
        elif isinstance(fault, TryLaterError):
            self._put_off(work, one, self._patience(one, shut=shut), in_doubt=fault.look_first)
        elif isinstance(fault, UnclearError):
            settles = self._settles_after(one.effect)
            later = max(settles, fault.retry_after or 0.0)
            effects.unclear(one.effect, later, reason, gather=settles * GATHER)
        elif isinstance(fault, ConflictError) and one.effect.attempt < CONFLICTS:
            ends.conflicts |= effects.wait(one.effect, 0.0, reason)
        elif effects.park(one.effect, reason, look_first=isinstance(fault, PluginFailedError)):
            ends.parked.append(one.effect.id)

    def _put_off(self, work: UnitOfWork, one: Sent, seconds: float, *, in_doubt: bool) -> None:
        """What may have been carried out all the same is looked for, and not while it could still land."""
        reason = str(one.outcome)
        if not in_doubt:
            work.effects.wait(one.effect, seconds, reason)
            return
        settles = self._settles_after(one.effect)
        work.effects.unclear(one.effect, max(seconds, settles), reason, gather=settles * GATHER)

    def _patience(self, one: Sent, *, shut: bool) -> float:
        """What it was told; else a pause of its own, unless its lane is shut for it. A probe takes one in any
        case, so that at the next opening another is tried."""
        asked, own = _asked_for(one), _pause(one.effect.attempt)
        if self.entry.probe:
            return max(asked or 0.0, min(own, PROBED_S))
        if asked is not None:
            return asked
        return 0.0 if shut else own

    def _settles_after(self, effect: Effect) -> float:
        return SETTLES_AFTER_S if effect.kind.to_mis else self.workspace.settles_after


@dataclass
class Ends:
    """How many effects of a turn were done, which were parked, and whether somebody had changed what was
    written."""

    done: int = 0
    parked: list[int] = field(default_factory=list)
    conflicts: bool = False


def _last_batch(sent: Sequence[Sent]) -> list[Sent]:
    kept = [one for one in sent if one.kept]
    last = max((one.lot for one in kept), default=0)
    return [one for one in kept if one.lot == last]


def _hold(work: UnitOfWork, sent: Sequence[Sent]) -> None:
    """What is put back into the outbox meets those who want it anew: so what it is about is held first, in
    the order that change_task says."""
    if all(_ended_well(one) and not isinstance(one.outcome, GoneError) for one in sent):
        return
    keys = [one.effect.key for one in sent]
    if sent[0].effect.kind is EffectKind.TASK:
        work.tasks.by_id(keys)
    elif sent[0].effect.kind is EffectKind.RECORD:
        work.cases.by_ref(keys)


def _ended_well(one: Sent) -> bool:
    """What is no longer there is well, too, where that is a person's answer."""
    if isinstance(one.outcome, GoneError):
        cancelled = isinstance(one.item, WorkspaceMeeting) and one.item.cancelled
        return one.effect.kind is EffectKind.TASK or cancelled
    return one.kept and not isinstance(one.outcome, RpConnectError)


def _store_all(work: UnitOfWork, well: Sequence[Sent], ends: Ends, now: datetime) -> None:
    ids = work.effects.done_all([one.effect for one in well])
    ended = [one for one in well if one.effect.id in ids and one.outcome is not None]
    ends.done += len(ids)
    work.tasks.landed(
        [
            _task_landed(one.effect, one.item, one.outcome)
            for one in ended
            if isinstance(one.item, WorkspaceTask) and isinstance(one.outcome, Written)
        ]
    )
    work.meetings.landed([_meeting_landed(one) for one in ended if isinstance(one.item, WorkspaceMeeting)])
    for one in ended:
        if isinstance(one.item, OutcomeNote) and isinstance(one.outcome, Written):
            held = work.outcomes.get(one.effect.key)
            work.outcomes.put(replace(held, external_id=one.outcome.external_id))
        if isinstance(one.item, ChosenMark):
            note_written(work, one.item.choice, now)
        if one.effect.kind is EffectKind.TASK and isinstance(one.outcome, GoneError):
            note_deletion(work, one.effect.key)


def _task_landed(effect: Effect, item: WorkspaceTask, written: Written) -> tuple[str, str, str]:
    """What the copy says now: with it a person's change is told from ours."""
    done = item.state is not TaskState.OPEN
    people = item.assignees if written.assignees is None else written.assignees
    seen = Seen(written.version, done, item.day, people, effect.revision)
    if written.warning:
        log.warning("%s: %s", effect.key, written.warning)
    return effect.key, written.external_id, seen.to_text()


def _meeting_landed(one: Sent) -> tuple[str, str | None, str]:
    if isinstance(one.outcome, Written):
        return one.effect.key, one.outcome.external_id, one.outcome.warning
    return one.effect.key, None, ""


def _asked_for(one: Sent) -> float | None:
    """Seconds from now that a Retry-After still has to run; it counts from the answer."""
    told = one.outcome
    if not isinstance(told, TryLaterError) or told.retry_after is None:
        return None
    return max(0.0, told.retry_after - (time.monotonic() - one.at))


def _pause(attempt: int) -> float:
    shortest, longest = PATIENCE_S
    return min(longest, shortest * 2.0 ** min(attempt, 10)) * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
