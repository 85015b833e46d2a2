"""A preview says what a sync would do. On PostgreSQL nobody waits for it, however slowly the MIS is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from rp_connect.services.sync_report import Progress, SchoolSync
from tests.drop_school import DropSchool, suspension
from tests.faults.killing import NOW, rich_school

LATER = "2026-11-12T15:00"


@dataclass
class Meanwhile(Progress):
    """Somebody else does something when the marks have been stored but the reading has not ended."""

    act: Callable[[], object]
    reading: str = ""

    def begin(self, label: str, total: int) -> None:
        self.reading = label

    def advance(self, count: int) -> None:
        if "attendance" in self.reading:
            self.act()


def told(report: SchoolSync) -> dict[str, object]:
    """What it does or would do; a preview reads more, and takes its own time."""
    return {name: value for name, value in report.to_json().items() if name not in ("read", "seconds")}


@pytest.fixture(params=["first", "later"])
def school(request: pytest.FixtureRequest, tmp_path: Path, postgres_store_url: str) -> DropSchool:
    """Before its first sync, and before one in which something of every kind has changed."""
    school = rich_school(tmp_path, postgres_store_url)
    school.write()
    if request.param == "later":
        school.sync(NOW)
        school.suspensions[2] |= {"sessions": 10, "end_date": "2026-11-16"}
        school.suspensions += [suspension("S08", "2026-11-12", 4, pupil_id="P8")]
        school.attendance[5] = school.attendance[5] | {"code": "I"}  # type: ignore[operator]
    return school


def test_a_sync_and_its_cases_do_not_wait_for_a_preview(school: DropSchool) -> None:
    real: list[SchoolSync] = []
    preview = school.sync(LATER, preview=True, progress=Meanwhile(lambda: real.append(school.sync(LATER))))

    assert (preview.fault, real[0].fault) == (None, None)
    assert (real[0].cases_opened > 0, real[0].tasks_created > 0) == (True, True)
    assert told(preview) == told(real[0])
    assert school.sync(LATER).cases_opened == 0


def test_a_preview_leaves_no_trace(school: DropSchool) -> None:
    before = school.tasks()
    first, second = (school.sync(LATER, preview=True) for _ in range(2))

    assert school.tasks() == before
    assert told(first) == told(second)
    assert told(school.sync(LATER)) == told(first)
