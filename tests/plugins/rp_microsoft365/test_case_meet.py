"""`case meet` from the words of the command to the event in Outlook, through the real store and outbox."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.installation import Answer, Installation, install
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import GROUP, SITE
from tests.plugins.rp_microsoft365.invented_meetings import FAMILY, HEAD, begins, invited, only

pytestmark = pytest.mark.facts
REF, SECOND_REF = "RP-2026-0001", "RP-2026-0002"
CREATE = "POST /users/{user-id}/events"
ASKED = "POST /users/{user-id}/calendar/getSchedule"
OWN = """
[school.microsoft365]
tenant = "northwick.example"
client_id = "c11e0000-0000-4000-8000-000000000009"
credential = "token:env:GRAPH_TOKEN"
group = "{group}"
site = "{site}"
organizer = "lead@northwick.example"
graph_url = "{url}"
timeout_s = 5.0
"""


class School:
    """An installation whose one school keeps its meetings in the tenant of the Graph server."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def run(self, *words: str, now: str | None = None) -> Answer:
        return self._installation.run(*words, now=now or "2026-11-12T10:00", GRAPH_TOKEN="an-access-token")

    def elsewhere(self, *words: str) -> Answer:
        """The same in a process of its own."""
        return self._installation.spawn(*words, now="2026-11-12T10:00", GRAPH_TOKEN="an-access-token")

    def waits(self, *, timeout_s: float, lands_within_s: float) -> None:
        text = self._installation.config.read_text(encoding="utf-8")
        assert "timeout_s = 5.0" in text
        own = f"timeout_s = {timeout_s}\nlands_within_s = {lands_within_s}"
        self._installation.config.write_text(text.replace("timeout_s = 5.0", own), encoding="utf-8")

    def meet(self, *words: str, now: str | None = None) -> None:
        """And send what came of it; the tasks of the case are not what this is about."""
        answer = self.run("case", "meet", REF, *words, now=now)
        assert answer.code == 0, answer.err
        assert self.run("deliver", now=now).code in (0, 3)

    def meeting(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.run("case", "show", REF, "--json").json["meeting"]
        return shown

    def waiting(self) -> list[str]:
        """What of the meeting has not ended yet."""
        effects = self.run("effect", "list", "--json").json
        return [one["state"] for one in effects if one["kind"] == "meeting" and one["state"] != "done"]

    def time_passes(self) -> None:
        """Until a write whose end is not known can no longer land."""
        with closing(sqlite3.connect(self._installation.folder / "rp-connect.db")) as store, store:
            store.execute("UPDATE effects SET not_before = NULL WHERE state = 'unclear'")
            store.execute("UPDATE lanes SET owner = NULL, held_until = NULL WHERE owner = 'nobody'")

    def problems(self) -> list[str]:
        found: list[str] = self.run("check", "--json").json["schools"][0]["problems"]
        return found


@pytest.fixture
def school(graph_server: GraphServer, tmp_path: Path) -> School:
    installation = install(tmp_path)
    text = installation.config.read_text(encoding="utf-8")
    text = text.replace('workspace = "local"', 'workspace = "microsoft365"')
    own = OWN.format(group=GROUP, site=SITE, url=graph_server.url)
    local = '[school.local]\nfolder = "northwick/workspace"\n'
    assert local in text
    installation.config.write_text(text.replace(local, own), encoding="utf-8")
    found = School(installation)
    assert found.run("sync").code == 0
    return found


@pytest.mark.parametrize(
    ("day", "now"),
    [
        ("2026-10-23", "2026-10-19T10:00"),
        ("2026-10-26", "2026-10-19T10:00"),
        ("2027-03-26", "2027-03-22T10:00"),
        ("2027-03-29", "2027-03-22T10:00"),
    ],
)
def test_a_meeting_at_twenty_past_two_arrives_at_twenty_past_two(
    school: School, graph_server: GraphServer, day: str, now: str
):
    """The school days before and after each clock change."""
    school.meet("--at", f"{day}T14:20", now=now)

    event = only(graph_server)
    assert begins(event) == f"{day} 14:20"
    assert event["originalStartTimeZone"] == "GMT Standard Time"


def test_a_meeting_moved_twice_and_cancelled_is_still_one_event(school: School, graph_server: GraphServer):
    school.meet("--at", "2026-11-13T14:20", "--invite", HEAD)
    held = school.meeting()["external_id"]
    school.meet("--at", "2026-11-16T09:00", "--invite", HEAD)
    school.meet("--at", "2026-11-17T10:30", "--invite", HEAD, "--place", "Library")
    assert (only(graph_server)["id"], begins(only(graph_server))) == (held, "2026-11-17 10:30")

    school.meet("--cancel")

    assert graph_server.state.events == {}
    assert list(graph_server.state.cancelled_events) == [held]
    assert graph_server.log.count(CREATE) == 1


def test_moved_twice_before_it_was_sent_it_is_one_event_and_one_mail(
    school: School, graph_server: GraphServer
):
    for at in ("2026-11-13T14:20", "2026-11-16T09:00"):
        assert school.run("case", "meet", REF, "--at", at, "--invite", HEAD).code == 0
    school.meet("--at", "2026-11-17T10:30", "--invite", HEAD)

    assert begins(only(graph_server)) == "2026-11-17 10:30"
    assert graph_server.log.writes["calendar"] == 1


def test_set_again_after_it_was_cancelled_it_is_one_meeting_once_more(
    school: School, graph_server: GraphServer
):
    school.meet("--at", "2026-11-13T14:20", "--invite", HEAD)
    school.meet("--cancel")
    school.meet("--at", "2026-11-16T14:20", "--invite", HEAD)
    school.meet("--at", "2026-11-17T14:20", "--invite", HEAD)

    event = only(graph_server)
    assert (event["id"], begins(event)) == (school.meeting()["external_id"], "2026-11-17 14:20")
    assert graph_server.log.count(CREATE) == 2


def test_cancelled_before_it_was_sent_nothing_ever_arrives(school: School, graph_server: GraphServer):
    school.run("case", "meet", REF, "--at", "2026-11-13T14:20", "--invite", HEAD)
    school.meet("--cancel")

    assert (graph_server.state.events, graph_server.state.cancelled_events) == ({}, {})


def test_a_meeting_that_a_person_deleted_in_outlook_stands_again_with_the_next_change(
    school: School, graph_server: GraphServer
):
    school.meet("--at", "2026-11-13T14:20")
    graph_server.state.events.clear()
    school.meet("--at", "2026-11-16T14:20")

    assert begins(only(graph_server)) == "2026-11-16 14:20"
    assert school.meeting()["external_id"] == only(graph_server)["id"]


def test_a_meeting_whose_answer_was_lost_is_looked_for_before_it_is_sent_again(
    school: School, graph_server: GraphServer
):
    lost = graph_server.faults.lose_answers("cut", path="/events", method="POST", times=1)
    school.meet("--at", "2026-11-13T14:20", "--invite", HEAD)
    assert school.meeting()["external_id"] is None
    school.time_passes()
    assert school.run("deliver").code in (0, 3)

    assert lost.struck == 1
    assert graph_server.log.count(CREATE) == 1
    assert school.meeting()["external_id"] == only(graph_server)["id"]


def test_a_calendar_that_answers_later_than_we_wait_is_not_asked_by_another_process_meanwhile(
    school: School, graph_server: GraphServer
):
    """Who no longer waits for an answer does not know that Outlook is done."""
    school.waits(timeout_s=0.5, lands_within_s=60.0)
    late = graph_server.faults.slow(8.0, service="calendar", method="POST")
    for ref, at in ((REF, "2026-11-13T14:20"), (SECOND_REF, "2026-11-13T16:20")):
        assert school.run("case", "meet", ref, "--at", at).code == 0
        assert school.elsewhere("deliver").code in (0, 3)
    assert graph_server.log.outlook_peak == 1
    assert school.waiting() == ["unclear", "waiting"]

    graph_server.faults.remove(late)
    ends = time.monotonic() + 30
    while not graph_server.log.count(CREATE) and time.monotonic() < ends:
        time.sleep(0.1)
    school.time_passes()
    assert school.elsewhere("deliver").code in (0, 3)
    assert graph_server.log.count(CREATE) == len(graph_server.state.events) == 2
    assert school.waiting() == []


@pytest.mark.parametrize("look", ["a free time", "check"])
def test_who_looks_asks_outlook_when_another_process_has_had_its_answer(
    school: School, graph_server: GraphServer, look: str
):
    """Outlook takes four at a time of all of us together. The two meetings go in one batch."""
    for ref, at in ((REF, "2026-11-13T14:20"), (SECOND_REF, "2026-11-13T16:20")):
        assert school.run("case", "meet", ref, "--at", at).code == 0
    graph_server.faults.slow(2.0, service="calendar", method="POST", path="/events")
    with ThreadPoolExecutor(1) as threads:
        delivery = threads.submit(school.elsewhere, "deliver")
        while graph_server.log.outlook_peak < 2:
            time.sleep(0.02)
        if look == "check":
            assert [line for line in school.problems() if "turn" in line or "mailbox" in line] == []
        else:
            assert school.run("case", "meet", REF, "--suggest", "--json").json["note"] == ""
        asked, made = graph_server.log.count(ASKED), len(graph_server.state.events)
        assert delivery.result(60).code in (0, 3)

    assert graph_server.log.outlook_peak == 2
    assert (asked, made) == (0 if look == "check" else 1, 2)
    assert school.waiting() == []


def test_a_cancellation_whose_answer_was_lost_brings_nothing_back(school: School, graph_server: GraphServer):
    school.meet("--at", "2026-11-13T14:20", "--invite", HEAD)
    graph_server.faults.lose_answers("cut", path="/cancel", method="POST", times=1)
    school.meet("--cancel")
    school.time_passes()
    assert school.run("deliver").code in (0, 3)

    assert graph_server.state.events == {}
    assert graph_server.log.count(CREATE) == 1
    assert school.waiting() == []


def test_a_family_is_invited_without_the_addresses_of_the_others(school: School, graph_server: GraphServer):
    school.meet("--at", "2026-11-13T14:20", "--invite", "lead@northwick.example", "--invite", FAMILY)

    event = only(graph_server)
    assert (invited(event), event["hideAttendees"]) == (["lead@northwick.example", FAMILY], True)
    assert "http" not in event["body"]["content"]


def test_a_meeting_made_without_its_teams_room_is_told_where_people_look(
    school: School, graph_server: GraphServer
):
    graph_server.configure(online_meetings=False)
    school.meet("--at", "2026-11-13T14:20", "--online")

    assert "without its Teams room" in school.meeting()["warning"]
    assert "without its Teams room" in school.run("case", "show", REF).out
    (line,) = [line for line in school.problems() if "Teams room" in line]
    assert line.startswith(f"{REF}: the meeting was made without its Teams room: ")


def test_an_online_meeting_has_its_room_and_nothing_to_tell(school: School, graph_server: GraphServer):
    school.meet("--at", "2026-11-13T14:20", "--online")

    assert only(graph_server)["isOnlineMeeting"] is True
    assert (school.meeting()["online"], school.meeting()["warning"]) == (True, None)
    assert [line for line in school.problems() if "Teams room" in line] == []


def test_free_times_are_free_in_the_leads_diary_too(school: School, graph_server: GraphServer):
    plain = school.run("case", "meet", REF, "--suggest", "--json").json["slots"]
    first = plain[0]["at"]
    graph_server.state.busy = {
        "lead@northwick.example": [[first, f"{first[:11]}23:00:00+00:00", "busy"]],
    }

    found = school.run("case", "meet", REF, "--suggest", "--json").json

    assert plain[0] not in found["slots"]
    assert (found["note"], len(found["slots"])) == ("", 8)


def test_where_the_diaries_cannot_be_read_there_are_free_times_and_a_sentence(
    school: School, graph_server: GraphServer
):
    graph_server.faults.lack("Calendars.ReadWrite")

    answer = school.run("case", "meet", REF, "--suggest")

    assert answer.code == 0
    assert "--at 2026-11-" in answer.out
    assert "The diaries could not be read" in answer.out
