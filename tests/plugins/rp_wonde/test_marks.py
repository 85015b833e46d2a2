"""Single marks through Wonde: as a person chose them, from the command line to the school's register."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Half
from rp_connect.errors import ConfigError, TryLaterError, UnclearError, UnsupportedError
from rp_connect.ports.mis import MisSettings
from rp_connect.ports.register import MarkPlace
from rp_wonde.mark_writing import WondeRegister
from rp_wonde.settings import WondeSettings
from tests.cli.installation import CALENDAR, Installation
from tests.plugins.rp_wonde.conftest import Secrets
from tests.plugins.rp_wonde.test_webhooks import CONFIG
from tests.plugins.rp_wonde.vendor import TOKEN, LoopbackWonde, Reply, WondeSchool
from tests.plugins.rp_wonde.wonde_rows import exclusion, mark, php, student

MONDAY = date(2026, 11, 9)
PLACE = MarkPlace("upi-A1", MONDAY, Half.AM)
CHOSEN = Mark(*PLACE, "E")
Registers = Callable[[], WondeRegister]


@pytest.fixture
def school(school: WondeSchool) -> WondeSchool:
    """Two pupils, present on Monday; their marks were entered last week."""
    school.put("students", student("A1"), student("A2"))
    then = datetime.now(UTC) - timedelta(days=5)
    for who in ("A1", "A2"):
        school.put("attendance/session", mark(f"M{who}", who, MONDAY), changed=then)
    return school


@pytest.fixture
def registers(wonde: LoopbackWonde, tmp_path: Path) -> Registers:
    """Each call gives another one, as after a restart."""
    table = {"school_id": "A100", "token": "env:TOKEN", "base_url": wonde.url, "timeout_s": 5, "retries": 0}
    own = WondeSettings.model_validate(table)
    zone = ZoneInfo("Europe/London")
    return lambda: WondeRegister(MisSettings("northwick", "", zone, tmp_path, tmp_path, own, Secrets()))


def posts(school: WondeSchool) -> list[Any]:
    return [json.loads(request.body) for request in school.requests if request.method == "POST"]


def lately() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)


def held(school: WondeSchool, who: str = "A1") -> list[str]:
    return [row["attendance_code"] for row in school.rows["attendance/session"] if row["student"] == who]


def test_one_mark_is_one_record_with_the_schools_own_id_of_the_code(school, registers: Registers) -> None:
    registers().write(CHOSEN)

    assert posts(school) == [
        {
            "attendance": [
                {
                    "date": "2026-11-09",
                    "session": "AM",
                    "student_id": "A1",
                    "attendance_code_id": "P3",
                }
            ]
        }
    ]
    assert (held(school), held(school, "A2")) == (["P3"], ["P1"])


@pytest.mark.parametrize("words", [["pending", "queued", "Completed"], ["PROCESSED"], ["done"]])
def test_a_mark_is_followed_to_its_end(school, registers: Registers, words: list[str]) -> None:
    school.course = words
    registers().write(CHOSEN)
    assert len(posts(school)) == 1


@pytest.mark.parametrize("word", ["failed", "Rejected by MIS", "not written"])
def test_a_mark_that_the_mis_refused_is_a_matter_for_a_person(school, registers, word: str) -> None:
    school.course = [word]
    with pytest.raises(ConfigError, match="did not take the mark"):
        registers().write(CHOSEN)


def test_a_mark_that_is_on_its_way_is_told_so_until_it_stands_there(school, registers) -> None:
    school.course = ["who knows"]
    register = registers()
    with pytest.raises(UnclearError, match="W1"):
        register.write(CHOSEN)
    waiting = register.read([PLACE], lately())[PLACE]
    assert isinstance(waiting, TryLaterError)
    assert waiting.retry_after

    school.carry_out("W1")
    assert register.read([PLACE], lately()) == {PLACE: "E"}


def test_a_mark_that_ended_badly_after_all_is_not_said_to_stand_there(school, registers) -> None:
    school.course = ["who knows"]
    register = registers()
    with pytest.raises(UnclearError):
        register.write(CHOSEN)
    school.writebacks["W1"] = ["failed"]
    assert register.read([PLACE], lately()) == {}


def test_only_what_changed_lately_is_read(school, registers) -> None:
    assert registers().read([PLACE], lately()) == {}
    assert registers().read([PLACE], lately() - timedelta(days=9)) == {PLACE: "/"}


def test_a_mark_that_was_taken_away_is_read_as_none(school, registers) -> None:
    school.put("attendance/session", {**mark("MA1", "A1", MONDAY), "attendance_code": None})
    assert registers().read([PLACE], lately()) == {PLACE: ""}


def test_a_mark_that_nobody_can_read_is_nothing_that_a_person_saw(school, registers) -> None:
    school.put("attendance/session", mark("MA1", "A1", MONDAY, code="P404"))
    assert registers().read([PLACE], lately()) == {PLACE: "?"}


def test_rows_of_others_and_rows_that_say_nothing_are_passed_over(school, registers) -> None:
    school.put("attendance/session", mark("MA2", "A2", MONDAY, code="P3"))
    school.put("attendance/session", {**mark("MX", "A1", MONDAY), "date": php(None), "session": "AM"})
    school.put("attendance/session", {**mark("MY", "A1", MONDAY), "session": "EVE"})
    assert registers().read([PLACE], lately()) == {}


def test_letters_that_two_codes_bear_are_not_written(school, registers) -> None:
    school.put("attendance-codes", {"id": "P77", "code": "e", "description": "Elsewhere", "type": ""})
    assert "E" not in registers().codes()
    with pytest.raises(ConfigError, match="no attendance code"):
        registers().write(CHOSEN)
    assert posts(school) == []


def test_a_school_that_takes_no_write_backs_has_its_office_change_the_mark(school, registers) -> None:
    school.allows_writeback = False
    for ask in (registers().codes, lambda: registers().write(CHOSEN)):
        with pytest.raises(UnsupportedError, match="office changes the mark"):
            ask()
    assert posts(school) == []


# ------------------------------------------------------------------ the whole way


@pytest.fixture
def program(wonde: LoopbackWonde, school: WondeSchool, tmp_path: Path) -> Callable[..., Any]:
    """The real program on Wonde; Ada (A1) is suspended from Monday to Wednesday."""
    (tmp_path / "calendar.csv").write_text(CALENDAR, encoding="utf-8")
    (tmp_path / "rp-connect.toml").write_text(CONFIG.format(url=wonde.url), encoding="utf-8")
    days = {"start_date": php(MONDAY), "end_date": php(date(2026, 11, 11)), "sessions": 6}
    school.put("exclusions", exclusion("X1", "A1", **days))
    school.put("attendance/session", mark("MA1p", "A1", MONDAY, "PM", "P2"))
    secrets = {"WONDE_TOKEN": TOKEN, "WONDE_WEBHOOK": "k3y-of-the-webhook_0123456789abcdefXYZ"}
    return lambda *words: Installation(tmp_path).run(*words, now="2026-11-12T10:00", **secrets)


def test_from_the_command_line_to_the_register_and_back(school, program) -> None:
    program("sync")
    before = program("case", "marks", "RP-2026-0001", "--json").json
    assert [(one["day"], one["session"], one["held"], one["right"]) for one in before["marks"]] == [
        ("2026-11-09", "AM", "/", ["E"]),
        ("2026-11-09", "PM", "\\", ["E"]),
    ]
    assert (before["can_write"], before["sessions"], posts(school)) == (True, 6, [])

    chosen = program("case", "marks", "RP-2026-0001", "--write", "2026-11-09/AM=e", "2026-11-09/PM=E")
    assert (chosen.code, posts(school)) == (0, [])
    assert "2026-11-09/AM=E  the next deliver writes it" in chosen.out
    assert program("deliver").code == 0
    assert held(school) == ["P3", "P3"]

    program("sync")
    after = program("case", "marks", "RP-2026-0001")
    assert "no mark in 6 suspended sessions asks to be looked at" in after.out
    tasks = program("task", "list", "--case", "RP-2026-0001", "--state", "done", "--json").json
    assert "attendance-mismatch" in [task["duty"] for task in tasks]
    assert len(posts(school)) == 2


def test_the_same_choice_twice_is_one_write(school, program) -> None:
    program("sync")
    for _ in range(2):
        program("case", "marks", "RP-2026-0001", "--write", "2026-11-09/AM=E")
        program("case", "marks", "RP-2026-0001", "--write", "2026-11-09/AM=E")
        program("deliver")
    assert len(posts(school)) == 1


def test_a_lost_answer_is_looked_for_before_the_mark_is_written_again(
    school, program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rp_connect.services.lane_turn.SETTLES_AFTER_S", 0.0)
    program("sync")
    program("case", "marks", "RP-2026-0001", "--write", "2026-11-09/AM=E")
    answered = school.reply

    def reply(request):
        found = answered(request)
        if request.method != "POST":
            return found
        school.carry_out(next(iter(school.waiting)))
        return Reply(504, b"<html>")

    school.reply = reply
    program("deliver")
    school.reply = answered
    ended = program("deliver", "--json").json
    assert (ended["waiting"], ended["parked"]) == (0, 0)
    assert (len(posts(school)), held(school)) == (1, ["P2", "P3"])


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("2026-11-12/AM=E", "no half day of the suspension"),
        ("2026-11-09/AM=D", "no attendance code “D”"),
        ("2026-11-09/AM", "needs a day, a session and a code"),
        ("2026-13-09/AM=E", "needs a day, a session and a code"),
    ],
)
def test_what_cannot_be_written_is_refused_in_a_sentence(school, program, word: str, told: str) -> None:
    program("sync")
    answer = program("case", "marks", "RP-2026-0001", "--write", word)
    assert answer.code == 2
    assert told in answer.err
    program("deliver")
    assert posts(school) == []


def test_a_session_cannot_be_given_two_codes(school, program) -> None:
    program("sync")
    answer = program("case", "marks", "RP-2026-0001", "--write", "2026-11-09/AM=E", "2026-11-09/AM=B")
    assert (answer.code, "two codes" in answer.err) == (2, True)


def test_sessions_without_write_before_them_are_not_taken_for_a_wish(school, program) -> None:
    program("sync")
    answer = program("case", "marks", "RP-2026-0001", "2026-11-09/AM=E")
    assert (answer.code, "--write stands before" in answer.err) == (2, True)
