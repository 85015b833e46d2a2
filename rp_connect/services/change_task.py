"""Change tasks of a case in one transaction: the task, the effect that shows it outside, the audit row.

On PostgreSQL whoever changes a row holds it until the end. So that no two ever wait for each other, everybody
takes them in one order: suspensions by number, cases by reference, tasks by id, and effects last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from rp_connect.domain.case import Case
from rp_connect.domain.effect import EffectKind
from rp_connect.domain.task import Task, TaskState
from rp_connect.ports.store import AuditRow, UnitOfWork


def store_tasks(work: UnitOfWork, tasks: Sequence[Task]) -> None:
    """Store new or changed tasks, and state for each that the workspace should show it as it now is."""
    work.tasks.put(tasks)
    for (school, case), its in groupby(tasks, lambda task: (task.school, task.case)):
        work.effects.want_each(EffectKind.TASK, [task.id for task in its], school=school, case=case)


def show_record(work: UnitOfWork, case: Case) -> None:
    """The case's record in the workspace should be brought up to date."""
    work.effects.want(EffectKind.RECORD, case.ref, school=case.school, case=case.ref)


def show_tasks(work: UnitOfWork, case: Case) -> None:
    """The case's open tasks in the workspace should stand where its stage now is."""
    tasks = work.tasks.of_cases([case.ref]).get(case.ref, ())
    shown = [task.id for task in tasks if task.state is TaskState.OPEN]
    work.effects.want_each(EffectKind.TASK, shown, school=case.school, case=case.ref)


def audit(work: UnitOfWork, case: Case, who: str, at: datetime, what: str) -> None:
    """`what` is a kind of change ("opened", "task done: written-notice"), never its contents."""
    work.audit.write(AuditRow(case=case.ref, school=case.school, who=who, at=at, what=what))


def closed(task: Task, who: str, at: datetime) -> Task:
    return replace(task, state=TaskState.DONE, closed_by=who, closed_at=at)


def reopened(task: Task) -> Task:
    return replace(task, state=TaskState.OPEN, closed_by=None, closed_at=None)
