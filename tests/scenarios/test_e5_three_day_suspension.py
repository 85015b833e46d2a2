"""E5: a three-day suspension from Thursday 12 November 2026, and the same record again and again."""

from __future__ import annotations

from pathlib import Path

from tests.drop_school import DropSchool, suspension

NOW = "2026-11-12T09:40"

EXPECTED = {
    "tell-parent": ["2026-11-12"],
    "written-notice": ["2026-11-12 15:15"],
    "tell-la": ["2026-11-12"],
    "set-work": ["2026-11-12", "2026-11-13", "2026-11-16"],
    "attendance-check": ["2026-11-16"],
    "equality-screen": ["2026-11-13"],
    "pupil-voice": ["2026-11-13"],
    "suitability-screen": ["2026-11-13"],
    "invite-reintegration": ["2026-11-13"],
    "reintegration-meeting": ["2026-11-16"],
    "share-plan": ["2026-11-17 08:45"],
    "check-in": ["2026-11-17", "2026-11-23"],
    "review": ["2026-12-01", "2027-01-05", "2027-02-09"],
}


def school_with_e5(folder: Path) -> DropSchool:
    school = DropSchool(folder)
    school.suspensions = [suspension("S-17", "2026-11-12", 6, decided_at="2026-11-12T09:10")]
    return school


def test_a_three_day_suspension_gets_every_task_with_its_date(tmp_path: Path) -> None:
    school = school_with_e5(tmp_path)
    report = school.sync(NOW)
    assert school.due() == EXPECTED
    assert (report.cases_opened, report.tasks_created, report.refused) == (1, 18, 0)


def test_the_board_and_the_social_worker_are_not_bothered_without_need(tmp_path: Path) -> None:
    school = school_with_e5(tmp_path)
    school.sync(NOW)
    assert not {
        "tell-board",
        "board-meeting",
        "tell-social-worker",
        "tell-virtual-school",
        "dsl-screen",
    } & set(school.due())


def test_no_task_of_the_day_is_called_late(tmp_path: Path) -> None:
    school = school_with_e5(tmp_path)
    school.sync(NOW)
    assert set(school.notes().values()) == {None}


def test_the_same_record_five_times_creates_nothing_new(tmp_path: Path) -> None:
    school = school_with_e5(tmp_path)
    school.sync(NOW)
    first = school.tasks()
    again = [school.sync(NOW, full=True) for _ in range(4)]
    assert school.tasks() == first
    assert [(r.cases_opened, r.cases_amended, r.tasks_created, r.tasks_cancelled) for r in again] == [
        (0, 0, 0, 0)
    ] * 4


def test_a_person_harmed_in_the_linked_incident_is_contacted(tmp_path: Path) -> None:
    school = school_with_e5(tmp_path)
    school.incidents = [
        incident("P1", "responsible"),
        incident("P2", "harmed"),
    ]
    school.suspensions[0]["incident_id"] = "I-1"
    school.sync(NOW)
    assert school.due()["contact-harmed"] == ["2026-11-13"]


def incident(pupil_id: str, role: str) -> dict[str, object]:
    return {
        "incident_id": "I-1",
        "occurred_at": "2026-11-11T12:30",
        "type": "fight",
        "pupil_id": pupil_id,
        "role": role,
    }
