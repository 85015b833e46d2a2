"""E7 (a) to (h): 5, 15 and 45 days in half days; cancelled, lengthened, and an exam lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from rp_connect.domain.suspension import LengthAnswer
from rp_connect.services.change_suspension import answer_length
from tests.drop_school import DropSchool, suspension

NOTICE = {"notice_received": "2026-11-12", "representations_at": "2026-11-13"}


def synced(school: DropSchool, now: str = "2026-11-12T09:00") -> dict[str, dict[str, list[str | None]]]:
    """What is open of each case, by the MIS's id of its suspension."""
    school.sync(now)
    cases = {str(t["source"]["id"]): str(t["case"]) for t in school.tasks()}
    return {record: school.due(case) for record, case in cases.items()}


def lunchtimes(count: int) -> list[dict[str, object]]:
    """School days from 7 September on, one lunchtime each, which this MIS reports as 0 sessions."""
    days = [f"2026-09-{day:02d}" for day in (7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 21)][:count]
    return [suspension(f"L{n:02d}", day, 0, category="LNCH") for n, day in enumerate(days, start=1)]


def test_five_days_exactly_do_not_go_to_the_board(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-09-07", 8), suspension("S2", "2026-11-12", 2, **NOTICE)]
    assert not {"tell-board", "board-meeting"} & set(synced(school)["S2"])


def test_five_and_a_half_days_do_and_representations_set_fifty_school_days(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-09-07", 9), suspension("S2", "2026-11-12", 2, **NOTICE)]
    due = synced(school)["S2"]
    assert due["tell-board"] == ["2026-11-12"]
    assert due["board-meeting"] == ["2027-02-08"]


def test_fifteen_and_a_half_days_must_be_considered_within_fifteen_school_days(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [
        suspension("S1", "2026-09-07", 30),
        suspension("S2", "2026-11-12", 1, notice_received="2026-11-12"),
    ]
    assert synced(school)["S2"]["board-meeting"] == ["2026-12-04"]


@pytest.mark.parametrize(("count", "told"), [(10, False), (11, True)])
def test_eleven_lunchtimes_go_to_the_board_and_ten_do_not(tmp_path: Path, count: int, told: bool) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = lunchtimes(count)
    assert ("tell-board" in synced(school, "2026-09-22T09:00")[f"L{count:02d}"]) is told


def test_a_lunchtime_makes_only_the_tasks_of_a_lunchtime(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = lunchtimes(1)
    assert set(synced(school, "2026-09-07T09:00")["L01"]) == {
        "tell-parent",
        "written-notice",
        "tell-la",
        "suitability-screen",
    }


def test_a_suspension_past_45_days_in_the_year_alerts_the_head_and_sets_no_other_task(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-09-07", 88), suspension("S2", "2027-01-11", 4)]
    due = synced(school, "2027-01-11T09:00")
    assert due["S2"] == {"over-45-days": ["2027-01-11"]}


def test_a_suspension_over_christmas_is_split_between_the_terms(tmp_path: Path) -> None:
    """3 days in autumn, 2 in spring: neither term passes 5 until 2.5 days more come in spring… and 3.5 do."""
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-12-16", 10), suspension("S2", "2027-01-18", 6)]
    assert "tell-board" not in synced(school, "2027-01-18T09:00")["S2"]
    school.suspensions[1]["sessions"] = 7
    school.folder = tmp_path / "again"
    school.__post_init__()
    assert "tell-board" in synced(school, "2027-01-18T09:00")["S2"]


def test_a_cancelled_suspension_closes_its_tasks_and_asks_for_written_reasons(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 6)]
    school.sync("2026-11-12T09:00")
    open_before = {t["id"] for t in school.tasks()}
    school.suspensions[0]["cancelled_at"] = "2026-11-13"
    school.sync("2026-11-13T10:00")
    assert school.due() == {
        "cancelled-tell-parent": ["2026-11-13"],
        "cancelled-tell-board": ["2026-11-13"],
        "cancelled-tell-la": ["2026-11-13"],
        "reinstate": ["2026-11-13"],
    }
    assert {t["id"] for t in school.tasks() if t["state"] == "cancelled"} == open_before


@pytest.mark.parametrize(("counts", "told"), [("true", True), ("false", False)])
def test_the_day_served_before_a_cancellation_stays_in_the_counters(
    tmp_path: Path, counts: str, told: bool
) -> None:
    """1.0 day served and 4.5 more are over 5.0; whether served days of a cancelled one count is a setting."""
    school = DropSchool(tmp_path, more=f"cancelled_sessions_count = {counts}")
    school.suspensions = [
        suspension("S1", "2026-11-12", 6, cancelled_at="2026-11-13"),
        suspension("S2", "2026-11-23", 9),
    ]
    assert ("tell-board" in synced(school, "2026-11-23T09:00")["S2"]) is told


def lengthened(tmp_path: Path) -> DropSchool:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 6)]
    school.sync("2026-11-12T09:00")
    school.suspensions[0]["sessions"] = 8
    school.sync("2026-11-13T09:00")
    return school


def test_a_lengthened_suspension_is_not_applied_but_asked_about(tmp_path: Path) -> None:
    school = lengthened(tmp_path)
    due = school.due()
    assert due["dates-changed"] == ["2026-11-16"]
    assert due["reintegration-meeting"] == ["2026-11-16"]
    assert len(due["set-work"]) == 3


def test_the_question_is_asked_once_for_each_reported_value(tmp_path: Path) -> None:
    school = lengthened(tmp_path)
    school.sync("2026-11-16T09:00", full=True)
    assert school.due()["dates-changed"] == ["2026-11-16"]
    school.suspensions[0]["sessions"] = 6
    school.sync("2026-11-16T10:00")
    assert "dates-changed" not in school.due()
    school.suspensions[0]["sessions"] = 10
    school.sync("2026-11-16T11:00")
    assert school.due()["dates-changed"] == ["2026-11-17"]
    assert [t["id"] for t in school.tasks() if t["duty"] == "dates-changed"] == [
        "RP-2026-0001.dates-changed.1",
        "RP-2026-0001.dates-changed.2",
    ]


@pytest.mark.parametrize(("said", "work_days"), [(LengthAnswer.CORRECTION, 4), (LengthAnswer.FURTHER, 3)])
def test_the_answer_settles_the_question_and_decides_which_dates_count(
    tmp_path: Path, said: LengthAnswer, work_days: int
) -> None:
    school = lengthened(tmp_path)
    office = school.office("2026-11-13T11:00")
    answer_length(office, "RP-2026-0001", said, "head@northwick.example")
    office.store.close()
    assert len(school.due()["set-work"]) == work_days
    assert "dates-changed" not in school.due()
    assert "dates-changed" in school.due(state="done")
    school.sync("2026-11-16T09:00", full=True)
    assert len(school.due()["set-work"]) == work_days


def test_an_exam_lost_asks_the_board_to_meet_before_it(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 2, exam_date="2026-11-20")]
    due = synced(school)["S1"]
    assert due["tell-board"] == ["2026-11-12"]
    assert due["board-meeting"] == ["2026-11-19"]


def test_a_safeguarding_separation_or_an_internal_exclusion_opens_no_case(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [
        suspension("S1", "2026-11-12", 6, category="Safeguarding separation"),
        suspension("S2", "2026-11-12", 6, category="INTX"),
    ]
    report = school.sync("2026-11-12T09:00")
    assert (report.cases_opened, report.refused, school.tasks()) == (0, 0, [])
