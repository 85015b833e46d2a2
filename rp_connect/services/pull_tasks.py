"""Read tasks back from the workspaces: what people did there comes home, what we wrote ourselves does not.

Each task remembers what the workspace's copy said last (`Seen`): what differs from it was done by people.
A statutory due never moves: a date that somebody dragged a task to is `planned`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from rp_connect.domain.task import Seen, Task, TaskState
from rp_connect.errors import RpConnectError, StoreError
from rp_connect.ports.store import UnitOfWork
from rp_connect.ports.workspace import SeenTask
from rp_connect.services.change_task import audit, closed, reopened, show_record, store_tasks
from rp_connect.services.office import Office, School
from rp_connect.services.send_effect import note_deletion

WHO = "workspace"


@dataclass(slots=True)
class SchoolPull:
    """Counts of what people did in one school's workspace; `fault` where it could not be read."""

    school: str
    done: int = 0
    reopened: int = 0
    replanned: int = 0
    reassigned: int = 0
    recreated: int = 0
    asked: int = 0
    fault: str | None = None

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def pull_tasks(office: Office, school: str | None = None) -> list[SchoolPull]:
    """One school that cannot be read does not stop the others. Raises StoreError, NotFoundError."""
    return [_pull_school(office, s) for s in office.chosen(school) if not s.settings.paused]


def _pull_school(office: Office, school: School) -> SchoolPull:
    result = SchoolPull(school.id)
    try:
        seen = {task.key: task for task in school.workspace().tasks.everything()}
    except StoreError:
        raise
    except RpConnectError as fault:
        result.fault = str(fault)
        return result
    with office.store.begin() as work:
        for task in work.tasks.every(school=school.id):
            if task.external_id is not None:
                _compare(work, office, school, task, seen.get(task.id), result)
        work.commit()
    return result


def _compare(
    work: UnitOfWork, office: Office, school: School, task: Task, there: SeenTask | None, result: SchoolPull
) -> None:
    now = office.clock.now()
    if there is None:
        _gone(work, task, now, result)
        return
    last = Seen.from_text(task.seen) if task.seen else Seen("", task.state is not TaskState.OPEN, there.day)
    if there.version == last.version and there.external_id == task.external_id:
        return
    assignees = last.assignees if there.assignees is None else there.assignees
    now_seen = Seen(there.version, there.done, there.day, assignees)
    changed = _merge(school, task, last, now_seen, now, result)
    after = replace(changed, external_id=there.external_id, seen=now_seen.to_text())
    if changed == task:
        work.tasks.put([after])
        return
    if _shows(school, after, now_seen):
        work.tasks.put([after])
    else:
        store_tasks(work, [after])
    case = work.cases.get(task.case)
    show_record(work, case)
    audit(work, case, WHO, now, f"task changed in the workspace: {task.rule}")


def _merge(school: School, task: Task, last: Seen, there: Seen, now: datetime, result: SchoolPull) -> Task:
    """`task` with what people changed between `last` and `there`."""
    if there.done != last.done:
        if there.done and task.state is TaskState.OPEN:
            task, result.done = closed(task, WHO, now), result.done + 1
        elif not there.done and task.state is TaskState.DONE:
            task, result.reopened = reopened(task), result.reopened + 1
    if there.day != last.day:
        planned = None if there.day == task.due_day(school.timezone) else there.day
        if planned != task.planned:
            task, result.replanned = replace(task, planned=planned), result.replanned + 1
    if there.assignees != last.assignees:
        assignee = there.assignees[0] if there.assignees else None
        task, result.reassigned = replace(task, assignee=assignee), result.reassigned + 1
    return task


def _shows(school: School, task: Task, there: Seen) -> bool:
    """Whether the workspace's copy already says what the task now is."""
    return there.done == (task.state is TaskState.DONE) and there.day == task.shown_day(school.timezone)


def _gone(work: UnitOfWork, task: Task, now: datetime, result: SchoolPull) -> None:
    if task.state is not TaskState.OPEN:
        work.tasks.put([replace(task, external_id=None, seen=None)])
        return
    again = note_deletion(work, task.id)
    result.recreated += again
    result.asked += not again
    what = "task deleted in the workspace, made again" if again else "task deleted twice in the workspace"
    audit(work, work.cases.get(task.case), WHO, now, f"{what}: {task.rule}")
