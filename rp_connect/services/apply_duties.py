"""Bring the cases and tasks of some pupils in step with what the rules require, in the caller's transaction.

The rules are asked afresh for every suspension of the pupil: a late record, an amendment or a replay then
ends in the same tasks, whatever order the MIS gave things in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from rp_connect.domain.case import Case
from rp_connect.domain.duty import Duty, Trigger
from rp_connect.domain.incident import IncidentRecord
from rp_connect.domain.people import Pupil
from rp_connect.domain.run import Run, run_with, runs_of
from rp_connect.domain.suspension import Suspension
from rp_connect.domain.task import SYSTEM, Task
from rp_connect.domain.task_changes import Moment, TaskChanges, compare
from rp_connect.ports.policy import Context, SuspensionStands, pack_on
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.change_task import audit, show_record, store_tasks
from rp_connect.services.duty_round import DutyRound
from rp_connect.services.open_case import needs_case, open_case, opening_order


@dataclass(slots=True)
class PupilFile:
    """One pupil with all their suspensions, the runs among them, and the cases that exist. `incidents` are
    those that these suspensions name, by MIS and id."""

    pupil: Pupil
    suspensions: Sequence[Suspension]
    runs: Sequence[Run]
    cases: dict[int, Case]
    incidents: Mapping[tuple[str, str], IncidentRecord]

    def incident_of(self, suspension: Suspension) -> IncidentRecord | None:
        return self.incidents.get((suspension.mis, suspension.record.incident_id or ""))


def apply_duties(work: UnitOfWork, current: DutyRound, pupil_nos: Collection[int]) -> None:
    """Open missing cases in the order of references, then compare every case's tasks with its duties."""
    files = _pupil_files(work, current, pupil_nos)
    missing = [
        (suspension, file)
        for file in files
        for suspension in file.suspensions
        if suspension.no not in file.cases
        and needs_case(suspension, file.runs, current.live_from, current.calendar)
    ]
    for suspension, file in sorted(missing, key=lambda pair: opening_order(pair[0])):
        file.cases[suspension.no] = open_case(work, current, suspension, file.incident_of(suspension))
    held = work.tasks.of_cases([case.ref for file in files for case in file.cases.values()])
    for file in files:
        _apply_to_pupil(work, current, file, held)
    current.amended.clear()


def _pupil_files(work: UnitOfWork, current: DutyRound, pupil_nos: Collection[int]) -> list[PupilFile]:
    suspensions = work.suspensions.of_pupils(pupil_nos)
    pupils = work.pupils.get(suspensions)
    every = [s for held in suspensions.values() for s in held]
    cases = work.cases.of_suspensions([s.no for s in every])
    incidents = _incidents(work, current, every)
    return [
        PupilFile(
            pupil=pupils[no],
            suspensions=held,
            runs=runs_of(held, current.calendar),
            cases={s.no: cases[s.no] for s in held if s.no in cases},
            incidents=incidents,
        )
        for no, held in sorted(suspensions.items())
    ]


def _incidents(
    work: UnitOfWork, current: DutyRound, suspensions: Sequence[Suspension]
) -> Mapping[tuple[str, str], IncidentRecord]:
    named: dict[str, set[str]] = {}
    for suspension in suspensions:
        if suspension.record.incident_id:
            named.setdefault(suspension.mis, set()).add(suspension.record.incident_id)
    return {
        (mis, id_): incident
        for mis, ids in named.items()
        for id_, incident in work.incidents.by_id(current.school.id, mis, ids).items()
    }


def _apply_to_pupil(
    work: UnitOfWork, current: DutyRound, file: PupilFile, held: Mapping[str, Sequence[Task]]
) -> None:
    for suspension in sorted(file.suspensions, key=opening_order):
        case = file.cases.get(suspension.no)
        if case is None:
            continue
        linked = _with_links(case, suspension, file)
        duties = _duties(work, current, file, suspension)
        moment = Moment(current.now, current.school.timezone, _learnt_late(current, case, suspension))
        changes = compare(case, held.get(case.ref, ()), duties, moment)
        _store(
            work, current, linked, changes, changed_itself=linked != case or suspension.no in current.amended
        )


def _with_links(case: Case, suspension: Suspension, file: PupilFile) -> Case:
    """Suspensions of a run are linked to each other."""
    run = run_with(suspension, file.runs)
    others = [file.cases[m.no].ref for m in run.members if m.no in file.cases] if run else []
    return replace(case, linked=tuple(sorted(set(others) - {case.ref})))


def _duties(work: UnitOfWork, current: DutyRound, file: PupilFile, suspension: Suspension) -> list[Duty]:
    decided = suspension.decided.day if suspension.decided else current.today
    pack = pack_on(current.school.packs, decided)
    if pack is None:
        return []
    duties = pack.duties(SuspensionStands(suspension), _context(work, current, file, suspension))
    if decided >= current.live_from:
        return list(duties)
    return [d for d in duties if d.due is None or _day(current, d.due) >= current.live_from]


def _context(work: UnitOfWork, current: DutyRound, file: PupilFile, suspension: Suspension) -> Context:
    sessions = suspension.suspended_sessions(current.calendar)
    return Context(
        calendar=current.calendar,
        school_kind=current.school.settings.kind,
        today=current.today,
        pupil=file.pupil.record,
        suspensions=file.suspensions,
        someone_harmed=_someone_harmed(file, suspension),
        marks=work.marks.of(current.school.id, suspension.pupil_no, sessions),
        follow_up=current.follow_up,
        cancelled_sessions_count=current.school.settings.cancelled_sessions_count,
    )


def _someone_harmed(file: PupilFile, suspension: Suspension) -> bool:
    incident = file.incident_of(suspension)
    return incident is not None and incident.harmed_other_than(suspension.record.pupil_id)


def _learnt_late(current: DutyRound, case: Case, suspension: Suspension) -> _LearntLate:
    return _LearntLate(
        known_before=case.first_pass < current.number, amended=suspension.no in current.amended
    )


@dataclass(frozen=True, slots=True)
class _LearntLate:
    """Whether a new duty rests on what was learnt after the first sync of its suspension.

    A fact beside it (a flag, an exam, a linked incident) always; a count where another record moved it.
    """

    known_before: bool
    amended: bool

    def __call__(self, duty: Duty) -> bool:
        if not self.known_before:
            return False
        return duty.trigger is Trigger.FACT or (duty.trigger is Trigger.COUNT and not self.amended)


def _day(current: DutyRound, due: date | datetime) -> date:
    return current.school.day_of(due) if isinstance(due, datetime) else due


def _store(
    work: UnitOfWork, current: DutyRound, case: Case, changes: TaskChanges, *, changed_itself: bool
) -> None:
    if not (changes.every or changed_itself):
        return
    work.cases.replace(case)
    store_tasks(work, changes.every)
    show_record(work, case)
    _count(current, case, changes)
    what = [(changes.created, "created"), (changes.changed, "changed"), (changes.cancelled, "cancelled")]
    for tasks, word in [*what, (changes.settled, "closed by itself")]:
        if tasks:
            audit(work, case, SYSTEM, current.now, f"tasks {word}: {len(tasks)}")


def _count(current: DutyRound, case: Case, changes: TaskChanges) -> None:
    report = current.report
    report.tasks_created += len(changes.created)
    report.tasks_cancelled += len(changes.cancelled)
    report.tasks.extend(changes.created)
    if case.first_pass < current.number and case.ref not in current.touched:
        report.cases_amended += 1
    current.touched.add(case.ref)
