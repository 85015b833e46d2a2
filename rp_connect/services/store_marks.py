"""Store attendance marks; a changed mark in a suspended session brings that pupil's duties in step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rp_connect.domain.attendance import MEANINGS, Mark
from rp_connect.ports.mis import Record, Refusal
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.apply_duties import apply_duties
from rp_connect.services.store_incidents import UNKNOWN_PUPIL
from rp_connect.services.sync_pass import SyncPass


def mark_storer(
    numbers: Mapping[str, int],
) -> Callable[[UnitOfWork, SyncPass, Sequence[Record]], Sequence[Refusal]]:
    """A storer that knows every pupil's number, so that a page of marks costs no look-up."""

    def store_marks(work: UnitOfWork, sync: SyncPass, records: Sequence[Record]) -> Sequence[Refusal]:
        given = [r for r in records if isinstance(r, Mark)]
        known = [(numbers[m.pupil_id], m.day, m.half, m.code) for m in given if m.pupil_id in numbers]
        sync.report.read["attendance"] += len(given)
        sync.unmapped.update(m.code for m in given if m.code not in MEANINGS)
        changed = work.marks.put(sync.school.id, known)
        apply_duties(work, sync, changed & sync.with_suspensions)
        if len(known) == len(given):
            return ()
        return [Refusal(_key(m), UNKNOWN_PUPIL) for m in given if m.pupil_id not in numbers]

    return store_marks


def _key(mark: Mark) -> str:
    return f"{mark.pupil_id}/{mark.day}/{mark.half.name}"
