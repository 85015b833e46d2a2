"""What people did in the workspace is theirs: it is read before it is written over, and the rest stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rp_connect.errors import ConflictError
from rp_connect.ports.workspace import Written
from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.rig import WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import CHANGED, CHANGING, TASKS, Room, answer_of, said

DRAGGED_TO = date(2026, 11, 19)
OWN_WORDS = "Rang at noon, nobody in."
OWN_TASK = "Order chairs for the hall"


@check()
def a_change_over_a_persons_unseen_change_is_a_conflict(rig: WorkspaceUnderTest) -> None:
    """Otherwise the date that somebody dragged a task to is lost between two readings."""
    item = TASKS.item(rig)
    shelf = rig.open().tasks
    written = shelf.create(item)
    rig.redate(item.key, DRAGGED_TO)
    ours = replace(TASKS.changed(item), seen_version=written.version)
    answer = answer_of(lambda: shelf.update(written.external_id, ours))

    assert isinstance(answer, ConflictError), f"a change over an unseen one ended with {said(answer)}"
    assert [task.day for task in rig.tasks()] == [DRAGGED_TO], "what a person had changed was lost"


@check()
def a_persons_change_that_was_read_may_be_built_upon(rig: WorkspaceUnderTest) -> None:
    """A conflict that never ends would park the task for good."""
    item = TASKS.item(rig)
    shelf = rig.open().tasks
    written = shelf.create(item)
    rig.redate(item.key, DRAGGED_TO)
    (seen,) = shelf.everything()
    ours = replace(TASKS.changed(item), seen_version=seen.version)
    answer = answer_of(lambda: shelf.update(written.external_id, ours))

    assert isinstance(answer, Written), f"a change over one that was read ended with {said(answer)}"
    assert [task.day for task in rig.tasks()] == [item.day], "the change is not shown"


@check(*CHANGING, needs_words=True)
def a_persons_own_words_survive_a_change(rig: WorkspaceUnderTest, room: Room) -> None:
    """What a head of year noted beside our words may be the only note there is."""
    item = room.item(rig)
    shelf = room.shelf(rig.open())
    written = shelf.create(item)
    rig.write_into(room.kind, item.key, OWN_WORDS)
    shelf.update(written.external_id, room.changed(item))

    text = room.shown(rig)[0].text
    assert OWN_WORDS in text, "a change took away what a person had written"
    assert CHANGED in text, "a person's words kept the change from being shown"


@check()
def a_persons_own_task_in_the_same_place_is_left_alone(rig: WorkspaceUnderTest) -> None:
    """The plan or folder is the school's; we are guests in it."""
    rig.add_own_task(OWN_TASK)
    workspace = rig.open()
    item = TASKS.item(rig)
    written = workspace.tasks.create(item)
    workspace.tasks.update(written.external_id, TASKS.changed(item))
    list(workspace.tasks.everything())
    workspace.setup()

    assert list(rig.own_tasks()) == [OWN_TASK], "a person's own task did not stay as it was"
