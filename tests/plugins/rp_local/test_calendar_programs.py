"""How calendar programs leave a task of ours behind when a person ticks, moves or re-opens it there.

The files are written by hand after what Thunderbird, Apple Reminders and Outlook save.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rp_connect.errors import ConflictError
from rp_connect.ports.workspace import SeenTask, Workspace
from tests.plugins.rp_local.conftest import TASK, open_workspace

UID = "0f6c1d9e-3f5b-4f6e-9b1e-2a7d8c9e0f11"

THUNDERBIRD = """\
BEGIN:VCALENDAR
PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Europe/London
X-TZINFO:Europe/London[2025b]
BEGIN:DAYLIGHT
TZOFFSETTO:+010000
TZOFFSETFROM:+000000
TZNAME:Europe/London(DST)
DTSTART:19810329T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETTO:+000000
TZOFFSETFROM:+010000
TZNAME:Europe/London(STD)
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VTODO
CREATED:20261110T090000Z
LAST-MODIFIED:20261111T101502Z
DTSTAMP:20261111T101502Z
UID:0f6c1d9e-3f5b-4f6e-9b1e-2a7d8c9e0f11
SUMMARY:RP-2026-0001 · Write to the parents
STATUS:COMPLETED
ORGANIZER:mailto:lead@northwick.example
ATTENDEE;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT:mailto:head@northwick.e
 xample
CATEGORIES:head
DUE;TZID=Europe/London:20261112T170000
COMPLETED:20261111T101502Z
PERCENT-COMPLETE:100
DESCRIPTION;ALTREP="data:text/html,%3Cp%3EWithout%20delay%3C%2Fp%3E":Withou
 t delay
SEQUENCE:2
X-RP-KEY:RP-2026-0001.written-notice.1
X-RP-REVISION:1
X-MOZ-GENERATION:2
END:VTODO
END:VCALENDAR
"""

# Keeps no ATTENDEE of ours but its own, adds a start and an alarm, drops X-RP-REVISION.
APPLE = """\
BEGIN:VCALENDAR
CALSCALE:GREGORIAN
VERSION:2.0
X-WR-CALNAME:Reminders
METHOD:PUBLISH
PRODID:-//Apple Inc.//Reminders 10.0//EN
BEGIN:VTODO
STATUS:COMPLETED
DTSTAMP:20261111T101502Z
DTSTART;TZID="Europe/London":20261112T000000
X-RP-KEY:RP-2026-0001.written-notice.1
CREATED:20261110T090000Z
SEQUENCE:3
SUMMARY:RP-2026-0001 · Write to the parents
DUE;TZID="Europe/London":20261112T000000
LAST-MODIFIED:20261111T101502Z
UID:0F6C1D9E-3F5B-4F6E-9B1E-2A7D8C9E0F11
COMPLETED:20261111T101502Z
PERCENT-COMPLETE:100
ATTENDEE;CN="Head";CUTYPE=INDIVIDUAL;EMAIL="Head@Northwick.example":urn:uuid
 :5f6c1d9e-3f5b-4f6e-9b1e-2a7d8c9e0f11
X-APPLE-SORT-ORDER:784800000
BEGIN:VALARM
UID:8A1B2C3D
ACTION:DISPLAY
DESCRIPTION:Reminder
TRIGGER;VALUE=DATE-TIME:20261112T080000Z
X-APPLE-DEFAULT-ALARM:TRUE
END:VALARM
END:VTODO
END:VCALENDAR
"""

# Windows zone names, a quoted one at that; a byte-order mark; drops what it does not know, X-RP-KEY too.
OUTLOOK = """\
BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
BEGIN:VTIMEZONE
TZID:GMT Standard Time
BEGIN:STANDARD
DTSTART:16011028T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0100
TZOFFSETTO:-0000
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T010000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:-0000
TZOFFSETTO:+0100
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VTODO
ATTENDEE;CN=head@northwick.example;RSVP=TRUE:MAILTO:Head@northwick.example
CLASS:PUBLIC
COMPLETED:20261111T101500Z
CREATED:20261111T101500Z
DTSTAMP:20261111T101500Z
DUE;TZID="GMT Standard Time":20261112T235900
LAST-MODIFIED:20261111T101500Z
PERCENT-COMPLETE:100
PRIORITY:5
SEQUENCE:0
STATUS:COMPLETED
SUMMARY;LANGUAGE=en-gb:RP-2026-0001 · Write to the parents
UID:0f6c1d9e-3f5b-4f6e-9b1e-2a7d8c9e0f11
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MICROSOFT-CDO-IMPORTANCE:1
END:VTODO
END:VCALENDAR
"""

MINIMAL = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//EN
BEGIN:VTODO
UID:0f6c1d9e-3f5b-4f6e-9b1e-2a7d8c9e0f11
X-RP-KEY:RP-2026-0001.written-notice.1
{lines}
END:VTODO
END:VCALENDAR
"""


