"""A person completes a task from a page or the command line: the core's task changes, an effect follows."""

from __future__ import annotations

from rp_connect.domain.task import Task, TaskState
from rp_connect.errors import UsageError
from rp_connect.services.change_task import audit, closed, store_tasks
from rp_connect.services.office import Office


def complete_task(office: Office, task_id: str, who: str) -> Task:
    """Raises NotFoundError, UsageError where it was cancelled. A task that is done already stays as it is."""
    with office.store.read() as work:
        ref = work.tasks.get(task_id).case
    with office.store.begin() as work:
        case = work.cases.get(ref)  # before its task: see change_task
        task = work.tasks.get(task_id)
        if task.state is TaskState.CANCELLED:
            raise UsageError(f"{task_id} was cancelled, so it cannot be completed.")
        if task.state is TaskState.DONE:
            return task
        now = office.clock.now()
        done = closed(task, who, now)
        store_tasks(work, [done])
        audit(work, case, who, now, f"task done: {task.rule}")
        work.commit()
        return done
