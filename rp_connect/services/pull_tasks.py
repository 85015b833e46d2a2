"""Read tasks back from the workspaces: what people did there comes home, what we wrote ourselves does not.

Each task remembers what the workspace's copy said last (`Seen`): what differs from it was done by people.
A statutory due never moves: a date that somebody dragged a task to is `planned`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from rp_connect.domain.effect import EffectKind
from rp_connect.domain.task import Choice, Seen, Task, TaskState, same_people
from rp_connect.errors import (
    AccessError,
    ConflictError,
    GuardError,
    RpConnectError,
    StoreError,
)
from rp_connect.ports.store import UnitOfWork
from rp_connect.ports.workspace import Bulk, SeenTask, Tasks
from rp_connect.services.change_task import audit, closed, reopened, show_record, store_tasks
from rp_connect.services.note_deletion import note_deletion
from rp_connect.services.office import Office, School
from rp_connect.services.patience import not_while_shut, shut_as_told
from rp_connect.services.render_effect import people_chosen, role_holders

WHO = "workspace"
VANISHED_TASKS, VANISHED_SHARE = 20, 0.5
"""More than so many, and more than that share, gone at once looks like the wrong folder or plan."""


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
    return [pull_school(office, s) for s in office.chosen(school) if not s.settings.paused]


def pull_school(office: Office, school: School) -> SchoolPull:
    """What was written by us while the workspace was read is left for the next pull."""
    result = SchoolPull(school.id)
    with office.store.read() as work:
        shown = [t for t in work.tasks.every(school=school.id) if t.external_id is not None]
    known = {t.id: t.seen for t in shown}
    try:
        not_while_shut(office, school, EffectKind.TASK)
        seen = _read(school, {t.id: t.external_id for t in shown}, _just_written(office, school))
    except StoreError:
        raise
    except RpConnectError as fault:
        shut_as_told(office, school, EffectKind.TASK, fault)
        result.fault = str(fault)
        return result
    with office.store.begin() as work:
        for task in _held(work, school, seen):
            if known.get(task.id) == task.seen:
                _compare(work, office, school, task, seen[task.id], result)
        work.commit()
    return result


def _held(work: UnitOfWork, school: School, seen: Mapping[str, SeenTask | None]) -> list[Task]:
    """Tasks whose copy is not what it was, as they now stand, and nobody else changes them before we do;
    without those that are being written."""
    every = work.tasks.every(school=school.id)
    moved = [task for task in every if task.id in seen and not _as_before(task, seen[task.id])]
    work.cases.by_ref({task.case for task in moved})  # before their tasks: see change_task
    held = work.tasks.by_id([task.id for task in moved])
    busy = work.effects.in_flight(EffectKind.TASK)
    return [held[task.id] for task in moved if task.id not in busy]


def _as_before(task: Task, there: SeenTask | None) -> bool:
    if there is None:
        return False
    return there.version == _last_seen(task, there).version and there.external_id == task.external_id


def _just_written(office: Office, school: School) -> Collection[str]:
    """A list may lag behind what was written: what it does not show yet is not taken for deleted."""
    settles = timedelta(seconds=school.workspace().settles_after)
    with office.store.read() as work:
        return work.effects.done_since(EffectKind.TASK, office.store.now() - settles)


def _read(
    school: School, known: Mapping[str, str | None], just_written: Collection[str]
) -> dict[str, SeenTask | None]:
    """What stands there of each task of ours (`known`: its id there); None where a person deleted it.

    A task that is there but cannot be read is left out. Raises GuardError where most have vanished at once.
    """
    shelf = school.workspace().tasks
    seen = _matched(shelf.everything(), known)
    missing = [key for key in known if key not in seen and key not in just_written]
    if len(missing) > VANISHED_TASKS and len(missing) > VANISHED_SHARE * len(known):
        raise GuardError(
            f"{school.id}: {len(missing)} of {len(known)} tasks are gone from the workspace. "
            "Nothing was changed: look whether it is really the right one."
        )
    return seen | dict.fromkeys(_gone_for_good(shelf, missing))


def _matched(there: Iterable[SeenTask], known: Mapping[str, str | None]) -> dict[str, SeenTask | None]:
    """Told apart by id, so that neither a copy that people made nor a title that lost its key deceives us.
    By key where the id is another: then it was put back or made anew."""
    keys = {external_id: key for key, external_id in known.items()}
    by_id: dict[str, SeenTask | None] = {}
    by_key: dict[str, SeenTask | None] = {}
    for task in there:
        if task.external_id in keys:
            by_id[keys[task.external_id]] = task
        elif task.key in known:
            by_key.setdefault(task.key, task)
    return by_key | by_id


def _gone_for_good(shelf: Tasks, keys: Sequence[str]) -> list[str]:
    """Of those that were not read, the ones that are not there either when they are asked for."""
    if isinstance(shelf, Bulk):
        found = shelf.find_all(keys) if keys else []
        return [key for key, there in zip(keys, found, strict=True) if there is None]
    return [key for key in keys if not _is_there(shelf, key)]


def _is_there(shelf: Tasks, key: str) -> bool:
    try:
        return shelf.find(key) is not None
    except (AccessError, ConflictError):
        return True


def _compare(
    work: UnitOfWork, office: Office, school: School, task: Task, there: SeenTask | None, result: SchoolPull
) -> None:
    now = office.clock.now()
    if there is None:
        _gone(work, task, now, result)
        return
    if _as_before(task, there):
        return
    last = _last_seen(task, there)
    assignees = last.assignees if there.assignees is None else there.assignees
    now_seen = replace(last, version=there.version, done=there.done, day=there.day, assignees=assignees)
    changed = _merge(school, task, last, now_seen, now, result)
    result.reassigned += not same_people(now_seen.assignees, last.assignees)
    changed = replace(changed, assignee=_chosen(office, school, task, changed, last, now_seen))
    after = replace(changed, external_id=there.external_id, seen=now_seen.to_text())
    again = task.state is TaskState.CANCELLED and not now_seen.done
    if (changed == task or _shows(school, after, now_seen)) and not again:
        work.tasks.put([after])
    else:
        store_tasks(work, [after])
    if changed != task:
        case = work.cases.get(task.case)
        show_record(work, case)
        audit(work, case, WHO, now, f"task changed in the workspace: {task.rule}")


def _last_seen(task: Task, there: SeenTask) -> Seen:
    """What the copy said before. Where the end of a write of ours was lost nobody knows that: then only a
    tick on an open task is taken for a person's."""
    last = Seen.from_text(task.seen) if task.seen else Seen("", done=False, day=None)
    if last.version:
        return last
    ticked = there.done and task.state is TaskState.OPEN
    return replace(last, done=there.done and not ticked, day=there.day, assignees=there.assignees or ())


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
    return task


def _chosen(office: Office, school: School, before: Task, task: Task, last: Seen, there: Seen) -> str | None:
    """Whom people gave it to, as text. They keep it on another day that people choose, whoever would have it
    then; back with those whom we would give it to, it is no choice any more."""
    people = people_chosen(office, school, before) if task.planned != before.planned else None
    if not same_people(there.assignees, last.assignees):
        people = there.assignees
    if people is None:
        return task.assignee
    ours = role_holders(office, school, task)
    return None if same_people(people, ours) else Choice(people, ours).to_text()


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
