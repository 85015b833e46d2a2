"""Store attendance marks; a changed mark in a suspended session brings that pupil's duties in step."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rp_connect.domain.attendance import MEANINGS, Mark
from rp_connect.domain.calendar import Session
from rp_connect.ports.mis import Record, Refusal
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.apply_duties import apply_duties
from rp_connect.services.store_incidents import UNKNOWN_PUPIL
from rp_connect.services.sync_pass import SyncPass


@dataclass(frozen=True, slots=True)
class MarkStorer:
    """Stores pages of marks. It knows every pupil's number, and of whom which sessions are suspended, so that
    a page costs no look-up and only marks that a duty hangs on have the duties asked again."""

    numbers: Mapping[str, int]
    suspended: Mapping[int, Collection[Session]]

    def __call__(self, work: UnitOfWork, sync: SyncPass, records: Sequence[Record]) -> Sequence[Refusal]:
        given = [r for r in records if isinstance(r, Mark)]
        known = [(self.numbers[m.pupil_id], *m[1:]) for m in given if m.pupil_id in self.numbers]
        sync.report.read["attendance"] += len(given)
        sync.unmapped.update({m.code for m in given} - MEANINGS.keys())
        changed = work.marks.put(sync.school.id, known)
        watched = {
            no for no, day, half, _ in known if no in self.suspended and (day, half) in self.suspended[no]
        }
        apply_duties(work, sync, changed & watched)
        if len(known) == len(given):
            return ()
        return [Refusal(_key(m), UNKNOWN_PUPIL) for m in given if m.pupil_id not in self.numbers]


def mark_storer(work: UnitOfWork, sync: SyncPass) -> MarkStorer:
    """Looks up what the storer must know, once for the whole reading."""
    held = work.suspensions.of_pupils(sync.with_suspensions)
    cases = work.cases.of_suspensions([s.no for suspensions in held.values() for s in suspensions])
    suspended = {
        no: {session for s in suspensions if s.no in cases for session in s.suspended_sessions(sync.calendar)}
        for no, suspensions in held.items()
    }
    return MarkStorer(
        numbers=work.pupils.numbers(sync.school.id, sync.mis),
        suspended={no: sessions for no, sessions in suspended.items() if sessions},
    )


def _key(mark: Mark) -> str:
    return f"{mark.pupil_id}/{mark.day}/{mark.half.name}"
