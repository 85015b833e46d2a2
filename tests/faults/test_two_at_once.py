"""Two processes at one store share the work: nothing is done twice, and nothing is left."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rp_connect.domain.effect import EffectState
from rp_connect.services.sync_schools import sync_schools
from rp_connect.wiring.office import build_office
from tests.cli.installation import Answer, spawn
from tests.drop_school import DropSchool, pupil, suspension
from tests.faults import killing
from tests.faults.killing import NOW, rich_school, standing
from tests.faults.reporting import ReportingStore

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
ROUNDS = 5 if FULL else 1
PUPILS = 25
pytestmark = [pytest.mark.trial, pytest.mark.timeout(0 if FULL else 240)]


@pytest.fixture(params=range(ROUNDS))
def busy_school(tmp_path: Path, store_url: str) -> DropSchool:
    """More than three hundred writes are waiting."""
    school = DropSchool(tmp_path, store_url=store_url)
    school.pupils = [pupil(f"P{n}") for n in range(1, PUPILS + 1)]
    school.suspensions = [
        suspension(f"S{n:02}", "2026-11-12", 4, pupil_id=f"P{n}") for n in range(1, PUPILS + 1)
    ]
    assert school.sync(NOW).cases_opened == PUPILS
    return school


def effects(school: DropSchool) -> Counter[EffectState]:
    office = build_office(school.folder / "rp-connect.toml", now=NOW)
    try:
        with office.store.read() as work:
            return Counter(effect.state for effect in work.effects.every())
    finally:
        office.store.close()


def test_two_deliveries_at_once_write_everything_once(busy_school: DropSchool) -> None:
    waiting = effects(busy_school)[EffectState.WAITING]
    assert waiting > 300
    with ThreadPoolExecutor(2) as both:
        runs = list(both.map(lambda _: killing.run(busy_school.folder, "deliver"), range(2)))
    assert [one.finished for one in runs] == [True, True]
    writes = [write for one in runs for write in one.writes]
    assert [write for write, times in Counter(writes).items() if times > 1] == []
    assert len(writes) == waiting
    assert effects(busy_school) == {EffectState.DONE: waiting}
    assert standing(busy_school.folder) == {write for write in writes if "." in write[0]}
    assert killing.run(busy_school.folder, "deliver").writes == []


def test_a_second_sync_of_a_school_steps_back_and_changes_nothing(tmp_path: Path, store_url: str) -> None:
    """The second one comes at three moments of the first: early, in its middle, and near its end."""
    alone = rich_school(tmp_path / "alone", "sqlite:///rp-connect.db")
    alone.sync(NOW)
    school = rich_school(tmp_path / "school", store_url)
    school.write()
    second: list[Answer] = []
    config = str(school.folder / "rp-connect.toml")

    def meanwhile(event: str, key: str = "", revision: int = 0) -> None:
        meanwhile_count[event] += 1
        if event == "after commit" and meanwhile_count[event] in (1, 3, 5):
            second.append(spawn("--config", config, "--now", NOW, "sync", folder=school.folder))

    meanwhile_count: Counter[str] = Counter()
    office = build_office(school.folder / "rp-connect.toml", now=NOW)
    store: Any = ReportingStore(office.store, meanwhile)  # type: ignore[arg-type]
    (report,) = sync_schools(replace(office, store=store))
    office.store.close()
    assert [answer.code for answer in second] == [3, 3, 3]
    assert "Another process" in second[0].out + second[0].err
    assert report.fault is None
    assert school.tasks() == alone.tasks()
