"""One school with thousands of writes shares its tenant with ten that have a handful: nobody starves."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from rp_connect.domain.effect import EffectKind
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office
from rp_connect.services.sync_schools import sync_schools
from tests.drop_school import DropSchool, pupil, suspension, write_rows
from tests.services.receiver import Receiver, joined

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
THOUSANDS = 5000 if FULL else 800
LARGEST_TURN, TURNS = 100, 3
"""A turn in a lane is at most so many rows; all ten small schools are through before the large one had more
than so many."""
SMALL = tuple(f"small-{number}" for number in range(1, 11))
TABLE = """
[[school]]
id = "{id}"
name = "The School of {id}"
kind = "academy"
calendar = "calendar.csv"
policy = "england"
mis = "file_drop"
workspace = "local"
live_from = 2026-09-01
[school.file_drop]
folder = "{id}"
[school.local]
folder = "workspace-{id}"
"""
pytestmark = [pytest.mark.trial, pytest.mark.timeout(0 if FULL else 200)]


def test_ten_small_schools_are_through_while_the_large_one_has_hardly_begun(
    tmp_path: Path, store_url: str
) -> None:
    """Although everything of the large school has waited for longer than anything of the others."""
    receiver = Receiver()
    office = trust(tmp_path, store_url, receiver)
    deliver_effects(office)

    order = [key for shelf, key in receiver.things if shelf == "tasks"]
    with office.store.read() as work:
        school_of = {task.id: task.school for task in work.tasks.every()}
    office.store.close()
    schools = [school_of[key] for key in order]
    assert len(schools) == len(school_of) > THOUSANDS
    last = max(place for place, school in enumerate(schools) if school in SMALL)
    assert schools[:last].count("northwick") <= TURNS * LARGEST_TURN


def trust(folder: Path, store_url: str, receiver: Receiver) -> Office:
    large = DropSchool(folder, store_url=store_url, suspensions=[suspension("S1", "2026-11-12", 4)])
    for school in SMALL:
        (folder / school).mkdir()
        write_rows(folder / school / "pupils.csv", [pupil("P1")])
        write_rows(folder / school / "suspensions.csv", [suspension("S1", "2026-11-12", 4)])
    large.write()
    with (folder / "rp-connect.toml").open("a", encoding="utf-8") as config:
        config.writelines(TABLE.format(id=school) for school in SMALL)
    office = joined(large, receiver)
    sync_schools(office, school="northwick")
    make_noisy(office)
    for school in SMALL:
        sync_schools(office, school=school)
    return office


def make_noisy(office: Office) -> None:
    """Copies of one real task, each under a key of its own."""
    with office.store.begin() as work:
        one = work.tasks.every(school="northwick")[0]
        copies = [
            replace(one, id=f"{one.id}-{number}", occurrence=100 + number) for number in range(THOUSANDS)
        ]
        work.tasks.put(copies)
        keys = [copy.id for copy in copies]
        work.effects.want_each(EffectKind.TASK, keys, school=one.school, case=one.case)
        work.commit()
