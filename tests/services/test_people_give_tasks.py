"""Whom people give a task to in their calendar program keeps it, whatever we write there next."""

from __future__ import annotations

from pathlib import Path

from rp_connect.domain.task import Choice
from tests.drop_school import DropSchool, suspension

KEY = "RP-2026-0001.tell-la.1"
NOW = "2026-11-12T09:40"
LEAD, HEAD = "mailto:lead@northwick.example", "mailto:head@northwick.example"


def file_of(school: DropSchool) -> Path:
    return school.folder / "workspace" / "tasks" / f"{KEY}.ics"


def words_of(school: DropSchool) -> str:
    """Long lines go on in the next one."""
    return file_of(school).read_bytes().decode().replace("\r\n ", "")


def test_a_helper_added_in_a_calendar_program_is_left_by_a_new_date(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 6)]
    school.sync(NOW)
    school.deliver(NOW)
    text = file_of(school).read_bytes().decode()
    file_of(school).write_bytes(text.replace("END:VTODO", f"ATTENDEE:{HEAD}\r\nEND:VTODO").encode())
    assert school.pull("2026-11-12T10:00").reassigned == 1

    school.suspensions[0] |= {"start_date": "2026-11-16", "decided_at": "2026-11-13"}
    school.sync("2026-11-13T09:00")
    school.deliver("2026-11-13T09:05")
    words = words_of(school)
    assert next(task for task in school.tasks() if task["id"] == KEY)["due"] == "2026-11-13"
    assert "20261113" in words
    assert LEAD in words
    assert HEAD in words
    assert school.pull("2026-11-13T09:10").reassigned == 0


def test_one_person_chosen_under_an_earlier_version_keeps_the_task() -> None:
    choice = Choice.from_text("head@northwick.example")
    assert choice.people == ("head@northwick.example",)
    assert choice.stands(("new@northwick.example",))


def test_a_choice_is_kept_as_text_and_shows_no_address() -> None:
    choice = Choice(("head@northwick.example",), ("Lead@Northwick.example",))
    assert Choice.from_text(choice.to_text()) == choice
    assert "@" not in repr(choice)
    assert choice.stands(("lead@northwick.example",))
    assert not choice.stands(("new@northwick.example",))
