"""Find and create: whoever looks next, after a crash too, finds what is there and nothing else."""

from __future__ import annotations

from dataclasses import replace

from rp_connect.errors import ConflictError
from rp_connect.ports.workspace import Written
from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.rig import WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import EVERY, Room, answer_of, said


@check(*EVERY)
def a_key_that_nobody_wrote_is_not_found(rig: WorkspaceUnderTest, room: Room) -> None:
    """A `find` that takes a similar key for ours keeps the real thing from ever being written."""
    shelf, item = room.shelf(rig.open()), room.item(rig)
    shelf.create(replace(item, key=f"{item.key}1"))

    assert shelf.find(item.key) is None, "something was found under a key that nobody wrote"


@check(*EVERY)
def what_was_created_is_found_again_after_a_restart(rig: WorkspaceUnderTest, room: Room) -> None:
    """The process that wrote it may have died: the next one knows only the key."""
    item = room.item(rig)
    written = room.shelf(rig.open()).create(item)
    found = room.shelf(rig.open()).find(item.key)

    assert isinstance(found, Written), "what was created is not found by another object"
    assert found.external_id == written.external_id, "find gives another id than create gave"
    assert found.revision in (None, item.revision), "find gives another revision than was written"


@check(*EVERY)
def a_create_repeated_never_makes_two(rig: WorkspaceUnderTest, room: Room) -> None:
    """Two workers may both believe that it is theirs to write; the school must see one task, one meeting."""
    item = room.item(rig)
    written = room.shelf(rig.open()).create(item)
    again = answer_of(lambda: room.shelf(rig.open()).create(item))

    assert room.standing(rig) == [item.key], "a create that was repeated made two"
    same = isinstance(again, Written) and again.external_id == written.external_id
    assert same or isinstance(again, ConflictError), f"a repeated create ended with {said(again)}"
