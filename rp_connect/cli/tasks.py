"""`task`: what is to be done, by when and by whom, and marking it as done."""

from __future__ import annotations

from collections.abc import Sequence

import click

from rp_connect.cli.options import group, json_option, school_option
from rp_connect.cli.output import answer_json, count, day_text, good, quiet, say, short_title, table
from rp_connect.cli.session import Session, acting, pass_session
from rp_connect.domain.task import Task, TaskState
from rp_connect.services.complete_task import complete_task
from rp_connect.services.list_cases import TaskRow, list_tasks


@group()
def task() -> None:
    """Tasks: list, and mark as done."""


@task.command("list")
@school_option
@click.option("--case", metavar="REF", help="One case only.")
@click.option("--state", type=click.Choice([state.value for state in TaskState]), help="In this state only.")
@json_option
@pass_session
def list_(session: Session, school: str | None, case: str | None, state: str | None, as_json: bool) -> None:
    """Every task, or those that are asked for, in the order of case and due."""
    with session.office() as office:
        rows = list_tasks(office, school, case, TaskState(state) if state else None)
    if as_json:
        answer_json([row.to_json() for row in rows])
    elif rows:
        say(task_table(rows))
    else:
        say("There are no such tasks.")


@task.command()
@click.argument("id_", metavar="ID")
@pass_session
def done(session: Session, id_: str) -> None:
    """Mark the task ID as done."""
    with session.office() as office:
        closed = complete_task(office, id_, acting())
        with office.store.read() as work:
            left = len(work.tasks.every(case=closed.case, state=TaskState.OPEN))
    say(f"{closed.id} is done. {closed.case} has {count(left, 'open task')}.")


def task_table(rows: Sequence[TaskRow]) -> str:
    return table(("ID", "Due", "State", "For", "Task"), [_cells(row) for row in rows])


def _cells(row: TaskRow) -> tuple[str, ...]:
    due = day_text(row.task.due, row.timezone)
    if row.task.due is None and row.task.due_note:
        due = quiet(row.task.due_note)
    return row.task.id, due, _state(row.task), row.task.role, short_title(row.task)


def _state(task: Task) -> str:
    plain = task.state.value
    return {TaskState.DONE: good(plain), TaskState.CANCELLED: quiet(plain)}.get(task.state, plain)
