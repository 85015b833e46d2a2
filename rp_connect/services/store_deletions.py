"""What the MIS no longer has: a tombstone cancels a suspension on its moment, ends a pupil's roll, empties an
incident. A record that is only missing counts as deleted once the MIS, asked for it alone, says so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from rp_connect.domain.suspension import Suspension
from rp_connect.domain.when import When
from rp_connect.ports.mis import Kind, Tombstone
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.apply_duties import apply_duties
from rp_connect.services.change_task import audit
from rp_connect.services.sync_pass import SyncPass


def store_deletions(work: UnitOfWork, sync: SyncPass, kind: Kind, found: Sequence[Tombstone]) -> None:
    """What is not held here, or already gone, changes nothing: a tombstone may come again."""
    deleted = {stone.id: stone.deleted for stone in found}
    if kind is Kind.SUSPENSION:
        _cancel(work, sync, deleted)
    elif kind is Kind.PUPIL:
        _leave(work, sync, deleted)
    elif kind is Kind.INCIDENT:
        _empty(work, sync, deleted)


def held_ids(work: UnitOfWork, sync: SyncPass, kind: Kind) -> set[str]:
    """The ids that the MIS gave of `kind` and that count as there; of kinds whose absence means something."""
    if kind is Kind.SUSPENSION:
        held = work.suspensions.of_pupils(sync.with_suspensions)
        return {
            s.record.id
            for of_one in held.values()
            for s in of_one
            if s.mis == sync.mis and s.cancelled is None
        }
    return set()


def _cancel(work: UnitOfWork, sync: SyncPass, deleted: Mapping[str, When]) -> None:
    held = work.suspensions.by_id(sync.school.id, sync.mis, deleted)
    gone = [_cancelled(s, deleted[key]) for key, s in held.items() if s.cancelled is None]
    if not gone:
        return
    work.suspensions.put(gone)
    for case in work.cases.of_suspensions([s.no for s in gone]).values():
        audit(work, case, f"MIS {sync.mis}", sync.now, "suspension no longer in the MIS: cancelled")
    sync.amended.update(s.no for s in gone)
    apply_duties(work, sync, {s.pupil_no for s in gone})


def _cancelled(held: Suspension, at: When) -> Suspension:
    """The MIS's own word, so that a record which it gives again later is in force again."""
    record = held.record.model_copy(update={"cancelled": at})
    return replace(held, record=record, cancelled=at)


def _leave(work: UnitOfWork, sync: SyncPass, deleted: Mapping[str, When]) -> None:
    held = work.pupils.by_id(sync.school.id, sync.mis, deleted)
    left = [
        pupil.record.model_copy(update={"on_roll_to": deleted[key].day})
        for key, pupil in held.items()
        if pupil.record.on_roll(deleted[key].day)
    ]
    work.pupils.put(sync.school.id, sync.mis, left)


def _empty(work: UnitOfWork, sync: SyncPass, deleted: Collection[str]) -> None:
    """An incident that is gone has nobody in it: what hung on somebody harmed lapses."""
    held = work.incidents.by_id(sync.school.id, sync.mis, deleted)
    emptied = [record.model_copy(update={"involved": ()}) for record in held.values() if record.involved]
    work.incidents.put(sync.school.id, sync.mis, emptied)
    ids = [record.id for record in emptied]
    apply_duties(work, sync, work.suspensions.pupils_of_incidents(sync.school.id, sync.mis, ids))
