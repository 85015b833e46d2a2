"""Where a meeting is, who is invited, and what they see of each other."""

from __future__ import annotations

from dataclasses import replace

from rp_connect.errors import UnsupportedError
from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.rig import Can, WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import MEETINGS, answer_of


def invited(rig: WorkspaceUnderTest) -> list[list[str]]:
    return [sorted(meeting.invited) for meeting in rig.meetings()]


@check()
def the_place_reaches_the_meeting(rig: WorkspaceUnderTest) -> None:
    """A family that has to ask at the desk where the meeting is has to say what it is about."""
    rig.open().meetings.create(MEETINGS.item(rig))

    assert [meeting.place for meeting in rig.meetings()] == [MEETINGS.item(rig).place], (
        "the place is not shown"
    )


@check()
def those_invited_are_those_who_should_be(rig: WorkspaceUnderTest) -> None:
    """Who is taken off the list must not be told of the next meeting; who is added must be."""
    shelf = rig.open().meetings
    item = MEETINGS.item(rig)
    written = shelf.create(item)
    assert invited(rig) == [sorted(rig.people[:2])], "not exactly those who should be are invited"

    shelf.update(written.external_id, replace(item, revision=2, invited=rig.people[1:3]))
    assert invited(rig) == [sorted(rig.people[1:3])], "a change of those invited is not shown"


@check(needs=[Can.APART])
def those_invited_apart_do_not_see_each_other(rig: WorkspaceUnderTest) -> None:
    """The address of the family on the other side is nobody's to give away."""
    shelf = rig.open().meetings
    item = replace(MEETINGS.item(rig), apart=True)
    written = shelf.create(item)
    assert [meeting.apart for meeting in rig.meetings()] == [True], "those invited see each other's addresses"

    shelf.update(written.external_id, MEETINGS.changed(item))
    assert [meeting.apart for meeting in rig.meetings()] == [True], (
        "a change let them see each other's addresses"
    )


@check(needs=[Can.ONLINE_MEETINGS])
def a_meeting_has_an_online_room_where_it_is_asked_for(rig: WorkspaceUnderTest) -> None:
    """Nobody should stand before a door that is not there, nor have a room open that nobody asked for."""
    shelf = rig.open().meetings
    item = replace(MEETINGS.item(rig, 1), online=True)
    written = shelf.create(item)
    assert [meeting.online for meeting in rig.meetings()] == [True], "the online room is not there"

    shelf.update(written.external_id, MEETINGS.changed(item))
    assert [meeting.online for meeting in rig.meetings()] == [True], "a change took the online room away"

    shelf.create(MEETINGS.item(rig, 2))
    rooms = {meeting.key: meeting.online for meeting in rig.meetings()}
    assert rooms[MEETINGS.item(rig, 2).key] is False, "a meeting has an online room that nobody asked for"


@check(without=[Can.ONLINE_MEETINGS])
def an_online_room_that_cannot_be_had_is_not_pretended(rig: WorkspaceUnderTest) -> None:
    """It is refused, or the meeting is held without one; a meeting that only claims to be online is empty."""
    item = replace(MEETINGS.item(rig), online=True)
    answer = answer_of(lambda: rig.open().meetings.create(item))

    held_without = [meeting.online for meeting in rig.meetings()] == [False]
    assert held_without or isinstance(answer, UnsupportedError), "an online room is pretended"