def save(room: Path, text: str, *, key: str = TASK.key, mark: bytes = b"", end: str = "\r\n") -> None:
    (room / "tasks" / f"{key}.ics").write_bytes(mark + text.replace("\n", end).encode())


def only(workspace: Workspace) -> SeenTask:
    (seen,) = workspace.tasks.everything()
    return seen


@pytest.mark.parametrize(
    ("text", "mark"),
    [(THUNDERBIRD, b""), (APPLE, b""), (OUTLOOK, b"\xef\xbb\xbf")],
    ids=["Thunderbird", "Apple Reminders", "Outlook"],
)
def test_a_task_ticked_in_a_calendar_program_is_done(
    workspace: Workspace, room: Path, text: str, mark: bytes
) -> None:
    save(room, text, mark=mark)

    seen = only(workspace)
    assert (seen.key, seen.external_id, seen.done, seen.day, seen.assignees) == (
        TASK.key,
        UID,
        True,
        date(2026, 11, 12),
        ("head@northwick.example",),
    )
    found = workspace.tasks.find(TASK.key)
    assert found is not None
    assert found.version == seen.version


@pytest.mark.parametrize(
    "text", [THUNDERBIRD, APPLE, OUTLOOK], ids=["Thunderbird", "Apple Reminders", "Outlook"]
)
def test_a_task_that_a_calendar_program_saved_is_changed_and_stays_readable(
    workspace: Workspace, room: Path, text: str
) -> None:
    save(room, text)

    workspace.tasks.update(UID, replace(TASK, revision=4, day=date(2026, 11, 20)))

    seen = only(workspace)
    assert (seen.done, seen.day, seen.assignees) == (False, date(2026, 11, 20), ("head@northwick.example",))
    after = (room / "tasks" / f"{TASK.key}.ics").read_text()
    own = [
        line
        for line in text.splitlines()
        if line.startswith(("X-MOZ", "X-APPLE", "X-MICROSOFT", "TRIGGER", "PRIO"))
    ]
    assert [line for line in own if line not in after] == []
    found = workspace.tasks.find(TASK.key)
    assert found is not None
    assert found.revision == 4


@pytest.mark.parametrize(
    ("lines", "done"),
    [
        ("STATUS:COMPLETED", True),
        ("status:completed", True),
        ("PERCENT-COMPLETE:100", True),
        ("COMPLETED:20261111T101500Z", True),
        ("COMPLETED:20261111T101500", True),
        ("STATUS:NEEDS-ACTION", False),
        ("STATUS:IN-PROCESS\nPERCENT-COMPLETE:50", False),
        ("STATUS:CANCELLED", False),
        ("STATUS:CANCELLED\nPERCENT-COMPLETE:100", False),
        ("PERCENT-COMPLETE:0", False),
        ("SUMMARY:nothing said", False),
    ],
)
def test_whether_a_task_is_done(workspace: Workspace, room: Path, lines: str, done: bool) -> None:
    save(room, MINIMAL.format(lines=lines))

    assert only(workspace).done is done


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        ("DUE;VALUE=DATE:20261112", date(2026, 11, 12)),
        ("DUE:20261112", date(2026, 11, 12)),
        ("DUE:20261112T233000", date(2026, 11, 12)),
        ("DUE:20261112T233000Z", date(2026, 11, 12)),
        ("DUE:20260611T230000Z", date(2026, 6, 12)),  # midnight in British Summer Time
        ("DUE:20261024T233000Z", date(2026, 10, 25)),  # half past midnight, the clocks go back that night
        ("DUE;TZID=Europe/London:20261112T000000", date(2026, 11, 12)),
        ("DUE;TZID=America/New_York:20261112T203000", date(2026, 11, 13)),
        ("DUE;TZID=No Such Zone:20261112T233000", date(2026, 11, 12)),
        ("DTSTART;VALUE=DATE:20261110\nDURATION:P2D", date(2026, 11, 12)),
        ("DTSTART;VALUE=DATE:20261110", None),
        ("SUMMARY:no day", None),
    ],
)
def test_the_day_is_the_one_on_the_schools_wall(
    workspace: Workspace, room: Path, lines: str, day: date | None
) -> None:
    save(room, MINIMAL.format(lines=lines))

    assert only(workspace).day == day


def test_bare_line_feeds_are_read_too(workspace: Workspace, room: Path) -> None:
    save(room, THUNDERBIRD, end="\n")

    assert only(workspace).done is True


def test_a_task_reopened_in_a_calendar_program_is_open(workspace: Workspace, room: Path) -> None:
    reopened = THUNDERBIRD.replace("STATUS:COMPLETED\n", "STATUS:NEEDS-ACTION\n")
    save(room, reopened.replace("COMPLETED:20261111T101502Z\n", "").replace("PERCENT-COMPLETE:100\n", ""))

    assert only(workspace).done is False


