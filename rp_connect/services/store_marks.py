"""Store attendance marks; a changed mark in a suspended session brings that pupil's duties in step."""

from __future__ import annotations

from collections.abc import Sequence

from rp_connect.domain.attendance import MEANINGS, Mark
from rp_connect.ports.mis import Record, Refusal
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.apply_duties import apply_duties
from rp_connect.services.store_incidents import UNKNOWN_PUPIL
from rp_connect.services.sync_pass import MarkWatch, SyncPass


def store_marks(work: UnitOfWork, sync: SyncPass, records: Sequence[Record]) -> Sequence[Refusal]:
    """Only marks that a duty hangs on have the duties asked again."""
    if sync.watch is None:
        sync.watch = _watch(work, sync)
    numbers, suspended = sync.watch.numbers, sync.watch.suspended
    given = [r for r in records if isinstance(r, Mark)]
    known = [(numbers[m.pupil_id], *m[1:]) for m in given if m.pupil_id in numbers]
    sync.report.read["attendance"] += len(given)
    sync.unmapped.update({m.code for m in given} - MEANINGS.keys())
    changed = work.marks.put(sync.school.id, known)
    watched = {no for no, day, half, _ in known if no in suspended and (day, half) in suspended[no]}
    apply_duties(work, sync, changed & watched)
    if len(known) == len(given):
        return ()
    return [Refusal(_key(m), UNKNOWN_PUPIL) for m in given if m.pupil_id not in numbers]


def _watch(work: UnitOfWork, sync: SyncPass) -> MarkWatch:
    """Looked up with the first page of a reading, so that the others cost no look-up."""
    held = work.suspensions.of_pupils(sync.with_suspensions)
    cases = work.cases.of_suspensions([s.no for suspensions in held.values() for s in suspensions])
    suspended = {
        no: {session for s in suspensions if s.no in cases for session in s.suspended_sessions(sync.calendar)}
        for no, suspensions in held.items()
    }
    return MarkWatch(
        numbers=work.pupils.numbers(sync.school.id, sync.mis),
        suspended={no: sessions for no, sessions in suspended.items() if sessions},
    )


def _key(mark: Mark) -> str:
    return f"{mark.pupil_id}/{mark.day}/{mark.half.name}"


def pupil_of(key: str) -> str:
    """The MIS's id of the pupil whose mark was refused under this key."""
    return key.rsplit("/", 2)[0]
