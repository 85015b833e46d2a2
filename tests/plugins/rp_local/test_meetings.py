"""Meetings at the time on the school's wall, on either side of a clock change."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from rp_connect.errors import ConflictError, GoneError
from rp_connect.ports.workspace import Workspace
from rp_local.timezones import vtimezone
from tests.plugins.rp_local.conftest import LONDON, MEETING, open_workspace
from tests.plugins.rp_local.ical_lines import inside, lines, said


def file_of(room: Path) -> Path:
    return room / "meetings" / f"{MEETING.key}.ics"


def test_an_invitation_says_when_where_and_for_whom(workspace: Workspace, room: Path) -> None:
    written = workspace.meetings.create(MEETING)

    event = inside(file_of(room), "VEVENT")
    for name in ("CREATED", "DTSTAMP", "LAST-MODIFIED"):
        assert event.pop(name)[0].endswith("Z")
    assert said(event.pop("LOCATION")[0]) == "Room 4, ground floor"
    assert event == {
        "UID": [written.external_id],
        "SUMMARY": ["RP-2026-0001 · Reintegration meeting"],
        "DTSTART;TZID=Europe/London": ["20261112T142000"],
        "DTEND;TZID=Europe/London": ["20261112T150500"],
        "STATUS": ["CONFIRMED"],
        "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION": [
            "mailto:lead@northwick.example",
            "mailto:tutor@northwick.example",
        ],
        "ORGANIZER": ["mailto:lead@northwick.example"],
        "SEQUENCE": ["1"],
        "X-RP-KEY": [MEETING.key],
        "X-RP-REVISION": ["1"],
    }
    assert not [line for line in lines(file_of(room)) if line.startswith("METHOD")]


@pytest.mark.parametrize("day", [(2026, 10, 23), (2026, 10, 26), (2027, 3, 26), (2027, 3, 29)])
def test_twenty_past_two_is_twenty_past_two_on_either_side_of_a_clock_change(
    workspace: Workspace, room: Path, day: tuple[int, int, int]
) -> None:
    at = datetime(*day, 14, 20, tzinfo=LONDON).astimezone(UTC)
    workspace.meetings.create(replace(MEETING, at=at))

    event = inside(file_of(room), "VEVENT")
    year, month, date = day
    assert event["DTSTART;TZID=Europe/London"] == [f"{year}{month:02}{date:02}T142000"]
    zone = tzical(io.StringIO(file_of(room).read_text())).get("Europe/London")
    start = datetime.strptime(event["DTSTART;TZID=Europe/London"][0], "%Y%m%dT%H%M%S").replace(tzinfo=zone)
    assert start.astimezone(UTC) == at


@pytest.mark.parametrize(
    "name",
    [
        *("Europe/London", "Europe/Dublin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe"),
        *("Asia/Kolkata", "Africa/Casablanca", "Atlantic/Azores"),
    ],
)
def test_a_calendar_programs_clock_agrees_with_ours_at_every_half_hour_of_the_year(name: str) -> None:
    ours = ZoneInfo(name)
    theirs = tzical(io.StringIO(vtimezone(ours, 2026).to_ical().decode())).get(name)

    at, wrong = datetime(2026, 1, 1), []  # noqa: DTZ001 - the wall's own time is what is asked
    while at < datetime(2028, 1, 1):  # noqa: DTZ001
        local = at.replace(tzinfo=ours)
        is_there = local.astimezone(UTC).astimezone(ours).replace(tzinfo=None) == at
        is_once = local.utcoffset() == local.replace(fold=1).utcoffset()
        if is_there and is_once and at.replace(tzinfo=theirs).utcoffset() != local.utcoffset():
            wrong.append(at)
        at += timedelta(minutes=30)
    assert wrong == []


def test_the_rule_of_british_summer_time_is_written_as_everybody_writes_it() -> None:
    written = vtimezone(LONDON, 2026).to_ical().decode().splitlines()

    assert written == [
        *("BEGIN:VTIMEZONE", "TZID:Europe/London"),
        *("BEGIN:DAYLIGHT", "DTSTART:20250330T010000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"),
        *("TZNAME:BST", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0100", "END:DAYLIGHT"),
        *("BEGIN:STANDARD", "DTSTART:20251026T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"),
        *("TZNAME:GMT", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0000", "END:STANDARD"),
        "END:VTIMEZONE",
    ]


def test_a_meeting_across_the_change_lasts_as_long_as_it_was_planned(
    workspace: Workspace, room: Path
) -> None:
    workspace.meetings.create(replace(MEETING, at=datetime(2026, 10, 24, 23, 30, tzinfo=UTC), minutes=180))

    event = inside(file_of(room), "VEVENT")
    assert event["DTSTART;TZID=Europe/London"] == ["20261025T003000"]
    assert event["DTEND;TZID=Europe/London"] == ["20261025T023000"]


def test_a_school_on_universal_time_needs_no_zone(workspace: Workspace, room: Path) -> None:
    workspace.meetings.create(replace(MEETING, timezone=ZoneInfo("UTC")))

    assert inside(file_of(room), "VEVENT")["DTSTART"] == ["20261112T142000Z"]


def test_a_moved_meeting_asks_everybody_again_and_keeps_reminders(workspace: Workspace, room: Path) -> None:
    written = workspace.meetings.create(MEETING)
    file = file_of(room)
    alarm = b"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nDESCRIPTION:x\r\nEND:VALARM\r\n"
    data = file.read_bytes().replace(b"PARTSTAT=NEEDS-ACTION:mailto:lead", b"PARTSTAT=ACCEPTED:mailto:lead")
    file.write_bytes(data.replace(b"END:VEVENT", b"X-MOZ-GENERATION:4\r\n" + alarm + b"END:VEVENT"))

    workspace.meetings.update(written.external_id, replace(MEETING, revision=2, place="Room 5"))
    event = inside(file, "VEVENT")
    assert event["ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED"] == ["mailto:lead@northwick.example"]
    assert (event["LOCATION"], event["SEQUENCE"]) == (["Room 5"], ["2"])

    later = MEETING.at + timedelta(days=200)
    moved = workspace.meetings.update(written.external_id, replace(MEETING, revision=3, at=later))
    event = inside(file, "VEVENT")
    assert len(event["ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION"]) == 2
    assert event["DTSTART;TZID=Europe/London"] == ["20270531T152000"]
    assert event["X-MOZ-GENERATION"] == ["4"]
    assert lines(file).count("BEGIN:VTIMEZONE") == 1
    assert lines(file).count("BEGIN:VALARM") == 1
    assert workspace.meetings.find(MEETING.key) == moved


def test_a_cancelled_meeting_says_so(workspace: Workspace, room: Path) -> None:
    written = workspace.meetings.create(MEETING)

    workspace.meetings.update(written.external_id, replace(MEETING, revision=2, cancelled=True))

    event = inside(file_of(room), "VEVENT")
    assert (event["STATUS"], event["SEQUENCE"]) == (["CANCELLED"], ["2"])


def test_a_meeting_with_nobody_and_nowhere_yet_is_still_a_meeting(workspace: Workspace, room: Path) -> None:
    workspace.meetings.create(replace(MEETING, place="", invited=()))

    event = inside(file_of(room), "VEVENT")
    assert {"LOCATION", "ORGANIZER"} & event.keys() == set()
    assert not [name for name in event if name.startswith("ATTENDEE")]


def test_a_meeting_is_found_kept_and_missed_like_a_task(
    workspace: Workspace, tmp_path: Path, room: Path
) -> None:
    assert workspace.meetings.find(MEETING.key) is None
    written = workspace.meetings.create(MEETING)
    assert open_workspace(tmp_path).meetings.find(MEETING.key) == written
    with pytest.raises(ConflictError):
        workspace.meetings.create(MEETING)
    with pytest.raises(GoneError):
        workspace.meetings.update("another", MEETING)
    file_of(room).unlink()
    with pytest.raises(GoneError):
        workspace.meetings.update(written.external_id, MEETING)


def test_addresses_stay_out_of_what_is_printed(workspace: Workspace) -> None:
    assert repr(MEETING) == "<WorkspaceMeeting RP-2026-0001.meeting.1 r1>"
    with pytest.raises(GoneError) as told:
        workspace.meetings.update("x", MEETING)
    assert "northwick.example" not in str(told.value)
