"""Lists for the command line and the API: cases and tasks with the record each of them follows from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from rp_connect.domain.case import Case, Stage
from rp_connect.domain.people import Pupil
from rp_connect.domain.suspension import Suspension
from rp_connect.domain.task import Task, TaskState
from rp_connect.ports.store import Refused, UnitOfWork
from rp_connect.services.office import Office
from rp_connect.services.to_json import Json, case_json, task_json


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with who and what it is about."""

    case: Case
    pupils: Sequence[Pupil]
    tasks: Sequence[Task]
    suspension: Suspension | None
    timezone: ZoneInfo

    @property
    def open(self) -> int:
        return sum(task.state is TaskState.OPEN for task in self.tasks)

    @property
    def done(self) -> int:
        return sum(task.state is TaskState.DONE for task in self.tasks)

    def to_json(self) -> Json:
        return case_json(self.case, self.pupils, self.tasks, self.suspension, self.timezone)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task with the suspension that its case follows."""

    task: Task
    suspension: Suspension | None
    timezone: ZoneInfo

    def to_json(self) -> Json:
        return task_json(self.task, self.suspension, self.timezone)


def list_cases(office: Office, school: str | None = None, stage: Stage | None = None) -> list[CaseRow]:
    """By reference. Raises NotFoundError for a school that the configuration does not have."""
    _known(office, school)
    with office.store.read() as work:
        cases = work.cases.every(school, stage)
        tasks = work.tasks.of_cases([case.ref for case in cases])
        pupils = work.pupils.get({party.pupil_no for case in cases for party in case.parties})
        followed = _followed(work, cases)
    return [
        CaseRow(
            case,
            [pupils[party.pupil_no] for party in case.parties if party.pupil_no in pupils],
            tasks.get(case.ref, ()),
            followed.get(case.ref),
            timezone_of(office, case.school),
        )
        for case in cases
    ]


def list_tasks(
    office: Office, school: str | None = None, case: str | None = None, state: TaskState | None = None
) -> list[TaskRow]:
    """By case, due, duty, occurrence. Raises NotFoundError for an unknown school or case."""
    _known(office, school)
    with office.store.read() as work:
        cases = [work.cases.get(case)] if case else work.cases.every(school)
        followed = _followed(work, cases)
        tasks = work.tasks.every(school, case, state)
    return [TaskRow(task, followed.get(task.case), timezone_of(office, task.school)) for task in tasks]


def list_refused(office: Office) -> list[tuple[Refused, ZoneInfo]]:
    """Every record that could not be read, with the timezone of its school."""
    with office.store.read() as work:
        return [(refused, timezone_of(office, refused.school)) for refused in work.refusals.every()]


def timezone_of(office: Office, school: str) -> ZoneInfo:
    """The school's timezone; for one that left the configuration, that of the first school."""
    found = office.schools.get(school) or next(iter(office.schools.values()))
    return found.timezone


def timezone_of_case(office: Office, ref: str) -> ZoneInfo:
    """Where a bare date and hour of this case belong. Raises NotFoundError."""
    with office.store.read() as work:
        return timezone_of(office, work.cases.get(ref).school)


def _known(office: Office, school: str | None) -> None:
    if school is not None:
        office.school(school)


def _followed(work: UnitOfWork, cases: Collection[Case]) -> Mapping[str, Suspension]:
    """The suspension of each case that follows one, read in one go rather than case by case."""
    wanted = {case.suspension_no: case.ref for case in cases if case.suspension_no is not None}
    pupils = {party.pupil_no for case in cases for party in case.parties}
    held = work.suspensions.of_pupils(pupils)
    return {wanted[s.no]: s for of_one in held.values() for s in of_one if s.no in wanted}
