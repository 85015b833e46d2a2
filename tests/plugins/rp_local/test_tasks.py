"""A task of ours in a file that any calendar program opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rp_connect.domain.task import TaskState
from rp_connect.errors import ConfigError, ConflictError, GoneError
from rp_connect.ports.workspace import SeenTask, Workspace
from tests.plugins.rp_local.conftest import TASK, open_workspace
from tests.plugins.rp_local.ical_lines import inside, lines, said


def file_of(room: Path, key: str = TASK.key) -> Path:
    return room / "tasks" / f"{key}.ics"


def edit(file: Path, old: str, new: str) -> None:
    """As a calendar program would, which knows nothing of us."""
    whole = file.read_bytes()
    assert old.encode() in whole
    file.write_bytes(whole.replace(old.encode(), new.encode()))


def add_lines(file: Path, *more: str) -> None:
    edit(file, "END:VTODO", "\r\n".join([*more, "END:VTODO"]))


def test_a_new_task_says_what_is_due_and_who_does_it(workspace: Workspace, room: Path) -> None:
    written = workspace.tasks.create(TASK)

    todo = inside(file_of(room), "VTODO")
    assert lines(file_of(room))[:3] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//rp-connect//rp_local//EN",
    ]
    moments = {name: todo.pop(name) for name in ("CREATED", "DTSTAMP", "LAST-MODIFIED")}
    assert all(value.endswith("Z") for values in moments.values() for value in values)
    assert said(todo.pop("DESCRIPTION")[0]) == f"{TASK.details}\n{TASK.link}"
    assert said(todo.pop("SUMMARY")[0]) == TASK.title
    todo.pop("X-RP-DESCRIPTION")
    assert todo == {
        "UID": [written.external_id],
        "DUE;VALUE=DATE": ["20261112"],
        "STATUS": ["NEEDS-ACTION"],
        "CATEGORIES": ["head"],
        "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION": ["mailto:head@northwick.example"],
        "ORGANIZER": ["mailto:lead@northwick.example"],
        "SEQUENCE": ["1"],
        "X-RP-KEY": [TASK.key],
        "X-RP-REVISION": ["1"],
    }


def test_a_task_is_found_by_whoever_looks_next(workspace: Workspace, tmp_path: Path) -> None:
    written = workspace.tasks.create(TASK)

    assert written.revision == 1
    assert open_workspace(tmp_path).tasks.find(TASK.key) == written
    assert workspace.tasks.find("RP-2026-0002.written-notice.1") is None


def test_a_task_that_is_there_already_is_not_written_over(workspace: Workspace) -> None:
    written = workspace.tasks.create(TASK)

    with pytest.raises(ConflictError, match=r"workspace/tasks already holds RP-2026-0001\.written-notice\.1"):
        workspace.tasks.create(replace(TASK, title="another"))
    assert workspace.tasks.find(TASK.key) == written


def test_reading_back_gives_what_was_written(workspace: Workspace) -> None:
    written = workspace.tasks.create(
        replace(TASK, assignees=("Head@Northwick.example", "dsl@northwick.example"))
    )

    assert list(workspace.tasks.everything()) == [
        SeenTask(
            key=TASK.key,
            external_id=written.external_id,
            version=written.version,
            done=False,
            day=date(2026, 11, 12),
            assignees=("head@northwick.example", "dsl@northwick.example"),
        )
    ]


def test_a_task_without_a_date_shows_none(workspace: Workspace, room: Path) -> None:
    written = workspace.tasks.create(TASK)
    workspace.tasks.update(written.external_id, replace(TASK, revision=2, day=None))

    assert not [name for name in inside(file_of(room), "VTODO") if name.startswith("DUE")]
    assert [seen.day for seen in workspace.tasks.everything()] == [None]


@pytest.mark.parametrize(
    ("state", "shown", "done"),
    [
        (TaskState.OPEN, {"STATUS": ["NEEDS-ACTION"]}, False),
        (
            TaskState.DONE,
            {"STATUS": ["COMPLETED"], "PERCENT-COMPLETE": ["100"], "COMPLETED": ["20261111T101500Z"]},
            True,
        ),
        (TaskState.CANCELLED, {"STATUS": ["CANCELLED"]}, False),
    ],
)
@pytest.mark.parametrize("before", list(TaskState))
def test_every_state_is_shown_the_way_calendar_programs_show_it(
    workspace: Workspace,
    room: Path,
    before: TaskState,
    state: TaskState,
    shown: dict[str, list[str]],
    done: bool,
) -> None:
    closed_at = datetime(2026, 11, 11, 10, 15, tzinfo=UTC)
    written = workspace.tasks.create(replace(TASK, state=before, closed_at=closed_at))

    workspace.tasks.update(written.external_id, replace(TASK, revision=2, state=state, closed_at=closed_at))

    todo = inside(file_of(room), "VTODO")
    assert {name: todo[name] for name in ("STATUS", "PERCENT-COMPLETE", "COMPLETED") if name in todo} == shown
    assert [seen.done for seen in workspace.tasks.everything()] == [done]


def test_a_change_keeps_what_people_and_their_programs_added(workspace: Workspace, room: Path) -> None:
    written = workspace.tasks.create(TASK)
    file = file_of(room)
    added = [
        "X-MOZ-LASTACK:20261110T080000Z",
        "X-APPLE-SORT-ORDER:684",
        "X-ODD;FOO=bar:a\\,b;c\\;d\\ne",
        "COMMENT:Rang at noon\\, no answer",
        "PRIORITY:1",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Reminder",
        "TRIGGER:-PT15M",
        "END:VALARM",
    ]
    add_lines(file, *added)

    workspace.tasks.update(written.external_id, replace(TASK, revision=2, day=date(2026, 11, 16)))

    now = lines(file)
    assert [line for line in now if line in added] == added
    assert inside(file, "VTODO")["DUE;VALUE=DATE"] == ["20261116"]


def test_notes_that_people_wrote_round_our_words_stay(workspace: Workspace, room: Path) -> None:
    written = workspace.tasks.create(TASK)
    file = file_of(room)
    ours = inside(file, "VTODO")["DESCRIPTION"][0]
    file.write_bytes("".join(f"{line}\r\n" for line in lines(file)).encode())
    edit(file, f"\r\nDESCRIPTION:{ours}", f"\r\nDESCRIPTION:Asked the office.\\n{ours}\\nSent on Tuesday.")

    workspace.tasks.update(written.external_id, replace(TASK, revision=2, details="New details."))
    workspace.tasks.update(written.external_id, replace(TASK, revision=3, details="Newer, still."))

    text = said(inside(file, "VTODO")["DESCRIPTION"][0])
    assert text == f"Asked the office.\nNewer, still.\n{TASK.link}\nSent on Tuesday."


def test_a_description_that_somebody_wrote_anew_stays_below_ours(workspace: Workspace, room: Path) -> None:
    written = workspace.tasks.create(TASK)
    file = file_of(room)
    kept = [line for line in lines(file) if not line.startswith(("DESCRIPTION", "X-RP-DESCRIPTION"))]
    file.write_bytes("".join(f"{line}\r\n" for line in kept).encode())
    add_lines(file, "DESCRIPTION:My own words")

    workspace.tasks.update(written.external_id, replace(TASK, revision=2))

    text = said(inside(file, "VTODO")["DESCRIPTION"][0])
    assert text == f"{TASK.details}\n{TASK.link}\n\nMy own words"


def test_an_answer_of_an_assignee_stays_when_others_are_added(workspace: Workspace, room: Path) -> None:
    written = workspace.tasks.create(TASK)
    file = file_of(room)
    edit(file, "PARTSTAT=NEEDS-ACTION", "PARTSTAT=ACCEPTED")

    two = ("head@northwick.example", "dsl@northwick.example")
    workspace.tasks.update(written.external_id, replace(TASK, revision=2, assignees=two))

    todo = inside(file, "VTODO")
    assert todo["ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED"] == ["mailto:head@northwick.example"]
    assert todo["ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION"] == ["mailto:dsl@northwick.example"]


def test_the_role_changes_and_a_persons_own_label_stays(workspace: Workspace, room: Path) -> None:
    written = workspace.tasks.create(TASK)
    file = file_of(room)
    edit(file, "CATEGORIES:head", "CATEGORIES:head,Red")

    workspace.tasks.update(written.external_id, replace(TASK, revision=2, role="dsl"))

    assert inside(file, "VTODO")["CATEGORIES"] == ["dsl,Red"]


def test_a_start_that_a_calendar_program_added_never_falls_after_the_due_day(
    workspace: Workspace, room: Path
) -> None:
    written = workspace.tasks.create(TASK)
    add_lines(file_of(room), "DTSTART;TZID=Europe/London:20261112T090000")

    workspace.tasks.update(written.external_id, replace(TASK, revision=2, day=date(2026, 11, 10)))

    todo = inside(file_of(room), "VTODO")
    assert (todo["DTSTART;VALUE=DATE"], todo["DUE;VALUE=DATE"]) == (["20261110"], ["20261110"])


@pytest.mark.parametrize(("counted", "then"), [("7", "8"), ("2147483647", "2147483647"), ("0", "2")])
def test_the_sequence_grows_even_where_a_calendar_program_has_counted_on(
    workspace: Workspace, room: Path, counted: str, then: str
) -> None:
    written = workspace.tasks.create(TASK)
    file = file_of(room)
    edit(file, "SEQUENCE:1", f"SEQUENCE:{counted}")

    workspace.tasks.update(written.external_id, replace(TASK, revision=2))

    todo = inside(file, "VTODO")
    assert (todo["SEQUENCE"], todo["X-RP-REVISION"]) == ([then], ["2"])
    found = workspace.tasks.find(TASK.key)
    assert found is not None
    assert found.revision == 2


def test_a_task_that_a_person_deleted_is_gone(workspace: Workspace, room: Path) -> None:
    written = workspace.tasks.create(TASK)
    file_of(room).unlink()

    with pytest.raises(GoneError, match=r"RP-2026-0001\.written-notice\.1 is no longer in workspace/tasks"):
        workspace.tasks.update(written.external_id, replace(TASK, revision=2))
    assert list(workspace.tasks.everything()) == []
    again = workspace.tasks.create(replace(TASK, revision=2))
    assert again.external_id != written.external_id
    with pytest.raises(GoneError):
        workspace.tasks.update(written.external_id, replace(TASK, revision=3))


def test_a_late_answer_does_not_undo_what_came_after_it(workspace: Workspace) -> None:
    written = workspace.tasks.create(TASK)
    newest = workspace.tasks.update(written.external_id, replace(TASK, revision=3))

    with pytest.raises(ConflictError, match="newer than revision 2"):
        workspace.tasks.update(written.external_id, replace(TASK, revision=2))
    assert workspace.tasks.find(TASK.key) == newest


def test_the_same_revision_may_be_sent_twice(workspace: Workspace, room: Path) -> None:
    written = workspace.tasks.create(TASK)

    assert workspace.tasks.update(written.external_id, TASK).revision == 1
    assert inside(file_of(room), "VTODO")["SEQUENCE"] == ["1"]


def test_any_change_by_anybody_gives_another_version(workspace: Workspace, room: Path) -> None:
    written = workspace.tasks.create(TASK)
    add_lines(file_of(room), "COMMENT:x")

    (seen,) = workspace.tasks.everything()
    assert seen.version != written.version
    found = workspace.tasks.find(TASK.key)
    assert found is not None
    assert found.version == seen.version


def test_the_workspace_names_no_organiser_where_the_school_has_no_lead(tmp_path: Path, room: Path) -> None:
    open_workspace(tmp_path, people={}).tasks.create(TASK)

    assert inside(file_of(room), "VTODO")["ORGANIZER"] == ["mailto:head@northwick.example"]


@pytest.mark.parametrize(
    "key",
    ["../RP-2026-0001", "a/b", "a\\b", "", ".", "..", ".hidden", "a b", "a:b", "a\n", "a.", "é", "x" * 121],
)
def test_a_key_that_cannot_name_a_file_is_refused(workspace: Workspace, room: Path, key: str) -> None:
    with pytest.raises(ConfigError, match="cannot name a file in workspace/tasks"):
        workspace.tasks.create(replace(TASK, key=key))
    with pytest.raises(ConfigError):
        workspace.tasks.find(key)
    assert [file for file in room.rglob("*") if file.is_file()] == []


WORDS = st.text(st.characters(codec=None, exclude_categories=()), max_size=120)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=WORDS, details=WORDS, address=WORDS.filter(str.strip))
@example(title="", details="", address="\ud800")
def test_no_text_breaks_out_of_its_line(
    workspace: Workspace, room: Path, title: str, details: str, address: str
) -> None:
    file = file_of(room)
    file.unlink(missing_ok=True)

    written = workspace.tasks.create(replace(TASK, title=title, details=details, assignees=(address,)))

    names = {line.partition(":")[0].partition(";")[0] for line in lines(file)}
    assert names - {"SUMMARY", "DESCRIPTION"} == {
        *("BEGIN", "VERSION", "PRODID", "END", "UID", "CREATED", "DTSTAMP", "LAST-MODIFIED", "DUE", "STATUS"),
        *("CATEGORIES", "ATTENDEE", "ORGANIZER", "SEQUENCE", "X-RP-KEY", "X-RP-REVISION", "X-RP-DESCRIPTION"),
    }
    workspace.tasks.update(written.external_id, replace(TASK, revision=2, details="afterwards"))
    assert said(inside(file, "VTODO")["DESCRIPTION"][0]) == f"afterwards\n{TASK.link}"
