"""E6 (a) to (f): suspensions over half-term, INSET and holidays, and the sixth school day."""

from __future__ import annotations

from pathlib import Path

from tests.drop_school import CAL_A, DropSchool, suspension


def test_a_suspension_over_half_term_goes_on_after_it(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-10-22", 6)]
    school.sync("2026-10-22T09:00")
    due = school.due()
    assert due["set-work"] == ["2026-10-22", "2026-10-23", "2026-11-02"]
    assert due["share-plan"] == ["2026-11-03 08:45"]
    assert due["check-in"] == ["2026-11-03", "2026-11-09"]
    assert due["review"] == ["2026-11-17", "2026-12-15", "2027-01-26"]


def test_the_sixth_school_day_skips_inset_and_its_details_come_48_hours_before(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-26", 12)]
    school.sync("2026-11-26T09:00")
    due = school.due()
    assert due["set-work"] == ["2026-11-26", "2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03"]
    assert due["day-six-education"] == ["2026-12-04 08:45"]
    assert due["day-six-details"] == ["2026-12-02 08:45"]
    assert due["share-plan"] == ["2026-12-07 08:45"]


def test_details_that_would_fall_in_the_holidays_roll_back_to_the_end_of_term(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-12-14", 16)]
    school.sync("2026-12-14T09:00")
    due = school.due()
    assert due["day-six-education"] == ["2027-01-05 08:45"]
    assert due["day-six-details"] == ["2026-12-18 15:15"]
    assert due["share-plan"] == ["2027-01-08 08:45"]


def test_two_suspensions_back_to_back_reach_day_six_when_the_second_is_recorded(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-30", 6)]
    school.sync("2026-11-30T09:00")
    assert "day-six-education" not in school.due()
    school.suspensions.append(suspension("S2", "2026-12-03", 6, decided_at="2026-12-02T14:00"))
    school.sync("2026-12-02T14:10")
    first, second = school.due("RP-2026-0001"), school.due("RP-2026-0002")
    assert second["day-six-education"] == ["2026-12-07 08:45"]
    assert second["day-six-details"] == ["2026-12-04 15:15"]
    assert second["set-work"] == ["2026-12-03", "2026-12-04"]
    assert second["reintegration-meeting"] == ["2026-12-07"]
    assert not {"reintegration-meeting", "share-plan", "check-in", "review"} & set(first)


def test_the_return_tasks_come_back_under_their_ids_when_the_second_is_cancelled(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-30", 6)]
    school.sync("2026-11-30T09:00")
    before = {t["id"]: t["due"] for t in school.tasks()}
    school.suspensions.append(suspension("S2", "2026-12-03", 6, decided_at="2026-12-02"))
    school.sync("2026-12-02T14:10")
    school.suspensions[1]["cancelled_at"] = "2026-12-02"
    school.sync("2026-12-02T15:00")
    after = {
        t["id"]: t["due"] for t in school.tasks() if t["case"] == "RP-2026-0001" and t["state"] == "open"
    }
    assert after == before


def test_the_sixth_day_over_easter(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2027-03-22", 12)]
    school.sync("2027-03-22T09:00")
    assert school.due("RP-2027-0001")["day-six-education"] == ["2027-04-14 08:45"]


def test_a_review_beyond_the_loaded_calendar_has_no_date_and_says_so(tmp_path: Path) -> None:
    school = DropSchool(tmp_path, calendar=CAL_A[:1] + CAL_A[3:4])
    school.suspensions = [suspension("S1", "2026-11-12", 6)]
    school.sync("2026-11-12T09:00")
    assert school.due()["review"] == ["2026-12-01", None, None]
    notes = school.notes()
    assert notes["RP-2026-0001.review.2"] == notes["RP-2026-0001.review.3"] == "calendar missing"


def test_a_longer_calendar_gives_the_waiting_reviews_their_dates(tmp_path: Path) -> None:
    school = DropSchool(tmp_path, calendar=CAL_A[:1] + CAL_A[3:4])
    school.suspensions = [suspension("S1", "2026-11-12", 6)]
    school.sync("2026-11-12T09:00")
    school.calendar = CAL_A
    school.sync("2026-11-12T10:00")
    assert school.due()["review"] == ["2026-12-01", "2027-01-05", "2027-02-09"]
    assert school.notes()["RP-2026-0001.review.3"] is None
