"""The same drop read again and again: the same tasks, to the byte, and nothing is done twice outside."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.installation import spawn
from tests.drop_school import DropSchool
from tests.faults import killing
from tests.faults.killing import NOW, rich_school, standing

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
REPLAYS = 5 if FULL else 2
pytestmark = [pytest.mark.trial, pytest.mark.timeout(0 if FULL else 240)]


@pytest.fixture(params=["sqlite", "postgresql"])
def school(request: pytest.FixtureRequest, tmp_path: Path) -> DropSchool:
    """Synced once, and all of it sent."""
    url = "sqlite:///rp-connect.db"
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgres_url"))
    school = rich_school(tmp_path, url)
    school.write()
    assert ran(school, "sync") == []
    assert len(ran(school, "deliver")) > 50
    return school


def ran(school: DropSchool, command: str) -> list[killing.Write]:
    """The outside writes of one run that ended well."""
    run = killing.run(school.folder, command)
    assert run.finished
    return run.writes


def listed(school: DropSchool) -> str:
    """What `task list --json` prints, word for word."""
    answer = spawn("--now", NOW, "task", "list", "--json", folder=school.folder)
    assert answer.code == 0
    return answer.out


def the_files_came_anew(school: DropSchool, replay: int) -> None:
    """Copied into the folder again: the same bytes, a later time."""
    for file in (school.folder / "drop").iterdir():
        os.utime(file, (file.stat().st_atime, file.stat().st_mtime + 60 * replay))


def the_rows_came_in_another_order(school: DropSchool, replay: int) -> None:
    for name in ("pupils", "suspensions", "attendance"):
        random.Random(replay).shuffle(getattr(school, name))
    school.write()


@pytest.mark.parametrize("again", [the_files_came_anew, the_rows_came_in_another_order])
def test_the_same_drop_read_again_and_again_gives_the_same_tasks_and_writes_nothing(
    school: DropSchool, again: Callable[[DropSchool, int], None]
) -> None:
    tasks, stands = listed(school), standing(school.folder)
    for replay in range(1, REPLAYS + 1):
        again(school, replay)
        assert ran(school, "sync") == []
        assert ran(school, "deliver") == []
        assert listed(school) == tasks
        assert standing(school.folder) == stands


def test_full_syncs_again_and_again_give_the_same_tasks_and_writes_nothing(school: DropSchool) -> None:
    tasks, stands = listed(school), standing(school.folder)
    for _ in range(REPLAYS):
        assert spawn("--now", NOW, "sync", "--full", folder=school.folder).code == 0
        assert ran(school, "deliver") == []
    assert listed(school) == tasks
    assert standing(school.folder) == stands
