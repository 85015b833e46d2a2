"""Open, done, cancelled: what people see, and what is read back of what we wrote ourselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from rp_connect.domain.task import TaskState
from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.rig import WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import TASKS

CLOSED_AT = datetime(2026, 11, 11, 10, 15, tzinfo=UTC)


def write_states(rig: WorkspaceUnderTest, *states: TaskState) -> None:
    """Creates a task in the first state and brings it into the others, one after the other."""
    shelf = rig.open().tasks
    item = replace(TASKS.item(rig), state=states[0], closed_at=CLOSED_AT)
    written = shelf.create(item)
    for revision, state in enumerate(states[1:], 2):
        shelf.update(written.external_id, replace(item, revision=revision, state=state))


def finished(rig: WorkspaceUnderTest) -> list[bool]:
    return [task.finished for task in rig.tasks()]


def read_done(rig: WorkspaceUnderTest) -> list[bool]:
    return [seen.done for seen in rig.open().tasks.everything()]


@check()
def a_task_that_is_done_is_shown_as_finished(rig: WorkspaceUnderTest) -> None:
    """Whoever looks at the plan must not do it a second time."""
    write_states(rig, TaskState.OPEN, TaskState.DONE)

    assert finished(rig) == [True], "a task that is done is not shown as finished"
    assert read_done(rig) == [True], "a task that is done is not read back as done"


@check()
def a_task_may_be_done_when_it_is_first_written(rig: WorkspaceUnderTest) -> None:
    """It may have been done before the workspace could be reached."""
    write_states(rig, TaskState.DONE)

    assert finished(rig) == [True], "a task that was done from the start is not shown as finished"


@check()
def a_task_that_is_open_again_is_shown_as_open(rig: WorkspaceUnderTest) -> None:
    """A tick taken back on the board must be taken back where the work is done."""
    write_states(rig, TaskState.OPEN, TaskState.DONE, TaskState.OPEN)

    assert finished(rig) == [False], "a task that is open again is still shown as finished"
    assert read_done(rig) == [False], "a task that is open again is read back as done"


@check()
def a_cancelled_task_is_shown_as_finished(rig: WorkspaceUnderTest) -> None:
    """A suspension that was withdrawn asks nothing of anybody; the task stays, so that people see why."""
    write_states(rig, TaskState.OPEN, TaskState.CANCELLED)

    assert finished(rig) == [True], "a cancelled task is not shown as finished, once"
