"""E8: the tasks of a pupil with a social worker, looked after, with an EHC plan; and flags that come late."""

from __future__ import annotations

from pathlib import Path

from tests.drop_school import DropSchool, pupil, suspension
from tests.scenarios.test_e5_three_day_suspension import EXPECTED, NOW

FLAGS = {"social_worker": "Y", "looked_after": "Y", "ehcp": "Y"}
FLAGGED = {
    "tell-social-worker": ["2026-11-12"],
    "tell-virtual-school": ["2026-11-12"],
    "dsl-screen": ["2026-11-12"],
    "consider-pep-review": ["2026-11-19"],
    "consider-ehc-review": ["2026-11-19"],
}


def test_a_vulnerable_pupil_gets_the_notices_and_the_considerations(tmp_path: Path) -> None:
    school = DropSchool(tmp_path, pupils=[pupil("P1", **FLAGS)])
    school.suspensions = [suspension("S-17", "2026-11-12", 6, decided_at="2026-11-12T09:10")]
    school.sync(NOW)
    assert school.due() == EXPECTED | FLAGGED
    assert set(school.notes().values()) == {None}


def test_a_flag_that_is_set_later_brings_its_task_within_one_sync_and_calls_it_late(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S-17", "2026-11-12", 6, decided_at="2026-11-12T09:10")]
    school.sync(NOW)
    before = school.tasks()
    school.pupils = [pupil("P1", social_worker="Y")]
    report = school.sync("2026-11-12T14:00")
    after = school.tasks()
    new = [t for t in after if t["id"] not in {b["id"] for b in before}]
    assert [(t["duty"], t["due"], t["due_note"]) for t in new] == [
        ("dsl-screen", "2026-11-12", "late information"),
        ("tell-social-worker", "2026-11-12", "late information"),
    ]
    assert [t for t in after if t not in new] == before
    assert (report.cases_amended, report.tasks_created) == (1, 2)


def test_a_flag_that_is_taken_back_cancels_its_open_task_only(tmp_path: Path) -> None:
    school = DropSchool(tmp_path, pupils=[pupil("P1", looked_after="Y")])
    school.suspensions = [suspension("S-17", "2026-11-12", 6, decided_at="2026-11-12T09:10")]
    school.sync(NOW)
    school.pupils = [pupil("P1", looked_after="N")]
    school.sync("2026-11-12T14:00")
    assert school.due() == EXPECTED
    assert set(school.due(state="cancelled")) == {"tell-virtual-school", "dsl-screen", "consider-pep-review"}
