"""Events as Outlook keeps them."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.graph_server.client import KEY, Client
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import HEAD, LEAD

pytestmark = pytest.mark.facts
LONDON = 'outlook.timezone="GMT Standard Time"'
EVENTS = f"/users/{LEAD}/events"


def test_the_same_transaction_twice_is_one_event(client: Client, graph_server: GraphServer):
    first = client.new_event(transactionId="key-1")
    second = client.ask("POST", EVENTS, {**_sent(), "transactionId": "key-1"})

    assert (second.status_code, second.json()["id"]) == (201, first["id"])
    assert len(graph_server.state.events) == 1


def test_events_without_a_transaction_are_two(client: Client, graph_server: GraphServer):
    client.new_event()
    client.new_event()

    assert graph_server.state.duplicates(graph_server.state.events.values(), "subject") == {"RP-1": 2}


@pytest.mark.parametrize(("day", "utc"), [("2026-03-27", "14:20"), ("2026-03-30", "13:20")])
def test_a_meeting_is_read_back_at_its_local_time_on_both_sides_of_the_clock_change(
    client: Client, day: str, utc: str
):
    key = client.new_event(start=f"{day}T14:20:00")["id"]

    local = client.get(f"{EVENTS}/{key}", prefer=LONDON)["start"]
    assert local == {"dateTime": f"{day}T14:20:00.0000000", "timeZone": "GMT Standard Time"}
    assert client.get(f"{EVENTS}/{key}")["start"]["dateTime"] == f"{day}T{utc}:00.0000000"


def test_an_event_is_found_by_the_property_that_bears_our_key(client: Client):
    client.new_event(singleValueExtendedProperties=[{"id": KEY, "value": "other"}])
    mine = client.new_event(singleValueExtendedProperties=[{"id": KEY, "value": "it's"}])
    clause = f"singleValueExtendedProperties/Any(ep: ep/id eq '{KEY}' and ep/value eq 'it''s')"

    asked = f"{EVENTS}?$filter={quote(clause)}&$select=id,subject"
    (plain,) = client.get(asked)["value"]
    assert plain.keys() == {"id", "subject", "@odata.etag"}
    expand = quote(f"singleValueExtendedProperties($filter=id eq '{KEY}')")
    (full,) = client.get(f"{asked}&$expand={expand}")["value"]
    assert full["id"] == mine["id"]
    assert full["singleValueExtendedProperties"] == [{"id": KEY, "value": "it's"}]


def marked(client: Client, value: str) -> list[str]:
    clause = f"singleValueExtendedProperties/Any(ep: ep/id eq '{KEY}' and ep/value eq '{value}')"
    return [each["id"] for each in client.get(f"{EVENTS}?$filter={quote(clause)}")["value"]]


def test_an_event_is_found_by_what_its_property_says_now_and_only_while_it_is_there(client: Client):
    other = KEY.replace("Key", "State")
    kept = client.new_event(singleValueExtendedProperties=[{"id": KEY, "value": "one"}])["id"]
    client.new_event(singleValueExtendedProperties=[{"id": other, "value": "one"}])
    gone = client.new_event(singleValueExtendedProperties=[{"id": KEY, "value": "two"}])["id"]
    assert (marked(client, "one"), marked(client, "two")) == ([kept], [gone])

    client.ask(
        "PATCH", f"{EVENTS}/{kept}", {"singleValueExtendedProperties": [{"id": KEY, "value": "three"}]}
    )
    client.ask("DELETE", f"{EVENTS}/{gone}")

    assert (marked(client, "one"), marked(client, "two"), marked(client, "three")) == ([], [], [kept])


def test_either_of_two_properties_finds_its_event(client: Client):
    made = [
        client.new_event(singleValueExtendedProperties=[{"id": KEY, "value": value}])["id"]
        for value in ("one", "two", "three")
    ]
    has = "singleValueExtendedProperties/Any(ep: ep/value eq '{}')"
    clause = quote(f"{has.format('one')} or {has.format('three')}")

    assert [each["id"] for each in client.get(f"{EVENTS}?$filter={clause}")["value"]] == [made[0], made[2]]


def test_a_moved_event_is_the_same_event_with_another_etag(client: Client, graph_server: GraphServer):
    old = client.new_event()
    start = {"dateTime": "2026-03-30T09:00:00", "timeZone": "GMT Standard Time"}
    end = {"dateTime": "2026-03-30T09:40:00", "timeZone": "GMT Standard Time"}

    moved = client.ask("PATCH", f"{EVENTS}/{old['id']}", {"start": start, "end": end}).json()

    assert (moved["id"], moved["start"]["dateTime"][:16]) == (old["id"], "2026-03-30T08:00")
    assert moved["@odata.etag"] != old["@odata.etag"]
    stale = client.ask("PATCH", f"{EVENTS}/{old['id']}", {"subject": "x"}, if_match=old["@odata.etag"])
    assert stale.status_code == 412
    assert len(graph_server.state.events) == 1


def test_a_cancelled_event_is_gone_from_the_calendar_and_counted(client: Client, graph_server: GraphServer):
    key = client.new_event()["id"]

    assert client.ask("POST", f"{EVENTS}/{key}/cancel", {"comment": "No longer needed"}).status_code == 202
    assert client.ask("GET", f"{EVENTS}/{key}").status_code == 404
    assert list(graph_server.state.cancelled_events) == [key]
    assert graph_server.state.events == {}


def test_a_cancelled_event_stays_where_the_tenant_keeps_it(client: Client, graph_server: GraphServer):
    graph_server.configure(cancelled_events_stay=True)
    key = client.new_event()["id"]
    client.ask("POST", f"{EVENTS}/{key}/cancel", {})

    assert client.get(f"{EVENTS}/{key}")["isCancelled"] is True


def test_a_deleted_event_is_gone(client: Client):
    key = client.new_event()["id"]

    assert client.ask("DELETE", f"{EVENTS}/{key}").status_code == 204
    assert client.ask("DELETE", f"{EVENTS}/{key}").json()["error"]["code"] == "ErrorItemNotFound"


def test_an_event_is_nobody_elses(client: Client):
    key = client.new_event()["id"]

    assert client.ask("GET", f"/users/{HEAD}/events/{key}").status_code == 404


def test_an_online_event_brings_a_room_that_is_found_by_its_address(client: Client):
    made = client.new_event(isOnlineMeeting=True, onlineMeetingProvider="teamsForBusiness")
    clause = quote(f"JoinWebUrl eq '{made['onlineMeeting']['joinUrl']}'")
    meetings = f"/users/{LEAD}/onlineMeetings"

    (room,) = client.get(f"{meetings}?$filter={clause}")["value"]
    lobby = {"lobbyBypassSettings": {"scope": "invited"}, "allowRecording": False}
    changed = client.ask("PATCH", f"{meetings}/{room['id']}", lobby).json()

    assert (changed["allowRecording"], changed["lobbyBypassSettings"]["scope"]) == (
        False,
        "unknownFutureValue",
    )
    full = client.get(f"{meetings}/{room['id']}", prefer="include-unknown-enum-members")
    assert full["lobbyBypassSettings"]["scope"] == "invited"


def test_a_tenant_without_teams_silently_makes_the_meeting_without(client: Client, graph_server: GraphServer):
    graph_server.configure(online_meetings=False)

    made = client.new_event(isOnlineMeeting=True, onlineMeetingProvider="teamsForBusiness")

    assert (made["isOnlineMeeting"], made["onlineMeetingProvider"]) == (False, "unknown")
    assert made["onlineMeeting"] is None


def test_a_room_is_not_found_by_a_mail_address(client: Client):
    asked = client.ask("GET", "/users/lead@northwick.example/onlineMeetings?$filter=JoinWebUrl eq 'x'")

    assert asked.status_code == 404


def test_the_schedule_shows_who_is_taken_and_not_why(client: Client, graph_server: GraphServer):
    client.new_event(attendees=[{"emailAddress": {"address": "head@northwick.example"}, "type": "required"}])
    graph_server.state.busy["lead@northwick.example"] = [
        ["2026-03-27T09:00:00+00:00", "2026-03-27T10:00:00+00:00", "oof"]
    ]
    body = {
        "schedules": ["lead@northwick.example", "head@northwick.example", "nobody@northwick.example"],
        "startTime": {"dateTime": "2026-03-27T09:00:00", "timeZone": "GMT Standard Time"},
        "endTime": {"dateTime": "2026-03-27T16:00:00", "timeZone": "GMT Standard Time"},
        "availabilityViewInterval": 60,
    }

    lead, head, nobody = client.post(f"/users/{LEAD}/calendar/getSchedule", body, prefer=LONDON)["value"]

    assert (lead["availabilityView"], head["availabilityView"]) == ("3000020", "0000020")
    assert head["scheduleItems"][0]["start"]["dateTime"] == "2026-03-27T14:20:00.0000000"
    assert head["scheduleItems"][0].keys() == {"status", "start", "end"}
    assert "error" in nobody


@pytest.mark.parametrize(
    ("begins", "ends", "seen"),
    [
        ("08:00", "09:00", "000"),
        ("08:00", "09:01", "200"),
        ("09:59", "11:00", "220"),
        ("10:00", "11:00", "020"),
        ("08:00", "13:00", "222"),
        ("11:59", "13:00", "002"),
        ("12:00", "13:00", "000"),
    ],
)
def test_whoever_is_taken_for_a_part_of_a_slot_is_taken_for_all_of_it(
    client: Client, begins: str, ends: str, seen: str
):
    client.new_event(start=f"2026-03-27T{begins}:00", end=f"2026-03-27T{ends}:00")
    body = {
        "schedules": ["lead@northwick.example"],
        "startTime": {"dateTime": "2026-03-27T09:00:00", "timeZone": "GMT Standard Time"},
        "endTime": {"dateTime": "2026-03-27T12:00:00", "timeZone": "GMT Standard Time"},
        "availabilityViewInterval": 60,
    }

    (lead,) = client.post(f"/users/{LEAD}/calendar/getSchedule", body)["value"]

    assert lead["availabilityView"] == seen


def test_the_calendar_view_holds_what_overlaps(client: Client):
    client.new_event()
    view = f"/users/{LEAD}/calendarView?startDateTime=2026-03-27T14:30:00&endDateTime=2026-03-27"

    assert len(client.get(view + "T18:00:00Z")["value"]) == 1
    assert client.ask("GET", view + "T").status_code == 400


def _sent():
    from tests.graph_server.client import event

    return event()
