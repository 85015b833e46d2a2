"""Records in any order: what arrives late recounts what came after it, and says that it is late."""

from __future__ import annotations

from pathlib import Path

from tests.drop_school import DropSchool, pupil, suspension

LATE = "late information"


def test_an_earlier_suspension_that_arrives_late_takes_the_later_one_to_the_board(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    later = suspension("S2", "2026-11-12", 4, notice_received="2026-11-12", representations_at="2026-11-12")
    school.suspensions = [later]
    school.sync("2026-11-12T09:00")
    assert "tell-board" not in school.due()
    school.suspensions = [suspension("S1", "2026-09-07", 8), later]
    school.sync("2026-11-12T11:00")
    due, notes = school.due(), school.notes()
    assert (due["tell-board"], due["board-meeting"]) == (["2026-11-12"], ["2027-02-08"])
    assert notes["RP-2026-0001.tell-board.1"] == notes["RP-2026-0001.board-meeting.1"] == LATE
    assert notes["RP-2026-0001.set-work.1"] is None


def test_what_had_lapsed_is_cancelled_and_comes_back_under_its_id(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-09-07", 8), suspension("S2", "2026-11-12", 4)]
    school.sync("2026-11-12T09:00")
    board = [t for t in school.tasks() if t["duty"] == "tell-board"]
    school.suspensions[0]["sessions"] = 2
    school.sync("2026-11-12T10:00")
    assert [t["state"] for t in school.tasks() if t["duty"] == "tell-board"] == ["cancelled"]
    school.suspensions.append(suspension("S0", "2026-10-05", 6))
    school.sync("2026-11-12T11:00")
    again = [t for t in school.tasks() if t["duty"] == "tell-board" and t["case"] == board[0]["case"]]
    assert again == board


def test_tasks_of_a_suspension_that_is_entered_days_later_keep_their_own_dates(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-09", 6)]
    school.sync("2026-11-12T09:00")
    assert school.due()["tell-parent"] == ["2026-11-09"]
    notes = school.notes()
    assert notes["RP-2026-0001.tell-parent.1"] == notes["RP-2026-0001.reintegration-meeting.1"] == LATE
    assert notes["RP-2026-0001.check-in.2"] is None


def test_before_going_live_only_what_is_still_to_come_becomes_a_task(tmp_path: Path) -> None:
    school = DropSchool(tmp_path, live_from="2026-11-12")
    school.suspensions = [
        suspension("S1", "2026-09-07", 8),
        suspension("S2", "2026-11-10", 6),
        suspension("S3", "2026-11-10", 2, pupil_id="P2"),
    ]
    report = school.sync("2026-11-12T09:00")
    assert report.cases_opened == 1
    assert {t["source"]["id"] for t in school.tasks()} == {"S2"}
    dated = [due for dues in school.due().values() for due in dues if due]
    assert min(dated) >= "2026-11-12"
    assert "tell-board" not in school.due()


def test_suspensions_from_before_going_live_count_towards_the_totals(tmp_path: Path) -> None:
    school = DropSchool(tmp_path, live_from="2026-11-12")
    school.suspensions = [suspension("S1", "2026-09-07", 8), suspension("S2", "2026-11-12", 3)]
    school.sync("2026-11-12T09:00")
    assert school.due()["tell-board"] == ["2026-11-12"]


def test_a_suspension_of_a_pupil_who_is_not_known_yet_waits_for_them(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 6, pupil_id="P9")]
    assert (school.sync("2026-11-12T09:00").refused, school.tasks()) == (1, [])
    assert school.sync("2026-11-12T09:30").refused == 1
    school.pupils = [*school.pupils, pupil("P9")]
    report = school.sync("2026-11-12T10:00")
    assert (report.refused, report.cases_opened) == (0, 1)


def test_a_row_that_disappears_is_no_deletion(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 6), suspension("S2", "2026-11-12", 2, pupil_id="P2")]
    school.sync("2026-11-12T09:00")
    before = school.tasks()
    school.suspensions = school.suspensions[:1]
    school.sync("2026-11-12T10:00")
    assert school.tasks() == before


def test_a_file_that_shrinks_suddenly_is_held_until_a_person_accepts_it(tmp_path: Path) -> None:
    school = DropSchool(tmp_path, pupils=[pupil(f"P{n}") for n in range(1, 101)])
    school.sync("2026-11-12T09:00")
    school.pupils = [pupil(f"P{n}", social_worker="Y") for n in range(1, 70)]
    school.suspensions = [suspension("S1", "2026-11-12", 6)]
    held = school.sync("2026-11-12T10:00")
    assert len(held.held) == 1
    assert "tell-social-worker" not in school.due()
    accepted = school.sync("2026-11-12T11:00", accept=["pupils.csv"])
    assert accepted.held == []
    assert school.due()["tell-social-worker"] == ["2026-11-12"]
