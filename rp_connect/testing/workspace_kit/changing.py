"""Changes: shown under the same id, refused where a person deleted it or where something newer stands."""

from __future__ import annotations

from rp_connect.errors import ConflictError, GoneError
from rp_connect.ports.workspace import Written
from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.rig import WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import CHANGED, CHANGING, Room, answer_of, said


@check(*CHANGING)
def a_change_is_shown_under_the_same_id(rig: WorkspaceUnderTest, room: Room) -> None:
    """People keep links to it, and an id that changes unnoticed makes the next change go astray."""
    item = room.item(rig)
    shelf = room.shelf(rig.open())
    written = shelf.create(item)
    now = shelf.update(written.external_id, room.changed(item))

    assert now.external_id == written.external_id, "a change gave another id"
    shown = room.shown(rig)
    assert [one.external_id for one in shown] == [written.external_id], (
        "not exactly the one thing stands there"
    )
    assert CHANGED in shown[0].text, "the change is not shown"


@check(*CHANGING)
def a_change_gives_another_version(rig: WorkspaceUnderTest, room: Room) -> None:
    """Whether somebody changed it since is told by the version and by nothing else."""
    item = room.item(rig)
    shelf = room.shelf(rig.open())
    written = shelf.create(item)

    now = shelf.update(written.external_id, room.changed(item))
    assert now.version != written.version, "the version is the same after a change"


@check(*CHANGING)
def the_same_change_may_be_sent_twice(rig: WorkspaceUnderTest, room: Room) -> None:
    """After a crash nobody knows whether the change landed, so it is sent again."""
    item = room.item(rig)
    shelf = room.shelf(rig.open())
    written = shelf.create(item)
    shelf.update(written.external_id, room.changed(item))
    again = answer_of(lambda: room.shelf(rig.open()).update(written.external_id, room.changed(item)))

    assert isinstance(again, Written), f"the same change sent again ended with {said(again)}"
    assert room.standing(rig) == [item.key], "the same change sent twice made two"


@check(*CHANGING)
def a_change_of_what_a_person_deleted_is_gone(rig: WorkspaceUnderTest, room: Room) -> None:
    """The core decides anew what a deletion means; an adapter that makes it again by itself decides alone."""
    item = room.item(rig)
    shelf = room.shelf(rig.open())
    written = shelf.create(item)
    rig.delete(room.kind, item.key)
    answer = answer_of(lambda: shelf.update(written.external_id, room.changed(item)))

    assert isinstance(answer, GoneError), f"a change of what a person deleted ended with {said(answer)}"
    assert room.standing(rig) == [], "a change made again what a person had deleted"


@check(*CHANGING)
def what_a_person_deleted_can_be_made_again(rig: WorkspaceUnderTest, room: Room) -> None:
    """A key that was used once must not be burnt: a duty does not end because a card was deleted."""
    item = room.item(rig)
    shelf = room.shelf(rig.open())
    shelf.create(item)
    rig.delete(room.kind, item.key)

    assert shelf.find(item.key) is None, "what a person deleted is still found"
    again = answer_of(lambda: shelf.create(room.changed(item)))
    assert isinstance(again, Written), f"making it again ended with {said(again)}"
    assert [one.external_id for one in room.shown(rig)] == [again.external_id], (
        "it does not stand there again"
    )


@check(*CHANGING, needs_revisions=True)
def an_older_revision_never_overwrites_a_newer_one(rig: WorkspaceUnderTest, room: Room) -> None:
    """A late answer of a worker that was thought dead must not undo what came after it."""
    item = room.item(rig)
    shelf = room.shelf(rig.open())
    written = shelf.create(item)
    older = room.changed(item, "Larkspur")
    shelf.update(written.external_id, room.changed(older))
    answer = answer_of(lambda: shelf.update(written.external_id, older))

    assert isinstance(answer, ConflictError), f"an older revision ended with {said(answer)}"
    assert "Larkspur" not in room.shown(rig)[0].text, "an older revision was written over a newer one"
