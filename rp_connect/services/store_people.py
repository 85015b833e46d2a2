"""Store pupils and staff as the MIS gives them; a flag that changed brings the pupil's duties in step."""

from __future__ import annotations

from collections.abc import Sequence

from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_connect.ports.mis import Record, Refusal
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.apply_duties import apply_duties
from rp_connect.services.change_mis import take_over_pupils
from rp_connect.services.change_task import show_record
from rp_connect.services.sync_pass import SyncPass


def store_pupils(work: UnitOfWork, sync: SyncPass, records: Sequence[Record]) -> Sequence[Refusal]:
    """Only what differs is written."""
    given = [r for r in records if isinstance(r, PupilRecord)]
    sync.report.read["pupils"] += sum(r.on_roll(sync.today) for r in given)
    known = work.pupils.by_id(sync.school.id, sync.mis, [r.id for r in given])
    unknown = [r for r in given if r.id not in known]
    sync.report.pupils["known"] += len(known)
    taken_over = take_over_pupils(work, sync, unknown) if sync.former_mis and unknown else 0
    sync.report.pupils["by_upn"] += taken_over
    sync.report.pupils["new"] += len(unknown) - taken_over
    if taken_over:
        known = work.pupils.by_id(sync.school.id, sync.mis, [r.id for r in given])
    changed = [r for r in given if r.id not in known or known[r.id].record != r]
    work.pupils.put(sync.school.id, sync.mis, changed)
    concerned = {known[r.id].no for r in changed if r.id in known} & sync.with_suspensions
    apply_duties(work, sync, concerned)
    _show_names(work, concerned)
    return ()


def _show_names(work: UnitOfWork, pupil_nos: set[int]) -> None:
    """The record of a case names its pupil."""
    numbers = [s.no for held in work.suspensions.of_pupils(pupil_nos).values() for s in held]
    for case in work.cases.of_suspensions(numbers).values():
        show_record(work, case)


def store_staff(work: UnitOfWork, sync: SyncPass, records: Sequence[Record]) -> Sequence[Refusal]:
    work.staff.put(sync.school.id, sync.mis, [r for r in records if isinstance(r, StaffRecord)])
    return ()
