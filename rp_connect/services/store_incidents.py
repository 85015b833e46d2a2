"""Store incidents; a pupil in one whom we do not know yet is refused by key and tried again."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rp_connect.domain.incident import IncidentRecord
from rp_connect.ports.mis import Record, Refusal
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.apply_duties import apply_duties
from rp_connect.services.sync_pass import SyncPass

UNKNOWN_PUPIL = "names a pupil who is not known yet; it is tried again at every sync"


def store_incidents(work: UnitOfWork, sync: SyncPass, records: Sequence[Record]) -> Sequence[Refusal]:
    """Only what differs is written; suspensions that name a changed incident get their duties anew."""
    given = [r for r in records if isinstance(r, IncidentRecord)]
    sync.report.read["incidents"] += len(given)
    pupils = {i.pupil_id for r in given for i in r.involved}
    known = set(work.pupils.by_id(sync.school.id, sync.mis, pupils))
    refusals = [
        Refusal(f"{r.id}/{i.pupil_id}", UNKNOWN_PUPIL)
        for r in given
        for i in r.involved
        if i.pupil_id not in known
    ]
    held = work.incidents.by_id(sync.school.id, sync.mis, [r.id for r in given])
    usable = [kept for r in given if (kept := _with_known(r, known)).involved or _emptied(r, held)]
    changed = [r for r in usable if held.get(r.id) != r]
    work.incidents.put(sync.school.id, sync.mis, changed)
    apply_duties(
        work, sync, work.suspensions.pupils_of_incidents(sync.school.id, sync.mis, [r.id for r in changed])
    )
    return refusals


def _emptied(record: IncidentRecord, held: Collection[str]) -> bool:
    """Somebody was in it here, and the MIS has nobody in it any more."""
    return record.id in held and not record.involved


def _with_known(record: IncidentRecord, known: set[str]) -> IncidentRecord:
    involved = tuple(
        sorted((i for i in record.involved if i.pupil_id in known), key=lambda involved: involved.pupil_id)
    )
    return record.model_copy(update={"involved": involved})
