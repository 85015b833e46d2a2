"""The register in suspended sessions, and permanent exclusions."""

from __future__ import annotations

from pathlib import Path

from tests.drop_school import DropSchool, Row, suspension


def mark(day: str, half: str, code: str) -> Row:
    return {"pupil_id": "P1", "date": day, "session": half, "code": code}


def test_a_wrong_mark_becomes_a_task_and_closes_itself_when_it_is_put_right(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 6)]
    school.attendance = [mark("2026-11-12", "AM", "E"), mark("2026-11-12", "PM", "I")]
    school.sync("2026-11-12T16:00")
    assert school.due()["attendance-mismatch"] == ["2026-11-13"]
    school.sync("2026-11-13T16:00")
    assert school.due()["attendance-mismatch"] == ["2026-11-13"]
    school.attendance[1] = mark("2026-11-12", "PM", "E")
    school.sync("2026-11-13T17:00")
    assert "attendance-mismatch" not in school.due()
    assert school.due(state="done") == {"attendance-mismatch": ["2026-11-13"]}
    school.attendance.append(mark("2026-11-13", "AM", "/"))
    school.sync("2026-11-16T16:00")
    assert school.due()["attendance-mismatch"] == ["2026-11-17"]


def test_codes_of_a_closed_school_and_of_arranged_education_are_no_mismatch(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 14)]
    school.attendance = [
        mark("2026-11-12", "AM", "#"),
        mark("2026-11-13", "AM", "Y1"),
        mark("2026-11-19", "AM", "K"),
        mark("2026-11-20", "PM", "B"),
    ]
    school.sync("2026-11-20T16:00")
    assert "attendance-mismatch" not in school.due()
    school.attendance.append(mark("2026-11-18", "AM", "K"))
    school.sync("2026-11-20T17:00")
    assert school.due()["attendance-mismatch"] == ["2026-11-23"]


def test_a_permanent_exclusion_has_work_day_six_and_the_board_but_no_return(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", None, category="PERM", notice_received="2026-11-12")]
    school.sync("2026-11-12T09:00")
    due = school.due()
    assert due["set-work"] == ["2026-11-12", "2026-11-13", "2026-11-16", "2026-11-17", "2026-11-18"]
    assert due["day-six-education"] == ["2026-11-19 08:45"]
    assert due["day-six-details"] == ["2026-11-17 08:45"]
    assert (due["tell-board"], due["board-meeting"]) == (["2026-11-12"], ["2026-12-04"])
    temporary = {
        "reintegration-meeting",
        "share-plan",
        "check-in",
        "review",
        "attendance-check",
        "pupil-voice",
    }
    assert not temporary & set(due)


def test_a_permanent_exclusion_after_a_suspension_takes_the_return_from_the_run(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 6)]
    school.sync("2026-11-12T09:00")
    school.suspensions.append(suspension("S2", "2026-11-17", None, category="PERM", decided_at="2026-11-16"))
    school.sync("2026-11-16T12:00")
    assert not {"reintegration-meeting", "share-plan", "check-in", "review"} & set(school.due("RP-2026-0001"))
    second = school.due("RP-2026-0002")
    assert second["set-work"] == ["2026-11-17", "2026-11-18"]
    assert second["day-six-education"] == ["2026-11-19 08:45"]


def test_a_morning_only_suspension_returns_the_same_afternoon(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 1, start_session="AM")]
    school.sync("2026-11-12T08:50")
    due = school.due()
    assert due["reintegration-meeting"] == ["2026-11-12"]
    assert due["share-plan"] == ["2026-11-12 13:15"]
    assert due["check-in"] == ["2026-11-12", "2026-11-18"]


def test_the_written_notice_of_a_later_decision_is_due_with_the_decision(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 6, decided_at="2026-11-12T16:05")]
    school.sync("2026-11-12T16:30")
    assert school.due()["written-notice"] == ["2026-11-12 16:05"]