def test_a_program_that_drops_assignees_unassigns_nobody(workspace: Workspace, room: Path) -> None:
    save(room, MINIMAL.format(lines="ATTENDEE:urn:uuid:1\nATTENDEE:mailto:O%27Brien@Northwick.example"))
    assert only(workspace).assignees == ("o'brien@northwick.example",)

    save(room, MINIMAL.format(lines="SUMMARY:x"))
    assert only(workspace).assignees is None


BROKEN = {
    "an empty file": "",
    "half a file": THUNDERBIRD[:600],
    "a file without its last line": THUNDERBIRD.replace("END:VCALENDAR\n", ""),
    "zeros after a power cut": "\0" * 4096,
    "another kind of thing": THUNDERBIRD.replace("VTODO", "VJOURNAL"),
    "two tasks in one file": THUNDERBIRD.replace(
        "END:VCALENDAR", THUNDERBIRD[THUNDERBIRD.index("BEGIN:VTODO") :]
    ),
    "a task of somebody's own": THUNDERBIRD.replace("X-RP-KEY:RP-2026-0001.written-notice.1\n", "").replace(
        UID, "x"
    ),
    "a copy of another task": THUNDERBIRD.replace("X-RP-KEY:RP-2026-0001", "X-RP-KEY:RP-2026-0002"),
    "a day that does not exist": MINIMAL.format(lines="DUE;VALUE=DATE:20261131"),
    "a day that is none": MINIMAL.format(lines="DUE;VALUE=PERIOD:20261112T000000Z/PT1H"),
    "no UID": MINIMAL.format(lines="X:1").replace(f"UID:{UID}\n", ""),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_a_file_that_is_not_a_whole_task_of_ours_is_left_out_and_named(
    workspace: Workspace, room: Path, text: str
) -> None:
    save(room, text)
    save(
        room,
        THUNDERBIRD.replace("X-RP-KEY:RP-2026-0001", "X-RP-KEY:RP-2026-0009"),
        key="RP-2026-0009.written-notice.1",
    )

    assert [seen.key for seen in workspace.tasks.everything()] == ["RP-2026-0009.written-notice.1"]
    assert list(workspace.probe()) == ["1 file in tasks/ cannot be read: RP-2026-0001.written-notice.1."]
    with pytest.raises(ConflictError, match=r"cannot be read; a person must mend it or take it away\.$"):
        workspace.tasks.find(TASK.key)
    with pytest.raises(ConflictError, match="cannot be read"):
        workspace.tasks.update(UID, TASK)
    with pytest.raises(ConflictError, match="already holds"):
        workspace.tasks.create(TASK)
    assert (room / "tasks" / f"{TASK.key}.ics").read_bytes() == text.replace("\n", "\r\n").encode()


def test_a_sentence_about_files_names_ours_and_only_counts_the_others(
    workspace: Workspace, room: Path
) -> None:
    for name in ("Canary Wren.ics", "Canary.ics", *(f"RP-2026-000{n}.x.1.ics" for n in range(1, 8))):
        (room / "tasks" / name).write_text("not a calendar")
    (room / "tasks" / "Thumbs.db").write_text("not counted")

    assert list(workspace.probe()) == [
        "9 files in tasks/ cannot be read: RP-2026-0001.x.1, RP-2026-0002.x.1, RP-2026-0003.x.1,"
        " RP-2026-0004.x.1, RP-2026-0005.x.1, and 4 more."
    ]


def test_a_file_of_somebodys_own_is_counted_but_not_named(workspace: Workspace, room: Path) -> None:
    (room / "tasks" / "Canary Wren.ics").write_text("not a calendar")

    assert list(workspace.probe()) == ["1 file in tasks/ cannot be read: none bears a name of ours."]


def test_once_the_file_is_mended_nothing_stands_in_the_way(tmp_path: Path, room: Path) -> None:
    workspace = open_workspace(tmp_path)
    save(room, THUNDERBIRD[:300])
    assert len(workspace.probe()) == 1

    save(room, THUNDERBIRD)
    assert list(workspace.probe()) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.sampled_from([THUNDERBIRD, APPLE, OUTLOOK]),
    at=st.integers(0, 2000),
    length=st.integers(0, 40),
    put=st.binary(max_size=12)
    | st.sampled_from(
        [b"DUE:", b"DURATION:P1D\n", b"DTSTART:00010101T000000Z\n", b"TZID=Europe", b"END:VTODO\n"]
    ),
)
def test_a_file_damaged_anywhere_is_changed_whole_or_left_alone(
    workspace: Workspace, room: Path, text: str, at: int, length: int, put: bytes
) -> None:
    damaged = text.encode()[:at] + put + text.encode()[at + length :]
    file = room / "tasks" / f"{TASK.key}.ics"
    file.write_bytes(damaged)
    try:
        found = workspace.tasks.find(TASK.key)
        assert found is not None
        workspace.tasks.update(found.external_id, replace(TASK, revision=9))
    except ConflictError:
        assert file.read_bytes() == damaged
    else:
        assert [(seen.key, seen.done, seen.day) for seen in workspace.tasks.everything()] == [
            (TASK.key, False, TASK.day)
        ]
