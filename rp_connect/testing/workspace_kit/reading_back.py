"""Reading back: what people did comes home, each task of ours once, and nothing that is not ours."""

from __future__ import annotations

from datetime import date

from rp_connect.ports.workspace import SeenTask, Written
from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.rig import Can, WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import TASKS

DRAGGED_TO = date(2026, 11, 19)


def written_task(rig: WorkspaceUnderTest) -> tuple[str, Written]:
    item = TASKS.item(rig)
    return item.key, rig.open().tasks.create(item)


def read(rig: WorkspaceUnderTest) -> list[SeenTask]:
    return list(rig.open().tasks.everything())


@check()
def what_we_wrote_is_read_back_as_it_was(rig: WorkspaceUnderTest) -> None:
    """A version that differs without anybody's doing looks like a person's change, at every reading."""
    item = TASKS.item(rig)
    shelf = rig.open().tasks
    written = shelf.update(shelf.create(item).external_id, TASKS.changed(item))

    (seen,) = read(rig)
    assert (seen.key, seen.external_id) == (item.key, written.external_id), (
        "it is read under another id or key"
    )
    assert seen.version == written.version, "nobody changed it, and it is read with another version"


@check()
def a_tick_of_a_person_comes_back(rig: WorkspaceUnderTest) -> None:
    """Nobody ticks a task twice, here and there."""
    key, _ = written_task(rig)
    rig.complete(key)
    assert [(seen.key, seen.done) for seen in read(rig)] == [(key, True)], "a tick is not read back"

    rig.reopen(key)
    assert [(seen.key, seen.done) for seen in read(rig)] == [(key, False)], "a tick taken back is not read"


@check()
def a_day_that_a_person_chose_comes_back(rig: WorkspaceUnderTest) -> None:
    """It becomes the planned day; the legal one stays as it is."""
    key, _ = written_task(rig)
    rig.redate(key, DRAGGED_TO)
    assert [seen.day for seen in read(rig)] == [DRAGGED_TO], "the day that a person chose is not read back"

    rig.redate(key, None)
    assert [seen.day for seen in read(rig)] == [None], "a day that a person took away is still read back"


@check(needs=[Can.ASSIGNEES])
def whom_a_task_is_given_to_is_shown_and_comes_back(rig: WorkspaceUnderTest) -> None:
    """A task given to a colleague in the workspace is that colleague's here, too."""
    key, _ = written_task(rig)
    assert [task.assignees for task in rig.tasks()] == [rig.people[:1]], "who does it is not shown"
    assert [seen.assignees for seen in read(rig)] == [rig.people[:1]], "who does it is not read back"

    rig.reassign(key, rig.people[1:2])
    assert [seen.assignees for seen in read(rig)] == [rig.people[1:2]], "whom a person chose is not read back"


@check()
def a_persons_change_gives_another_version(rig: WorkspaceUnderTest) -> None:
    """Only what has another version is compared at all."""
    key, written = written_task(rig)
    rig.redate(key, DRAGGED_TO)

    (seen,) = read(rig)
    assert seen.version != written.version, "a person changed it, and the version is the same"
    found = rig.open().tasks.find(key)
    assert getattr(found, "version", None) == seen.version, (
        "find and everything give two versions of one thing"
    )


@check()
def each_of_ours_is_read_once_and_nothing_of_others(rig: WorkspaceUnderTest) -> None:
    """A task that is left out looks as if a person had deleted it; one of others' is none of our business."""
    shelf = rig.open().tasks
    items = [TASKS.item(rig, n) for n in range(1, 26)]
    for item in items:
        shelf.create(item)
    rig.add_own_task("Order chairs for the hall")

    assert sorted(seen.key for seen in read(rig)) == [item.key for item in items], "not each of ours, once"


@check()
def a_task_that_a_person_deleted_is_not_read(rig: WorkspaceUnderTest) -> None:
    """Its absence is how the core learns of it, so the others must still be there."""
    shelf = rig.open().tasks
    shelf.create(TASKS.item(rig, 1))
    shelf.create(TASKS.item(rig, 2))
    rig.delete(TASKS.kind, TASKS.item(rig, 1).key)

    assert [seen.key for seen in shelf.everything()] == [TASKS.item(rig, 2).key], (
        "not only the other one is read"
    )
