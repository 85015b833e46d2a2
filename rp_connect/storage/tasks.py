"""Tasks, by our own key for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from rp_connect.domain.task import Task, TaskState
from rp_connect.errors import NotFoundError
from rp_connect.storage.case_tables import tasks
from rp_connect.storage.cases import by_reference
from rp_connect.storage.schools import number_of
from rp_connect.storage.session import Row, Session, in_lots

_SAME = tuple(column.name for column in tasks.c if not column.name.startswith("due_"))
_NAMES = tuple(column.name for column in tasks.c)
_ORDER = (
    *by_reference(tasks.c.case),
    tasks.c.due_day.asc().nulls_last(),
    tasks.c.due_at.asc().nulls_first(),
    tasks.c.rule.asc().nulls_first(),
    tasks.c.occurrence,
    tasks.c.id,
)


_BY_ID = sa.select(tasks).where(tasks.c.id.in_(sa.bindparam("ids", expanding=True))).order_by(tasks.c.id)
_LANDED = (
    sa.update(tasks)
    .where(tasks.c.id == sa.bindparam("of_id"))
    .values(external_id=sa.bindparam("external_id"), seen=sa.bindparam("seen"))
)


class SqlTasks:
    def __init__(self, session: Session) -> None:
        self._session = session

    def of_cases(self, refs: Collection[str]) -> Mapping[str, Sequence[Task]]:
        found: dict[str, list[Task]] = defaultdict(list)
        self._hold(refs)
        wanted = sa.select(tasks).order_by(*_ORDER)
        for row in self._session.each(lambda some: wanted.where(tasks.c.case.in_(some)), refs):
            found[row.case].append(_task(row))
        return dict(found)

    def _hold(self, refs: Collection[str]) -> None:
        """By id, as everybody else does: in the order in which people work, two would wait for each other."""
        if self._session.writing and self._session.postgres:
            held = self._session.for_change(sa.select(tasks.c.id).order_by(tasks.c.id))
            for some in in_lots(refs):
                self._session.rows(held.where(tasks.c.case.in_(some)))

    def put(self, tasks_: Sequence[Task]) -> None:
        for school in {task.school for task in tasks_}:
            number_of(self._session, school)
        self._session.upsert(tasks, ["id"], [_values(task) for task in tasks_])

    def get(self, task_id: str) -> Task:
        row = self._session.first(self._session.for_change(sa.select(tasks).where(tasks.c.id == task_id)))
        if row is None:
            raise NotFoundError(f"There is no task {task_id}.")
        return _task(row)

    def by_id(self, task_ids: Collection[str]) -> Mapping[str, Task]:
        wanted = self._session.for_change(_BY_ID)
        lots = [self._session.rows(wanted, {"ids": some}) for some in in_lots(task_ids)]
        return {row.id: _task(row) for rows in lots for row in rows}

    def landed(self, written: Sequence[tuple[str, str, str]]) -> None:
        rows = [{"of_id": key, "external_id": held, "seen": seen} for key, held, seen in sorted(written)]
        if rows:
            self._session.run(_LANDED, rows)

    def every(
        self, school: str | None = None, case: str | None = None, state: TaskState | None = None
    ) -> Sequence[Task]:
        found = sa.select(tasks).order_by(*_ORDER)
        for column, wanted in ((tasks.c.school, school), (tasks.c.case, case), (tasks.c.state, state)):
            found = found if wanted is None else found.where(column == wanted)
        return [_task(row) for row in self._session.rows(found)]

    def open_of(self, schools: Collection[str]) -> Sequence[Task]:
        found = sa.select(tasks).where(tasks.c.state == TaskState.OPEN).order_by(*_ORDER)
        rows = self._session.each(lambda some: found.where(tasks.c.school.in_(some)), schools)
        return [_task(row) for row in rows]


def _task(row: Row) -> Task:
    held = dict(zip(_NAMES, row, strict=True))
    at, day = held.pop("due_at"), held.pop("due_day")
    return Task(due=at or day, **held)


def _values(task: Task) -> dict[str, Any]:
    """A moment is kept with its day in UTC, so that dates and moments sort together."""
    at = task.due.astimezone(UTC) if isinstance(task.due, datetime) else None
    day = at.date() if at else task.due
    return {"due_day": day, "due_at": at} | {name: getattr(task, name) for name in _SAME}
