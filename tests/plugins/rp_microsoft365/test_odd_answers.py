"""One item of a batch that is answered well-formed and oddly: it alone waits, and the others are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rp_connect.errors import GoneError, RpConnectError, TryLaterError, UnclearError
from rp_connect.ports.workspace import WorkspaceMeeting, Written
from rp_microsoft365.columns import case_columns
from rp_microsoft365.meetings import CalendarMeetings
from rp_microsoft365.records import SharePointRecords
from rp_microsoft365.site import Site
from rp_microsoft365.summaries import SharePointSummaries
from tests.plugins.rp_microsoft365.invented_meetings import ORGANIZER, meeting
from tests.plugins.rp_microsoft365.loopback import Came, Says, graph_at, loopback
from tests.plugins.rp_microsoft365.tenant_school import RECORD, SUMMARY

LIST = "11571500-0000-4000-8000-000000000001"
NO_ID: list[dict[str, Any]] = [{}, {"id": None}, {"id": ""}, {"subject": "RP-2026-0001"}]
NOTHING_FOUND: list[dict[str, Any]] = [
    *({}, {"value": None}, {"value": {"id": "1"}}, {"value": "none"}),
    *({"value": [{}]}, {"value": [{"id": None, "fields": {}}]}, {"value": ["RP-2026-0001"]}),
]
Answers = Callable[[dict[str, Any]], dict[str, Any]]


@contextmanager
def answering(body_of: Answers, status: int = 200, owner: object = None) -> Iterator[str]:
    """A Graph that answers each item of a batch by itself, and whoever asks for a person, `owner`; where."""

    def said(came: Came) -> Says:
        if came.method == "GET":
            return Says(200, owner)
        asked = came.json()["requests"]
        answers = [{"id": one["id"], "status": status, "body": body_of(one)} for one in asked]
        return Says(200, {"responses": answers})

    with loopback(said) as server:
        yield server.url


def oddly(odd: dict[str, Any], well: Answers) -> Answers:
    """The first item of a batch is answered `odd`, each other `well`."""
    return lambda asked: odd if asked["id"] == "0" else well(asked)


def calendar(url: str, *, lobby: bool = False) -> CalendarMeetings:
    return CalendarMeetings(graph_at(url), ORGANIZER, lobby=lobby)


def records(url: str) -> SharePointRecords:
    shelf = SharePointRecords(Site(graph_at(url), "host,site,web", url), LIST, case_columns(names=False))
    shelf.pause = lambda _: None
    return shelf


def event(asked: dict[str, Any]) -> dict[str, Any]:
    """As it stands in Outlook, whatever was asked of it."""
    edge = {"dateTime": "2026-11-16T14:20:00.0000000", "timeZone": "UTC"}
    return {"id": f"E{asked['id']}", "changeKey": "C", "start": edge, "end": edge}


def item(asked: dict[str, Any]) -> dict[str, Any]:
    return {"id": asked["id"], "@odata.etag": '"1"', "fields": {"CaseReference": "RP-2026-0002"}}


def kinds(outcomes: Any) -> list[type]:
    assert all(isinstance(one, Written | RpConnectError | None) for one in outcomes)
    return [type(one) for one in outcomes]


@pytest.mark.parametrize("odd", NO_ID, ids=str)
def test_a_new_meeting_whose_answer_tells_no_id_is_looked_for_and_the_others_are_made(odd: dict[str, Any]):
    with answering(oddly(odd, event), 201) as url:
        ends = calendar(url).create_all([meeting(1), meeting(2)])

    assert kinds(ends) == [UnclearError, Written]


@pytest.mark.parametrize("odd", NOTHING_FOUND, ids=str)
def test_a_look_for_a_meeting_that_is_answered_oddly_is_asked_again_and_the_others_are_found(
    odd: dict[str, Any],
):
    with answering(oddly(odd, lambda asked: {"value": [event(asked)]})) as url:
        found = calendar(url).find_all([meeting(1).key, meeting(2).key])

    assert kinds(found) == [TryLaterError, Written]


def test_a_meeting_that_is_read_oddly_before_it_is_changed_keeps_no_other_from_its_change():
    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        odd = asked["method"] == "GET" and asked["id"] == "0"
        return {"subject": "a meeting"} if odd else event(asked)

    with answering(answer) as url:
        ends = calendar(url).update_all([("A", meeting(1)), ("B", meeting(2))])

    assert kinds(ends) == [TryLaterError, Written]


def test_a_changed_meeting_whose_answer_tells_no_id_is_looked_for_and_the_others_are_changed():
    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        odd = asked["method"] == "PATCH" and asked["id"] == "0"
        return {"subject": "a meeting"} if odd else event(asked)

    with answering(answer) as url:
        ends = calendar(url).update_all([("A", meeting(1)), ("B", meeting(2))])

    assert kinds(ends) == [UnclearError, Written]


@pytest.mark.parametrize("odd", NO_ID, ids=str)
def test_a_new_case_whose_answer_tells_no_id_is_looked_for_and_the_others_are_listed(odd: dict[str, Any]):
    with answering(oddly(odd, item), 201) as url:
        ends = records(url).create_all([RECORD, replace(RECORD, key="RP-2026-0002")])

    assert kinds(ends) == [UnclearError, Written]


@pytest.mark.parametrize("odd", NOTHING_FOUND, ids=str)
def test_a_look_for_a_case_that_is_answered_oddly_is_asked_again_and_the_others_are_found(
    odd: dict[str, Any],
):
    with answering(oddly(odd, lambda asked: {"value": [item(asked)]})) as url:
        found = records(url).find_all([RECORD.key, "RP-2026-0002"])

    assert kinds(found) == [TryLaterError, Written]


def test_an_item_that_is_read_oddly_before_it_is_changed_keeps_no_other_from_its_change():
    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        odd = asked["method"] == "GET" and asked["id"] == "0"
        return {"fields": {}} if odd else item(asked)

    with answering(answer) as url:
        ends = records(url).update_all([("7", RECORD), ("8", replace(RECORD, key="RP-2026-0002"))])

    assert kinds(ends) == [TryLaterError, Written]


def in_a_room(asked: dict[str, Any]) -> dict[str, Any]:
    room = {"joinUrl": f"https://teams.example/{asked['id']}"}
    made = {"isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness", "onlineMeeting": room}
    return {**event(asked), **made, "createdDateTime": datetime.now(UTC).isoformat()}


@pytest.mark.parametrize(
    "odd", [{}, {"value": None}, {"value": [{}]}, {"value": ["a room"]}, {"value": "a room"}], ids=str
)
def test_a_room_that_is_looked_up_oddly_leaves_its_own_meeting_alone_to_be_looked_at_again(
    odd: dict[str, Any],
):
    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        if "/events" in asked["url"]:
            return in_a_room(asked)
        return odd if asked["id"] == "0" else {"value": [{"id": "R"}]}

    with answering(answer, owner={"id": "an-organiser"}) as url:
        ends = calendar(url, lobby=True).create_all([numbered_room(1), numbered_room(2)])

    assert kinds(ends) == [UnclearError, Written]


def test_an_organiser_who_is_looked_up_oddly_leaves_the_meetings_to_be_looked_at_again():
    with answering(in_a_room, owner={}) as url:
        ends = calendar(url, lobby=True).create_all([numbered_room(1), meeting(2, cancelled=True)])

    assert kinds(ends) == [UnclearError, GoneError]


def numbered_room(n: int) -> WorkspaceMeeting:
    return meeting(n, online=True, place="")


def library(came: Came) -> Says:
    """Where one file was asked for by its name, it says nothing of it."""
    if "/drives?" in came.path:
        return Says(200, {"value": [{"id": "D", "name": "Summaries"}]})
    if "RP-2026-0001" in came.path:
        return Says(201 if came.method == "PUT" else 200, {"name": "RP-2026-0001.meeting.docx"})
    ids = {"listId": "L", "listItemId": "2"}
    return Says(200, {"id": "F", "eTag": '"1"', "sharepointIds": ids, "fields": {"Revision": 1}})


def test_a_summary_that_is_answered_oddly_keeps_no_other_from_being_found_or_written():
    other = replace(SUMMARY, key="RP-2026-0002.meeting")
    with loopback(library) as server:
        summaries = SharePointSummaries(
            Site(graph_at(server.url), "site", server.url), "Summaries", names=False
        )

        assert kinds(summaries.find_all([SUMMARY.key, other.key])) == [TryLaterError, Written]
        assert kinds(summaries.create_all([SUMMARY, other])) == [UnclearError, Written]
        assert kinds(summaries.update_all([("F", SUMMARY), ("F", other)])) == [TryLaterError, Written]
