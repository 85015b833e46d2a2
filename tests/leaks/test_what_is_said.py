"""No name, address, birth date or story of anybody is said, logged, queued or used as a file's name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from starlette.testclient import TestClient

from rp_connect.web import make_app
from rp_connect.wiring.office import build_office
from tests.cli.installation import spawn
from tests.leaks.canaries import (
    CANARIES,
    NOW,
    PEOPLE,
    SHOWN,
    STORIES,
    canary_school,
    file_names,
    leaks,
    write,
)
from tests.leaks.conftest import Trail
from tests.leaks.program import Program

PERSONAL_COLUMNS = {
    "pupils": {"upn", "given_name", "family_name", "preferred_name", "date_of_birth", "key_adult_email"},
    "staff": {"email", "given_name", "family_name"},
    "incidents": {"location", "description"},
    "involvements": {"action", "status"},
    "meetings": {"invited"},
    "outcomes": {"note"},
}
"""Where a canary may stand in the store. Everywhere else it is a leak."""


def found(program: Program) -> list[tuple[str, list[str]]]:
    return [(where, leaks(text)) for where, text in program.said if leaks(text)]


def test_no_command_and_no_log_says_anything_about_a_person(trail: Trail) -> None:
    assert found(trail.program) == []


def test_every_command_was_really_run_and_refusals_were_really_made(trail: Trail) -> None:
    answers = {" ".join(words): answer for words, answer in trail.program.answers}
    assert answers["sync"].code == 3
    assert {code for code in (a.code for a in answers.values())} == {0, 2, 3}
    refused = json.loads(answers["refused --json"].out)
    assert {r["key"] for r in refused if r["kind"] == "suspension"} >= {"S4", "S5", "S6"}
    assert len(refused) >= 15
    assert any("rp_file_drop" in text for text in trail.program.records.texts)
    assert len(json.loads(answers["case list --json"].out)) == 3


def test_no_fault_shows_a_traceback(trail: Trail) -> None:
    for words, answer in trail.program.answers:
        assert "Traceback" not in answer.out + answer.err, words
        assert answer.code == 0 or answer.err.strip() or answer.out.strip(), words


def test_no_file_or_folder_is_named_after_anybody(trail: Trail) -> None:
    names = file_names(trail.folder)
    assert any(name.endswith(".docx") for name in names)
    assert [name for name in names if leaks(name)] == []


def test_the_store_has_canaries_in_its_personal_columns_only(trail: Trail) -> None:
    store = sqlite3.connect(trail.folder / "rp-connect.db")
    tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    leaked: set[tuple[str, str]] = set()
    kept: set[tuple[str, str]] = set()
    for table in tables:
        rows = store.execute(f"SELECT * FROM {table}")  # noqa: S608 - the names come from the database
        columns = [column[0] for column in rows.description]
        for column, value in ((c, str(v)) for row in rows for c, v in zip(columns, row, strict=True)):
            if leaks(value):
                (kept if column in PERSONAL_COLUMNS.get(table, ()) else leaked).add((table, column))
    store.close()
    assert leaked == set()
    assert kept == {(table, column) for table, columns in PERSONAL_COLUMNS.items() for column in columns}


def test_tasks_and_meetings_in_the_workspace_name_nobody(trail: Trail) -> None:
    """Of a meeting's file only the addresses of those invited may show who it is about."""
    files = sorted((trail.folder / "workspace").rglob("*.ics"))
    assert {file.parent.name for file in files} == {"tasks", "meetings"}
    for file in files:
        text = file.read_text(encoding="utf-8").replace("\r\n ", "").replace("\n ", "")
        allowed = {"canary.parent"} if file.parent.name == "meetings" else set()
        assert set(leaks(text)) <= allowed, file.name


def test_each_name_did_reach_the_sheet_of_its_case_and_the_page_of_its_case(trail: Trail) -> None:
    office = build_office(trail.folder / "rp-connect.toml", now=NOW)
    try:
        with TestClient(make_app(office, port=8765), base_url="http://127.0.0.1:8765") as browser:
            for ref, pupil in {"RP-2026-0001": "P1", "RP-2026-0002": "P2", "RP-2026-0003": "P2"}.items():
                sheet = docx.Document(str(trail.folder / "workspace" / "records" / f"{ref}.docx"))
                cells = [cell.text for table in sheet.tables for row in table.rows for cell in row.cells]
                assert SHOWN[pupil] in "\n".join([*cells, *(p.text for p in sheet.paragraphs)])
                assert SHOWN[pupil] in browser.get(f"/cases/{ref}").text
    finally:
        office.store.close()


def test_the_api_and_addresses_that_do_not_exist_name_nobody(trail: Trail) -> None:
    office = build_office(trail.folder / "rp-connect.toml", now=NOW)
    try:
        with TestClient(make_app(office, port=8765), base_url="http://127.0.0.1:8765") as browser:
            for path in (
                "/api/cases",
                "/api/tasks",
                "/api/cases/RP-2026-0001",
                "/health",
                "/api/cases/RP-1999-0001",
            ):
                assert leaks(browser.get(path).text) == [], path
    finally:
        office.store.close()


@pytest.mark.parametrize(
    "trouble", ["workspace is a file", "store is damaged", "store has no folder", "drop is a file"]
)
def test_no_fault_of_a_disk_or_a_store_brings_a_name_to_light(
    tmp_path: Path, program: Callable[[Path], Program], trouble: str
) -> None:
    school = canary_school(tmp_path)
    write(school)
    here = program(tmp_path / "rp-connect.toml")
    here.run("sync")
    if trouble == "workspace is a file":
        (tmp_path / "workspace").write_text("Mortlock", encoding="utf-8")
    elif trouble == "drop is a file":
        (tmp_path / "drop").rename(tmp_path / "elsewhere")
        (tmp_path / "drop").write_text("Mortlock", encoding="utf-8")
    elif trouble == "store is damaged":
        for file in tmp_path.glob("rp-connect.db*"):
            file.write_bytes(b"Mortlock" * 4096)
    else:
        config = tmp_path / "rp-connect.toml"
        config.write_text(
            config.read_text().replace("sqlite:///rp-connect.db", "sqlite:///gone/rp-connect.db")
        )
    codes = {
        here.run(*words.split()).code
        for words in ("sync", "deliver", "pull", "check", "task list", "setup local")
    }
    assert codes & {1, 2}
    assert found(here) == []


def test_the_program_at_a_real_terminal_says_nothing_about_a_person_either(tmp_path: Path) -> None:
    write(canary_school(tmp_path))
    answer = spawn("--now", NOW, "--verbose", "sync", folder=tmp_path)
    assert answer.code == 3
    assert leaks(answer.out + answer.err) == []


def test_verbose_says_more_on_stderr(tmp_path: Path) -> None:
    write(canary_school(tmp_path))
    answer = spawn("--now", NOW, "--verbose", "sync", folder=tmp_path)
    assert "info: rp_file_drop" in answer.err


def test_the_canaries_are_words_that_nothing_else_here_uses(tmp_path: Path) -> None:
    """What the search would find in our own sources would be no leak, and what it cannot find no canary."""
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for root in ("rp_connect", "plugins")
        for path in Path(root).rglob("*.py")
    )
    assert leaks(sources, [*PEOPLE, *STORIES]) == []
    write(canary_school(tmp_path))
    given = "\n".join(path.read_text(encoding="utf-8") for path in (tmp_path / "drop").iterdir())
    assert set(leaks(given)) >= set(CANARIES) - {
        "canary.parent",
        "17 Mar 1987",
        "19870317",
        "(1987, 3, 17)",
        "1987, 3, 17",
    }
