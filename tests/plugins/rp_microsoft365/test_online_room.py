"""The Teams room of a meeting: whether it is there, and who waits outside."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from rp_connect.errors import UnclearError
from rp_connect.ports.workspace import Written
from rp_microsoft365.meetings import CalendarMeetings
from rp_microsoft365.online_room import NO_ROOM, ROOM_STAYS
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.invented_meetings import MEETING, ONLINE, only, shelf

pytestmark = pytest.mark.facts
LOOK_UP = "GET /users/{user-id}/onlineMeetings"
OPTIONS = "PATCH /users/{user-id}/onlineMeetings/{onlineMeeting-id}"


def test_an_online_meeting_has_a_teams_room(graph_server: GraphServer):
    written = shelf(graph_server).create(ONLINE)

    event = only(graph_server)
    assert (event["isOnlineMeeting"], event["onlineMeetingProvider"]) == (True, "teamsForBusiness")
    assert written.warning == ""
    assert graph_server.log.count(LOOK_UP) == 0


def test_a_meeting_that_was_silently_made_without_its_room_says_so(graph_server: GraphServer):
    graph_server.configure(online_meetings=False)
    meetings = shelf(graph_server)

    written = meetings.create(ONLINE)

    assert written.warning == NO_ROOM
    found = meetings.find(ONLINE.key)
    assert found is not None
    assert found.warning == NO_ROOM


def test_a_room_that_can_be_had_by_now_comes_with_the_next_change(graph_server: GraphServer):
    graph_server.configure(online_meetings=False)
    meetings = shelf(graph_server)
    written = meetings.create(ONLINE)
    graph_server.configure(online_meetings=True)

    moved = meetings.update(written.external_id, replace(ONLINE, revision=2))

    assert (moved.warning, only(graph_server)["isOnlineMeeting"]) == ("", True)


def test_a_room_that_nobody_wants_any_more_is_told_of_because_outlook_keeps_it(graph_server: GraphServer):
    meetings = shelf(graph_server)
    written = meetings.create(ONLINE)

    moved = meetings.update(written.external_id, replace(MEETING, revision=2))

    assert (moved.warning, only(graph_server)["isOnlineMeeting"]) == (ROOM_STAYS, True)


def test_a_change_keeps_the_room_and_the_place_that_outlook_wrote_for_it(graph_server: GraphServer):
    meetings = shelf(graph_server)
    written = meetings.create(ONLINE)
    event = graph_server.state.events[written.external_id]
    event["location"] = {"displayName": "Microsoft Teams Meeting"}
    join = event["onlineMeeting"]

    meetings.update(written.external_id, replace(ONLINE, revision=2, minutes=30))

    now = only(graph_server)
    assert (now["location"]["displayName"], now["onlineMeeting"]) == ("Microsoft Teams Meeting", join)


def test_the_lobby_is_set_and_nothing_is_recorded_where_the_school_asks_for_it(graph_server: GraphServer):
    meetings = shelf(graph_server, lobby=True)

    ends = meetings.create_all([ONLINE, replace(MEETING, key="RP-2026-0002.meeting")])

    assert [getattr(end, "warning", None) for end in ends] == ["", ""]
    (room,) = graph_server.state.meetings.values()
    assert room["lobbyBypassSettings"] == {"scope": "organization", "isDialInBypassEnabled": False}
    assert (room["allowRecording"], room["allowTranscription"]) == (False, False)
    assert (room["recordAutomatically"], room["allowedPresenters"]) == (False, "organization")
    assert graph_server.log.count(OPTIONS) == 1


@pytest.mark.parametrize("permission", ["OnlineMeetings.ReadWrite.All", "User.ReadBasic.All"])
def test_a_lobby_that_we_may_not_set_is_a_warning_and_the_meeting_stands(
    graph_server: GraphServer, permission: str
):
    graph_server.faults.lack(permission)

    written = shelf(graph_server, lobby=True).create(ONLINE)

    assert written.external_id == only(graph_server)["id"]
    assert "lobby" in written.warning
    assert permission in written.warning


def found_and_updated(meetings: CalendarMeetings) -> Written:
    """What the core does after an unclear end, once it is time."""
    found = meetings.find(ONLINE.key)
    assert found is not None
    assert found.revision is None, "it does not say that all is done"
    return meetings.update(found.external_id, ONLINE)


def test_a_lobby_that_could_not_be_set_for_a_moment_is_tried_again_until_it_is(graph_server: GraphServer):
    meetings = shelf(graph_server, lobby=True)
    graph_server.faults.throttle(1, service="online_meetings", times=1)
    with pytest.raises(UnclearError, match="Teams room is not set up yet") as told:
        meetings.create(ONLINE)
    assert told.value.retry_after == 1
    assert not told.value.under_way, "the calendar has answered: nobody else is kept out of it"
    asked = graph_server.log.logical["online_meetings"]
    with pytest.raises(UnclearError):
        found_and_updated(meetings)
    assert graph_server.log.logical["online_meetings"] == asked, "not before the time that it said"

    time.sleep(1.1)
    written = found_and_updated(meetings)

    (room,) = graph_server.state.meetings.values()
    assert (written.warning, room["allowRecording"]) == ("", False)
    assert written.external_id == only(graph_server)["id"]


def test_a_room_that_teams_does_not_know_yet_is_set_up_once_it_does(graph_server: GraphServer):
    graph_server.configure(visible_after=60)
    meetings = shelf(graph_server, lobby=True)
    with pytest.raises(UnclearError, match="does not know the room yet"):
        meetings.create(ONLINE)
    graph_server.state.reveal()

    found_and_updated(meetings)

    (room,) = graph_server.state.meetings.values()
    assert room["allowRecording"] is False


def test_a_room_that_teams_never_comes_to_know_is_a_warning_in_the_end(graph_server: GraphServer):
    graph_server.configure(visible_after=60)
    meetings = shelf(graph_server, lobby=True)
    with pytest.raises(UnclearError):
        meetings.create(ONLINE)
    graph_server.state.reveal()
    graph_server.state.meetings.clear()
    next(iter(graph_server.state.events.values()))["createdDateTime"] = "2026-01-05T09:00:00Z"

    assert found_and_updated(meetings).warning.startswith("The Teams room’s lobby and recording are as your")


def test_a_room_that_always_fails_is_a_warning_in_the_end(graph_server: GraphServer):
    graph_server.faults.refuse(500, "InternalServerError", service="online_meetings", method="PATCH")
    meetings = shelf(graph_server, lobby=True)
    with pytest.raises(UnclearError):
        meetings.create(ONLINE)
    next(iter(graph_server.state.events.values()))["createdDateTime"] = "2026-01-05T09:00:00Z"

    assert "lobby" in found_and_updated(meetings).warning


def test_a_sign_in_that_ends_before_the_lobby_is_set_does_not_hide_the_meeting(graph_server: GraphServer):
    graph_server.faults.sign_out(path="/onlineMeetings")

    written = shelf(graph_server, lobby=True).create(ONLINE)

    assert written.external_id == only(graph_server)["id"]
    assert "lobby" in written.warning


def test_a_meeting_whose_answer_was_lost_gets_its_lobby_all_the_same(graph_server: GraphServer):
    """Found again, it does not say that all is done: so it is written once more, and then it is."""
    graph_server.faults.lose_answers("cut", path="/events", method="POST", times=1)
    meetings = shelf(graph_server, lobby=True)
    with pytest.raises(UnclearError):
        meetings.create(ONLINE)

    found = meetings.find(ONLINE.key)
    assert found is not None
    assert found.revision is None
    meetings.update(found.external_id, ONLINE)

    (room,) = graph_server.state.meetings.values()
    assert room["allowRecording"] is False
