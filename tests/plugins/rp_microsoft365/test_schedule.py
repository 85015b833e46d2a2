"""When people are taken: never what they do, and never at the price of a page that hangs."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from rp_connect.errors import AccessError, TryLaterError
from rp_connect.ports.workspace import Busy
from rp_microsoft365.schedule import BusyTimes
from rp_microsoft365.settings import Microsoft365Settings
from rp_microsoft365.workspace import PAGE_WAITS_S, hurried
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.invented_meetings import HEAD, MEETING, ORGANIZER, shelf
from tests.plugins.rp_microsoft365.loopback import Says, graph_at, loopback
from tests.plugins.rp_microsoft365.tenant_school import open_workspace, settings

ASKED = "POST /users/{user-id}/calendar/getSchedule"
DAY = datetime(2026, 11, 16, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-16T{clock}:00+00:00")


def times(server: GraphServer) -> BusyTimes:
    return BusyTimes(graph_at(server.url), ORGANIZER)


@pytest.mark.facts
def test_what_takes_somebody_is_told_by_its_time_alone(graph_server: GraphServer):
    graph_server.state.busy = {
        HEAD: [
            [at("09:00").isoformat(), at("10:00").isoformat(), "busy"],
            [at("11:00").isoformat(), at("11:30").isoformat(), "tentative"],
            [at("12:00").isoformat(), at("12:30").isoformat(), "free"],
            [at("13:00").isoformat(), at("13:30").isoformat(), "workingElsewhere"],
            [at("14:00").isoformat(), at("15:00").isoformat(), "oof"],
        ]
    }

    assert list(times(graph_server).busy([HEAD], DAY, NEXT)) == [
        Busy(at("09:00"), at("10:00")),
        Busy(at("11:00"), at("11:30")),
        Busy(at("14:00"), at("15:00")),
    ]


@pytest.mark.facts
def test_a_meeting_of_ours_takes_those_invited(graph_server: GraphServer):
    shelf(graph_server).create(MEETING)

    assert list(times(graph_server).busy([HEAD], DAY, NEXT)) == [
        Busy(MEETING.at, MEETING.at + timedelta(minutes=45))
    ]


@pytest.mark.facts
def test_a_diary_that_cannot_be_read_is_left_out_and_its_owner_is_not_named(
    graph_server: GraphServer, caplog: pytest.LogCaptureFixture
):
    graph_server.state.busy = {HEAD: [[at("09:00").isoformat(), at("10:00").isoformat(), "busy"]]}

    with caplog.at_level(logging.WARNING):
        found = times(graph_server).busy(["canary@elsewhere.example", HEAD], DAY, NEXT)

    assert list(found) == [Busy(at("09:00"), at("10:00"))]
    assert "1 of 2 diaries could not be read: ErrorMailRecipientNotFound" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.parametrize("said", ["The mailbox of canary@elsewhere.example is not there.", None, ["canary"]])
def test_of_a_diary_that_cannot_be_read_nothing_but_a_code_is_repeated(
    said: object, caplog: pytest.LogCaptureFixture
):
    unread = {"scheduleId": HEAD, "error": {"message": "canary", "responseCode": said}}
    answer = {"responses": [{"id": "0", "status": 200, "body": {"value": [unread]}}]}
    with loopback(Says(200, answer)) as server, caplog.at_level(logging.WARNING):
        assert list(BusyTimes(graph_at(server.url), ORGANIZER).busy([HEAD], DAY, NEXT)) == []

    assert "1 of 1 diaries could not be read" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.facts
def test_many_people_over_a_long_time_are_asked_for_in_pieces_that_outlook_takes(graph_server: GraphServer):
    people = [f"tutor{n}@northwick.example" for n in range(45)]
    graph_server.state.busy = {HEAD: [[at("09:00").isoformat(), at("10:00").isoformat(), "busy"]]}

    found = times(graph_server).busy([*people, HEAD], DAY - timedelta(days=60), DAY + timedelta(days=40))

    assert list(found) == [Busy(at("09:00"), at("10:00"))]
    assert graph_server.log.count(ASKED) == 3 * 2
    assert graph_server.log.requests == 1


@pytest.mark.facts
def test_the_same_question_within_a_minute_is_asked_once(graph_server: GraphServer):
    known = times(graph_server)
    for _ in range(3):
        known.busy([HEAD], DAY, NEXT)

    assert graph_server.log.count(ASKED) == 1
    known.busy([HEAD], DAY, NEXT + timedelta(days=1))
    assert graph_server.log.count(ASKED) == 2


@pytest.mark.facts
def test_a_calendar_that_does_not_answer_is_not_asked_again_for_a_minute(graph_server: GraphServer):
    known = times(graph_server)
    graph_server.faults.throttle(9, service="calendar")

    for _ in range(3):
        with pytest.raises(TryLaterError):
            known.busy([HEAD], DAY, NEXT)
    assert graph_server.log.count(ASKED) == 1


class Turns:
    """How often our turn was asked for; `refused`: it does not come."""

    def __init__(self) -> None:
        self.asked = 0
        self.refused = False
        self.told: list[Exception] = []

    @contextmanager
    def __call__(self) -> Iterator[None]:
        self.asked += 1
        if self.refused:
            raise TryLaterError("Our turn did not come.")
        try:
            yield
        except Exception as fault:
            self.told.append(fault)
            raise


@pytest.mark.facts
def test_what_is_known_needs_no_turn_at_outlook(graph_server: GraphServer):
    turns = Turns()
    known = BusyTimes(graph_at(graph_server.url), ORGANIZER, turns)
    known.busy([HEAD], DAY, NEXT)
    turns.refused = True

    assert list(known.busy([HEAD], DAY, NEXT)) == []
    assert turns.asked == 1


@pytest.mark.facts
def test_a_turn_that_does_not_come_asks_nothing_and_the_next_page_tries_again(graph_server: GraphServer):
    turns = Turns()
    turns.refused = True
    known = BusyTimes(graph_at(graph_server.url), ORGANIZER, turns)
    with pytest.raises(TryLaterError, match="Our turn did not come"):
        known.busy([HEAD], DAY, NEXT)
    assert graph_server.log.requests == 0

    turns.refused = False
    assert list(known.busy([HEAD], DAY, NEXT)) == []
    assert graph_server.log.count(ASKED) == 1


@pytest.mark.facts
def test_two_pages_with_the_same_question_ask_it_once(graph_server: GraphServer):
    """The second had to wait for its turn, and finds the answer of the first."""
    known: BusyTimes

    @contextmanager
    def after_another() -> Iterator[None]:
        if not graph_server.log.count(ASKED):
            known.in_turn = nullcontext
            known.busy([HEAD], DAY, NEXT)
        yield

    known = BusyTimes(graph_at(graph_server.url), ORGANIZER, after_another)
    known.busy([HEAD], DAY, NEXT)
    assert graph_server.log.count(ASKED) == 1


@pytest.mark.facts
def test_how_long_to_wait_is_told_when_it_is_news_and_not_again(graph_server: GraphServer):
    turns = Turns()
    known = BusyTimes(graph_at(graph_server.url), ORGANIZER, turns)
    graph_server.faults.throttle(9, service="calendar")
    told = []
    for _ in range(2):
        with pytest.raises(TryLaterError) as fault:
            known.busy([HEAD], DAY, NEXT)
        told.append(fault.value.retry_after)

    assert told[0] is not None
    assert told[0] >= 8
    assert told[1] is None
    assert len(turns.told) == 1


@pytest.mark.facts
def test_a_refusal_names_the_permission(graph_server: GraphServer):
    graph_server.faults.lack("Calendars.ReadWrite")

    with pytest.raises(AccessError, match=r"Calendars\.ReadWrite"):
        times(graph_server).busy([HEAD], DAY, NEXT)


@pytest.mark.facts
def test_nobody_and_no_time_ask_nothing(graph_server: GraphServer):
    assert list(times(graph_server).busy([], DAY, NEXT)) == []
    assert list(times(graph_server).busy([HEAD], NEXT, DAY)) == []
    assert graph_server.log.requests == 0


def test_where_only_the_view_may_be_seen_its_digits_are_read():
    diary = {"scheduleId": HEAD, "availabilityView": "0123400", "scheduleItems": []}
    answer = {"responses": [{"id": "0", "status": 200, "body": {"value": [diary]}}]}
    with loopback(Says(200, answer)) as server:
        found = BusyTimes(graph_at(server.url), ORGANIZER).busy([HEAD], at("09:00"), at("10:45"))

    assert list(found) == [
        Busy(at("09:15"), at("09:30")),
        Busy(at("09:30"), at("09:45")),
        Busy(at("09:45"), at("10:00")),
    ]


@pytest.mark.facts
def test_a_calendar_that_hangs_does_not_hold_a_page_for_long(graph_server: GraphServer):
    graph_server.faults.hang(service="calendar")
    workspace = open_workspace(graph_server, timeout_s=0.5)
    began = time.monotonic()

    with pytest.raises(TryLaterError):
        workspace.busy([HEAD], DAY, NEXT)
    assert time.monotonic() - began < 5
    patient = settings(graph_server.url, timeout_s=120)
    assert hurried(patient, Microsoft365Settings.model_validate(patient.own.model_dump())).own == (
        Microsoft365Settings.model_validate({**patient.own.model_dump(), "timeout_s": PAGE_WAITS_S})
    )
