"""A task that a person deleted in the workspace: made again once, and then the Lead is asked."""

from __future__ import annotations

from dataclasses import replace

from rp_connect.domain.effect import EffectKind
from rp_connect.domain.task import TaskState
from rp_connect.ports.store import UnitOfWork


def note_deletion(work: UnitOfWork, task_id: str) -> bool:
    """A person deleted an open task outside: once it is made again (True), twice the Lead is asked."""
    task = work.tasks.get(task_id)
    deletions = task.deletions + (task.state is TaskState.OPEN)
    gone = replace(task, external_id=None, seen=None, deletions=deletions)
    work.tasks.put([gone])
    again = task.state is TaskState.OPEN and deletions == 1
    if again:
        work.effects.want(EffectKind.TASK, task.id, school=task.school, case=task.case)
    return again
