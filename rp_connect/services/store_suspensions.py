"""Store suspensions as reported, keep what is in force, and bring the cases of their pupils in step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rp_connect.domain.amendment import amend
from rp_connect.domain.suspension import Suspension, SuspensionRecord
from rp_connect.ports.mis import Record, Refusal
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.apply_duties import apply_duties
from rp_connect.services.change_mis import take_over_suspensions
from rp_connect.services.change_task import audit
from rp_connect.services.store_incidents import UNKNOWN_PUPIL
from rp_connect.services.sync_pass import SyncPass


def storing_order(record: SuspensionRecord) -> tuple[date, date, str]:
    """By decision (else start), start, id: the order in which references are given."""
    start = record.dates.start or date.max
    return record.decided.day if record.decided else start, start, record.id


def store_suspensions(work: UnitOfWork, sync: SyncPass, records: Sequence[Record]) -> Sequence[Refusal]:
    """A suspension of a pupil whom we do not know yet is refused by key and tried again."""
    given = [r for r in records if isinstance(r, SuspensionRecord)]
    sync.report.read["suspensions"] += len(given)
    school, mis = sync.school.id, sync.mis
    pupils = work.pupils.by_id(school, mis, {r.pupil_id for r in given})
    work.suspensions.of_pupils({pupil.no for pupil in pupils.values()})  # held at once: see change_task
    held = work.suspensions.by_id(school, mis, [r.id for r in given])
    if sync.former_mis:
        unknown = [(r, pupils[r.pupil_id].no) for r in given if r.id not in held and r.pupil_id in pupils]
        take_over_suspensions(work, sync, unknown)
        held = work.suspensions.by_id(school, mis, [r.id for r in given])
    changed = []
    for record in (r for r in given if r.pupil_id in pupils):
        before = held.get(record.id)
        after = _after(sync, before, record, pupils[record.pupil_id].no)
        if after != before:
            changed.append(after)
    work.suspensions.put(changed)
    _note(work, sync, [s for s in changed if s.no])
    sync.amended.update(s.no for s in changed if s.no)
    numbers = {s.pupil_no for s in changed} | {held[s.record.id].pupil_no for s in changed if s.no}
    sync.with_suspensions |= numbers
    apply_duties(work, sync, numbers)
    return [Refusal(r.id, UNKNOWN_PUPIL) for r in given if r.pupil_id not in pupils]


def _after(sync: SyncPass, before: Suspension | None, record: SuspensionRecord, pupil_no: int) -> Suspension:
    if before is not None:
        return amend(before, record, sync.today, sync.calendar)
    return Suspension(
        no=0,
        school=sync.school.id,
        mis=sync.mis,
        pupil_no=pupil_no,
        record=record,
        in_force=record.dates,
        first_seen=sync.today,
        first_pass=sync.number,
        cancelled=record.cancelled,
    )


def _note(work: UnitOfWork, sync: SyncPass, amended: Sequence[Suspension]) -> None:
    for case in work.cases.of_suspensions([s.no for s in amended]).values():
        audit(work, case, f"MIS {sync.mis}", sync.now, "suspension amended")
