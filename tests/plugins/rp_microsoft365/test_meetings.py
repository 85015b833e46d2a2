"""Meetings in Outlook: one event for each, at the right moment, and no mail that nobody needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rp_connect.errors import (
    AccessError,
    ConfigError,
    ConflictError,
    GoneError,
    RpConnectError,
    TryLaterError,
    UnclearError,
)
from rp_connect.ports.workspace import Bulk, Written
from tests.graph_server.people import delete_event, move_event
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.invented_meetings import (
    FAMILY,
    HEAD,
    LINK,
    LONDON,
    MEETING,
    ONLINE,
    begins,
    invited,
    meeting,
    only,
    shelf,
)
from tests.plugins.rp_microsoft365.tenant_school import open_workspace

pytestmark = pytest.mark.facts
CREATE = "POST /users/{user-id}/events"
CHANGE = "PATCH /users/{user-id}/events/{event-id}"
CANCEL = "POST /users/{user-id}/events/{event-id}/cancel"
DELETE = "DELETE /users/{user-id}/events/{event-id}"


def sent(server: GraphServer, before: dict[str, Any]) -> set[str]:
    """What of the event is another than before."""
    now = only(server)
    return {name for name in now if now[name] != before.get(name)} - {"changeKey", "lastModifiedDateTime"}


def test_a_meeting_arrives_with_all_that_those_invited_need(graph_server: GraphServer):
    written = shelf(graph_server).create(MEETING)

    event = only(graph_server)
    assert (written.external_id, written.version) == (event["id"], event["changeKey"])
    assert (written.revision, written.warning) == (1, "")
    assert event["subject"] == "RP-2026-0001 · Reintegration meeting"
    assert event["location"] == {"displayName": "Library"}
    assert (begins(event), event["originalStartTimeZone"]) == ("2026-11-16 14:20", "GMT Standard Time")
    assert invited(event) == [HEAD]
    assert {each["type"] for each in event["attendees"]} == {"required"}
    assert (event["sensitivity"], event["isReminderOn"], event["responseRequested"]) == (
        "private",
        True,
        True,
    )
    assert (event["hideAttendees"], event["isOnlineMeeting"]) == (False, False)
    assert event["body"]["content"] == f"<p>Case RP-2026-0001</p><p>Its page, for staff: {LINK}</p>"


def test_a_family_sees_no_other_address_and_no_link(graph_server: GraphServer):
    shelf(graph_server).create(replace(MEETING, invited=(HEAD, FAMILY), apart=True))

    event = only(graph_server)
    assert event["hideAttendees"] is True
    assert LINK not in event["body"]["content"]


@pytest.mark.parametrize(
    "day",
    [
        *("2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30"),
        *("2026-10-23", "2026-10-24", "2026-10-25", "2026-10-26"),
        *("2027-03-26", "2027-03-28", "2027-03-29", "2028-02-28", "2028-02-29", "2028-03-01"),
    ],
)
def test_twenty_past_two_is_twenty_past_two_on_both_sides_of_a_clock_change(
    graph_server: GraphServer, day: str
):
    at = datetime.fromisoformat(f"{day}T14:20").replace(tzinfo=LONDON).astimezone(UTC)

    shelf(graph_server).create(replace(MEETING, at=at))

    event = only(graph_server)
    assert begins(event) == f"{day} 14:20"
    assert datetime.fromisoformat(event["_end"]) - datetime.fromisoformat(event["_start"]) == timedelta(
        minutes=45
    )


def test_a_timezone_without_a_name_in_outlook_is_a_sentence_and_no_meeting_at_a_wrong_time(
    graph_server: GraphServer,
):
    with pytest.raises(ConfigError, match="Asia/Kathmandu"):
        shelf(graph_server).create(replace(MEETING, timezone=ZoneInfo("Asia/Kathmandu")))

    assert graph_server.state.events == {}


def test_a_meeting_is_found_by_its_key_after_a_restart(graph_server: GraphServer):
    written = shelf(graph_server).create(MEETING)

    assert shelf(graph_server).find(MEETING.key) == written
    assert shelf(graph_server).find(f"{MEETING.key}1") is None


def test_the_same_create_again_makes_no_second_event(graph_server: GraphServer):
    written = shelf(graph_server).create(MEETING)

    assert shelf(graph_server).create(MEETING).external_id == written.external_id
    assert len(graph_server.state.events) == 1


def test_a_meeting_moved_twice_and_cancelled_was_always_one_event(graph_server: GraphServer):
    meetings = shelf(graph_server)
    written = meetings.create(MEETING)
    for revision, hours in ((2, 24), (3, 45)):
        moved = replace(MEETING, revision=revision, at=MEETING.at + timedelta(hours=hours))
        written = meetings.update(written.external_id, moved)
        assert (written.revision, begins(only(graph_server))) == (revision, f"{moved.at:%Y-%m-%d %H:%M}")

    gone = meetings.update(written.external_id, replace(moved, revision=4, cancelled=True))

    assert (gone.external_id, gone.revision) == (written.external_id, 4)
    assert (graph_server.state.events, len(graph_server.state.cancelled_events)) == ({}, 1)
    assert graph_server.log.count(CREATE) == 1
    assert meetings.find(MEETING.key) is None


def test_a_cancelled_meeting_that_stays_to_be_seen_is_not_taken_for_one_that_stands(
    graph_server: GraphServer,
):
    graph_server.configure(cancelled_events_stay=True)
    meetings = shelf(graph_server)
    written = meetings.create(MEETING)
    meetings.update(written.external_id, replace(MEETING, revision=2, cancelled=True))

    assert meetings.find(MEETING.key) is None
    with pytest.raises(GoneError):
        meetings.update(written.external_id, replace(MEETING, revision=3))


def test_a_meeting_set_again_after_it_was_cancelled_is_a_new_event(graph_server: GraphServer):
    meetings = shelf(graph_server)
    first = meetings.create(MEETING)
    meetings.update(first.external_id, replace(MEETING, revision=2, cancelled=True))
    again = replace(MEETING, revision=3)
    with pytest.raises(GoneError):
        meetings.update(first.external_id, again)

    second = meetings.create(again)

    assert second.external_id != first.external_id
    assert second == shelf(graph_server).find(MEETING.key)


def test_a_meeting_to_which_nobody_is_invited_just_goes(graph_server: GraphServer):
    meetings = shelf(graph_server)
    written = meetings.create(replace(MEETING, invited=()))

    meetings.update(written.external_id, replace(MEETING, invited=(), revision=2, cancelled=True))

    assert (graph_server.state.events, graph_server.state.cancelled_events) == ({}, {})
    assert graph_server.log.count(DELETE) == 1


def test_a_cancelled_meeting_that_is_not_there_is_not_made(graph_server: GraphServer):
    with pytest.raises(GoneError):
        shelf(graph_server).create(replace(MEETING, cancelled=True))

    assert graph_server.log.count(CREATE) == 0


def test_only_what_differs_is_sent_so_that_nobody_gets_a_needless_mail(graph_server: GraphServer):
    meetings = shelf(graph_server)
    held = replace(MEETING, invited=(HEAD,))
    written = meetings.create(held)
    marks = {"singleValueExtendedProperties"}
    for revision, (change, touched) in enumerate(
        [
            ({}, set()),
            ({"place": "Hall"}, {"location"}),
            ({"at": MEETING.at + timedelta(hours=1)}, {"_start", "_end"}),
            ({"invited": (HEAD, "senco@northwick.example")}, {"attendees"}),
            ({"title": "RP-2026-0001 · Meeting"}, {"subject"}),
        ],
        start=2,
    ):
        held = replace(held, revision=revision, **change)  # type: ignore[arg-type]
        before = only(graph_server)
        meetings.update(written.external_id, held)
        assert sent(graph_server, before) == touched | marks


def test_a_family_that_is_added_later_sees_no_other_address_and_no_link(graph_server: GraphServer):
    meetings = shelf(graph_server)
    written = meetings.create(MEETING)
    blob = "<div>Join the meeting: https://teams.example/join</div>"
    graph_server.state.events[written.external_id]["body"]["content"] += blob

    meetings.update(written.external_id, replace(MEETING, revision=2, invited=(HEAD, FAMILY), apart=True))

    event = only(graph_server)
    assert (event["hideAttendees"], invited(event)) == (True, [HEAD, FAMILY])
    assert event["body"]["content"] == f"<p>Case RP-2026-0001</p><p></p>{blob}"


def test_what_a_person_wrote_into_the_invitation_stays(graph_server: GraphServer):
    meetings = shelf(graph_server)
    written = meetings.create(MEETING)
    graph_server.state.events[written.external_id]["body"]["content"] += "<p>Bring the plan.</p>"

    meetings.update(written.external_id, replace(MEETING, revision=2, place="Hall"))

    assert "Bring the plan." in only(graph_server)["body"]["content"]


def test_whom_a_person_added_in_outlook_stays_until_our_own_list_changes(graph_server: GraphServer):
    meetings = shelf(graph_server)
    written = meetings.create(MEETING)
    tutor = {"emailAddress": {"address": "tutor@northwick.example"}, "type": "optional"}
    graph_server.state.events[written.external_id]["attendees"].append(tutor)

    meetings.update(written.external_id, replace(MEETING, revision=2, place="Hall"))
    assert invited(only(graph_server)) == [HEAD, "tutor@northwick.example"]

    meetings.update(written.external_id, replace(MEETING, revision=3, invited=(HEAD, FAMILY), apart=True))
    assert invited(only(graph_server)) == [HEAD, FAMILY]


def test_a_meeting_that_a_person_dragged_elsewhere_goes_back_when_it_is_moved_here(
    graph_server: GraphServer,
):
    meetings = shelf(graph_server)
    written = meetings.create(MEETING)
    away = MEETING.at + timedelta(days=3)
    move_event(graph_server.state, written.external_id, away, away + timedelta(minutes=45))

    meetings.update(written.external_id, replace(MEETING, revision=2, place="Hall"))

    assert begins(only(graph_server)) == "2026-11-16 14:20"


def test_a_meeting_that_a_person_deleted_is_gone(graph_server: GraphServer):
    meetings = shelf(graph_server)
    written = meetings.create(MEETING)
    delete_event(graph_server.state, written.external_id)

    with pytest.raises(GoneError):
        meetings.update(written.external_id, replace(MEETING, revision=2))
    assert graph_server.state.events == {}


def test_a_meeting_that_is_moved_within_seconds_of_being_made_is_still_one_event(graph_server: GraphServer):
    meetings = shelf(graph_server)
    graph_server.configure(visible_after=1.5)
    written = meetings.create(MEETING)

    moved = meetings.update(written.external_id, replace(MEETING, revision=2, place="Hall"))

    assert moved.external_id == written.external_id
    assert only(graph_server)["location"]["displayName"] == "Hall"


def test_a_meeting_that_is_unknown_to_the_change_though_it_was_just_read_is_not_made_again(
    graph_server: GraphServer,
):
    meetings = shelf(graph_server)
    written = meetings.create(MEETING)
    graph_server.faults.refuse(404, "ErrorItemNotFound", method="PATCH", path="/events/", times=1)

    with pytest.raises(TryLaterError):
        meetings.update(written.external_id, replace(MEETING, revision=2, place="Hall"))


def test_a_meeting_that_got_another_id_is_still_the_same_one(graph_server: GraphServer):
    """As when a person moves it to another calendar and back."""
    meetings = shelf(graph_server)
    written = meetings.create(MEETING)
    event = graph_server.state.events.pop(written.external_id)
    graph_server.state.events["AAMkMoved="] = {**event, "id": "AAMkMoved="}

    moved = meetings.update(written.external_id, replace(MEETING, revision=2, place="Hall"))

    assert moved.external_id == "AAMkMoved="
    assert only(graph_server)["location"]["displayName"] == "Hall"


def test_a_worker_that_comes_late_writes_nothing_over_what_is_newer(graph_server: GraphServer):
    meetings = shelf(graph_server)
    written = meetings.create(MEETING)
    meetings.update(written.external_id, replace(MEETING, revision=3, place="Hall"))

    with pytest.raises(ConflictError, match=r"RP-2026-0001\.meeting"):
        meetings.update(written.external_id, replace(MEETING, revision=2, place="Attic"))
    assert only(graph_server)["location"]["displayName"] == "Hall"


def test_a_create_whose_answer_was_lost_is_found_before_it_is_sent_again(graph_server: GraphServer):
    lost = graph_server.faults.lose_answers("cut", service="calendar", method="POST", times=1)
    with pytest.raises(UnclearError):
        shelf(graph_server).create(ONLINE)

    found = shelf(graph_server).find(ONLINE.key)

    assert lost.struck == 1
    assert found is not None
    assert (found.external_id, found.revision, found.warning) == (only(graph_server)["id"], 1, "")


def test_a_calendar_that_did_not_answer_is_asked_again_when_it_must_be_done_with_it(
    graph_server: GraphServer,
):
    meetings = open_workspace(graph_server, lands_within_s=3.0).meetings
    graph_server.faults.lose_answers("cut", service="calendar", method="GET", times=1)

    with pytest.raises(TryLaterError) as raised:
        meetings.find(MEETING.key)
    assert raised.value.retry_after == 3.0


def test_a_calendar_that_asks_for_patience_says_for_how_long(graph_server: GraphServer):
    graph_server.faults.throttle(7, service="calendar", method="POST")

    with pytest.raises(TryLaterError) as raised:
        shelf(graph_server).create(MEETING)
    assert raised.value.retry_after == 7
    assert graph_server.state.events == {}


def test_a_refusal_names_the_permission_and_nobody(graph_server: GraphServer):
    graph_server.faults.lack("Calendars.ReadWrite")

    with pytest.raises(AccessError, match=r"Calendars\.ReadWrite") as raised:
        shelf(graph_server).create(MEETING)
    assert "@" not in str(raised.value)


def test_several_go_in_one_batch_and_each_is_judged_on_its_own(graph_server: GraphServer):
    meetings = shelf(graph_server)
    assert isinstance(meetings, Bulk)
    many = [meeting(n, invited=(HEAD,)) for n in range(1, 24)]
    graph_server.faults.throttle(5, service="calendar", method="POST", nth=3)

    ends = meetings.create_all(many)

    assert [type(end).__name__ for end in ends].count("Written") == 22
    assert isinstance(ends[2], TryLaterError)
    assert (graph_server.log.requests, graph_server.log.batches) == (2, 2)
    found = meetings.find_all([one.key for one in many])
    assert [one and not isinstance(one, RpConnectError) and one.external_id for one in found] == [
        end.external_id if isinstance(end, Written) else None for end in ends
    ]


def test_several_are_moved_and_cancelled_at_once_and_one_that_is_gone_ends_nobody_else(
    graph_server: GraphServer,
):
    meetings = shelf(graph_server)
    many = [meeting(n) for n in range(1, 5)]
    ids = [end.external_id for end in meetings.create_all(many) if isinstance(end, Written)]
    delete_event(graph_server.state, ids[1])
    later = [replace(one, revision=2, place="Hall") for one in many]
    later[2] = replace(many[2], revision=2, cancelled=True)

    ends = meetings.update_all(list(zip(ids, later, strict=True)))

    assert [type(end).__name__ for end in ends] == ["Written", "GoneError", "Written", "Written"]
    assert set(graph_server.state.events) == {ids[0], ids[3]}
    assert (graph_server.log.count(CHANGE), graph_server.log.count(CANCEL)) == (2, 1)


def test_nothing_asked_for_asks_nothing(graph_server: GraphServer):
    meetings = shelf(graph_server)

    assert [*meetings.find_all([]), *meetings.create_all([]), *meetings.update_all([])] == []
    assert graph_server.log.requests == 0


@pytest.mark.parametrize("key", ["", "RP-2026-0001\n.meeting", "RP-" + "9" * 500])
def test_a_key_that_nothing_can_bear_is_refused(graph_server: GraphServer, key: str):
    with pytest.raises(RpConnectError, match="key"):
        shelf(graph_server).create(replace(MEETING, key=key))


def test_odd_and_long_places_are_one_line_that_outlook_can_show(graph_server: GraphServer):
    odd = "Room\x00 \ud800four \u202eby the\nstairs " + "x" * 300
    meetings = shelf(graph_server)
    written = meetings.create(replace(MEETING, place=odd))
    before = only(graph_server)

    shown = before["location"]["displayName"]
    meetings.update(written.external_id, replace(MEETING, place=odd, revision=2))

    assert shown.startswith("Room four by the stairs xxx")
    assert len(shown) == 255
    assert "location" not in sent(graph_server, before)


def test_outlook_gets_no_more_than_four_at_a_time_where_it_answers_later_than_we_wait(
    graph_server: GraphServer,
):
    """Who no longer waits for an answer does not know that Outlook is done."""
    meetings = open_workspace(graph_server, timeout_s=0.5, lands_within_s=3.0).meetings
    assert isinstance(meetings, Bulk)
    graph_server.faults.slow(2.0, service="calendar", method="POST")
    for n in (1, 2):
        meetings.create_all([meeting(4 * n + place) for place in range(4)])

    assert (graph_server.log.outlook_peak, graph_server.log.outlook_refused) == (4, 0)
