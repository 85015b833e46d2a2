"""Several at once must end like one by one: each on its own, in the order of the questions."""

from __future__ import annotations

from typing import Any

from rp_connect.errors import ConflictError, GoneError
from rp_connect.ports.workspace import Written
from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.rig import WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import CHANGED, CHANGING, Room, said

MANY = 23
"""More than one batch of twenty."""


def several(rig: WorkspaceUnderTest, room: Room, count: int) -> list[Any]:
    return [room.item(rig, n) for n in range(count, 0, -1)]


@check(*CHANGING, several=True)
def several_are_created_like_one_by_one(rig: WorkspaceUnderTest, room: Room) -> None:
    """A hundred suspensions on the first day of a term must not take a hundred times as long."""
    shelf, items = room.shelf(rig.open()), several(rig, room, MANY)
    answers = shelf.create_all(items)

    assert {said(answer) for answer in answers} == {"Written"}, "not all of several were written"
    ids = {one.key: one.external_id for one in room.shown(rig)}
    wanted = [ids.get(item.key) for item in items]
    assert [answer.external_id for answer in answers] == wanted, "answers do not stand where they were asked"
    assert len(room.shown(rig)) == MANY, "not each of several stands there once"


@check(*CHANGING, several=True)
def several_are_found_in_the_order_of_the_questions(rig: WorkspaceUnderTest, room: Room) -> None:
    """An answer at another's place makes two tasks of one, and none of the other."""
    shelf, items = room.shelf(rig.open()), several(rig, room, 3)
    written = {item.key: shelf.create(item).external_id for item in items}
    asked = [items[2].key, "RP-2026-0999.never-written.1", items[0].key]
    found = room.shelf(rig.open()).find_all(asked)

    assert len(found) == len(asked), "there are not as many answers as questions"
    assert found[1] is None, "something was found under a key that nobody wrote"
    ids = [getattr(found[n], "external_id", None) for n in (0, 2)]
    assert ids == [written[asked[0]], written[asked[2]]], "answers do not stand where they were asked"


@check(*CHANGING, several=True)
def one_of_several_that_cannot_be_done_does_not_end_the_others(rig: WorkspaceUnderTest, room: Room) -> None:
    """One card that somebody deleted must not hold back the rest of the school's."""
    shelf, items = room.shelf(rig.open()), several(rig, room, 3)
    written = [shelf.create(item) for item in items]
    rig.delete(room.kind, items[1].key)
    changes = [(w.external_id, room.changed(item)) for w, item in zip(written, items, strict=True)]
    answers = shelf.update_all(changes)

    assert isinstance(answers[1], GoneError), f"the one that is gone ended with {said(answers[1])}"
    assert [said(answers[n]) for n in (0, 2)] == ["Written", "Written"], "one that is gone ended the others"
    assert [CHANGED in one.text for one in room.shown(rig)] == [True, True], "the others were not changed"


@check(*CHANGING, several=True)
def one_of_several_that_stands_there_already_is_not_doubled(rig: WorkspaceUnderTest, room: Room) -> None:
    """Two workers may both believe that it is theirs to write, several at once no less."""
    shelf, items = room.shelf(rig.open()), several(rig, room, 2)
    first = shelf.create(items[0])
    answers = shelf.create_all(items)

    assert room.standing(rig) == sorted(item.key for item in items), (
        "one that stood there already was doubled"
    )
    same = isinstance(answers[0], Written) and answers[0].external_id == first.external_id
    assert same or isinstance(answers[0], ConflictError), f"a repeated create ended with {said(answers[0])}"


@check(*CHANGING, several=True)
def nothing_asked_is_nothing_answered(rig: WorkspaceUnderTest, room: Room) -> None:
    """An empty batch is an error to some services, and happens."""
    shelf = room.shelf(rig.open())

    answers = [*shelf.find_all([]), *shelf.create_all([]), *shelf.update_all([])]
    assert answers == [], "there are answers to nothing"
