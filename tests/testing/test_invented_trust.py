"""The invented trust as a whole: repeatable, quick, of a sensible size, and configured."""

from __future__ import annotations

import os
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from rp_connect.domain.people import Role
from rp_connect.settings.load import load_settings
from rp_connect.testing.invented_trust import write_trust

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
TODAY = date(2026, 11, 18)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_seed_and_day_write_the_same_bytes(tmp_path):
    first, second = write_trust(tmp_path / "a", TODAY, 7), write_trust(tmp_path / "b", TODAY, 7)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert first.shows == second.shows
    assert len(contents(tmp_path / "a")) == 13


def test_another_seed_invents_other_people(tmp_path):
    write_trust(tmp_path / "a", TODAY, 7)
    write_trust(tmp_path / "b", TODAY, 8)
    other = contents(tmp_path / "b")
    same = {name for name, content in contents(tmp_path / "a").items() if other[name] == content}
    assert same == {"rp-connect.toml", "northwick/calendar.csv", "eastmoor/calendar.csv"}


def test_people_stay_who_they_are_from_day_to_day(tmp_path):
    write_trust(tmp_path / "a", TODAY)
    write_trust(tmp_path / "b", TODAY + timedelta(days=1))
    names = [
        [
            line.split(",")[:6]
            for line in (tmp_path / day / "northwick/drop/pupils.csv").read_text().splitlines()
        ]
        for day in ("a", "b")
    ]
    assert names[0] == names[1]


def test_writing_again_replaces_what_was_there(tmp_path):
    write_trust(tmp_path, TODAY)
    write_trust(tmp_path, date(2027, 6, 16))
    fresh = tmp_path / "fresh"
    write_trust(fresh, date(2027, 6, 16))
    written = contents(fresh)
    assert {name: content for name, content in contents(tmp_path).items() if name in written} == written


def test_it_takes_less_than_five_seconds(tmp_path):
    begun = time.perf_counter()
    write_trust(tmp_path, date(2026, 12, 18))
    assert time.perf_counter() - begun < 5


def test_the_drop_stays_small_enough_for_a_demonstration(trust):
    assert sum(len(school.attendance) for school in trust.schools) <= 150_000


def test_the_configuration_is_one_that_the_program_reads(trust):
    settings = load_settings(trust.told.config)
    assert [school.id for school in settings.schools] == ["northwick", "eastmoor"]
    for school in settings.schools:
        assert (school.mis, school.workspace, school.policy) == ("file_drop", "local", "england")
        assert school.live_from == trust.told.live_from
        assert all(school.holders(role, trust.day) for role in Role)
        assert school.calendar_path.is_file()


def test_whoever_holds_a_role_is_on_the_staff(autumn_trust):
    config = load_settings(autumn_trust.told.config)
    for school, written in zip(config.schools, autumn_trust.schools, strict=True):
        staff = {row["email"] for row in written.rows("staff")}
        assert {address for role in Role for address in school.holders(role, autumn_trust.day)} <= staff


def test_live_from_leaves_the_board_seven_weeks_at_least(trust):
    lived = [d for d in trust.northwick.calendar.school_days if trust.told.live_from <= d < trust.day]
    assert 35 <= len(lived) <= 55


@pytest.mark.slow
@pytest.mark.trial
def test_any_day_of_three_years_can_be_written(tmp_path):
    for days in range(0, 1104, 23 if FULL else 69):
        told = write_trust(tmp_path, date(2026, 9, 1) + timedelta(days))
        assert len(told.shows) == 32
