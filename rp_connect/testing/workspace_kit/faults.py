"""Faults of the outside system: each is told by the error that says what comes next, never as an absence."""

from __future__ import annotations

from rp_connect.errors import AccessError, GoneError, RpConnectError, TryLaterError, UnclearError
from rp_connect.ports.workspace import Written
from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.rig import Can, WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import CHANGED, CHANGING, EVERY, TASKS, Room, answer_of, said

SECONDS = 7.0


@check(*EVERY, needs=[Can.LOSE_ANSWERS])
def a_lost_answer_is_unclear_and_the_thing_is_found(rig: WorkspaceUnderTest, room: Room) -> None:
    """Nobody may believe that nothing happened and write it again, nor that all is well."""
    shelf, item = room.shelf(rig.open()), room.item(rig)
    with rig.losing_answers():
        answer = answer_of(lambda: shelf.create(item))

    assert isinstance(answer, UnclearError), f"a lost answer to a create ended with {said(answer)}"
    found = shelf.find(item.key)
    assert [one.external_id for one in room.shown(rig)] == [getattr(found, "external_id", None)], (
        "what was written although its answer was lost is not found, once"
    )


@check(*CHANGING, needs=[Can.LOSE_ANSWERS])
def a_lost_answer_to_a_change_leaves_one_changed_thing(rig: WorkspaceUnderTest, room: Room) -> None:
    """A change may be sent again, so that patience is as good as doubt; “gone” would make a second one."""
    shelf, item = room.shelf(rig.open()), room.item(rig)
    written = shelf.create(item)
    with rig.losing_answers():
        answer = answer_of(lambda: shelf.update(written.external_id, room.changed(item)))

    expected = isinstance(answer, Written | UnclearError | TryLaterError)
    assert expected, f"a lost answer to a change ended with {said(answer)}"
    assert [CHANGED in one.text for one in room.shown(rig)] == [True], "not one changed thing stands there"


@check(*EVERY, needs=[Can.CUT_WRITES])
def a_write_that_was_cut_leaves_nothing_behind(rig: WorkspaceUnderTest, room: Room) -> None:
    """Half a record is worse than none: it stands in the way of the whole one."""
    shelf, item = room.shelf(rig.open()), room.item(rig)
    with rig.cutting_writes():
        answer = answer_of(lambda: shelf.create(item))

    assert isinstance(answer, UnclearError | TryLaterError), f"a write that was cut ended with {said(answer)}"
    assert shelf.find(item.key) is None, "what was never written is found"
    again = answer_of(lambda: shelf.create(item))
    assert isinstance(again, Written), f"after a cut, writing it again ended with {said(again)}"
    assert room.standing(rig) == [item.key], "after a cut it does not stand there once"


@check(*EVERY, needs=[Can.ASK_FOR_PATIENCE])
def patience_without_a_time_is_passed_on(rig: WorkspaceUnderTest, room: Room) -> None:
    """How long to wait is then the worker's to choose; a worker never sleeps inside a call."""
    shelf, item = room.shelf(rig.open()), room.item(rig)
    with rig.asking_for_patience(None):
        answer = answer_of(lambda: shelf.create(item))

    assert isinstance(answer, TryLaterError), f"a request for patience ended with {said(answer)}"
    assert answer.retry_after is None, "a time was invented that nobody gave"
    assert room.standing(rig) == [], "what was put off stands there"


@check(*EVERY, needs=[Can.SAY_HOW_LONG])
def patience_with_a_time_is_passed_on(rig: WorkspaceUnderTest, room: Room) -> None:
    """A service that is asked sooner than it said locks everybody out for longer."""
    shelf, item = room.shelf(rig.open()), room.item(rig)
    with rig.asking_for_patience(SECONDS):
        answer = answer_of(lambda: shelf.create(item))

    assert isinstance(answer, TryLaterError), f"a request for patience ended with {said(answer)}"
    assert answer.retry_after == SECONDS, "another time is passed on than was given"


@check(*EVERY, needs=[Can.REFUSE])
def a_refusal_is_told_as_a_refusal(rig: WorkspaceUnderTest, room: Room) -> None:
    """A person must renew a consent. “Not there” would have everything written a second time."""
    shelf = room.shelf(rig.open())
    shelf.create(room.item(rig, 1))
    with rig.refusing():
        wrote = answer_of(lambda: shelf.create(room.item(rig, 2)))
        found = answer_of(lambda: shelf.find(room.item(rig, 1).key))

    assert isinstance(wrote, AccessError), f"a create that was refused ended with {said(wrote)}"
    assert isinstance(found, AccessError), f"a find that was refused ended with {said(found)}"
    assert room.standing(rig) == [room.item(rig, 1).key], "what was refused changed what stands there"


@check(needs=[Can.REFUSE])
def a_refused_reading_is_not_an_empty_one(rig: WorkspaceUnderTest) -> None:
    """Otherwise each task of the school looks deleted."""
    shelf = rig.open().tasks
    shelf.create(TASKS.item(rig))
    with rig.refusing():
        answer = answer_of(lambda: list(shelf.everything()))

    assert isinstance(answer, AccessError), f"a reading that was refused ended with {said(answer)}"


@check(needs=[Can.VANISH])
def a_vanished_workspace_is_not_an_empty_one(rig: WorkspaceUnderTest) -> None:
    """A plan that was deleted, a disk that is not mounted: nobody ticked or deleted one task."""
    shelf = rig.open().tasks
    shelf.create(TASKS.item(rig))
    with rig.vanished():
        answer = answer_of(lambda: list(shelf.everything()))

    assert isinstance(answer, RpConnectError), "a workspace that vanished was read as an empty one"


@check(*EVERY, needs=[Can.VANISH])
def nothing_can_be_said_of_a_thing_in_a_vanished_workspace(rig: WorkspaceUnderTest, room: Room) -> None:
    """Neither that it is not there nor that somebody deleted it: both would have it written again."""
    shelf, item = room.shelf(rig.open()), room.item(rig)
    shelf.create(item)
    with rig.vanished():
        answer = answer_of(lambda: shelf.find(item.key))

    known = not isinstance(answer, RpConnectError) or isinstance(answer, GoneError)
    assert not known, f"in a workspace that vanished, find ended with {said(answer)}"
