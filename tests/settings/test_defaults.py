"""What a configuration means: the needed keys alone, and every key as the specification shows it."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rp_connect.domain.calendar import DayHours
from rp_connect.settings import PeopleSettings, load_settings

DAY = DayHours(am=(time(8, 45), time(12, 15)), pm=(time(13, 15), time(15, 15)))


def test_the_needed_keys_are_enough_and_the_rest_have_their_defaults(load, folder):
    settings = load()
    school = settings.school("northwick")

    assert settings.trust.name == "Northwick Learning Trust"
    assert settings.retention.effects_days == 30
    assert dict(school) == {
        "id": "northwick",
        "name": "Northwick High School",
        "kind": "academy",
        "timezone": ZoneInfo("Europe/London"),
        "calendar_path": folder / "northwick" / "calendar.csv",
        "day": DAY,
        "policy": "england",
        "mis": "file_drop",
        "workspace": "local",
        "site": "",
        "paused": False,
        "live_from": None,
        "cancelled_sessions_count": True,
        "people": PeopleSettings(),
        "working": school.working,
        "reviews": school.reviews,
    }
    assert dict(school.working) == {
        "days": ("mon", "tue", "wed", "thu", "fri"),
        "hours": (time(8, 30), time(15, 30)),
    }
    assert dict(school.reviews) == {"days_after": (14, 42, 84), "check_in_school_days": (1, 5)}
    assert set(dict(school.people).values()) == {()}
    assert school.own == {}


@pytest.mark.facts
def test_the_example_of_the_specification_loads_and_shows_the_defaults(facts, folder, load):
    document = (facts / "spec" / "configuration.md").read_text()
    example = folder / "example.toml"
    example.write_text(document.partition("```toml\n")[2].partition("```")[0])
    school = load_settings(example).school("northwick")
    smallest = load().school("northwick")

    differing = {key for key, value in dict(smallest).items() if dict(school)[key] != value}
    assert differing == {"live_from", "people"}
    assert school.live_from == date(2026, 9, 1)
    assert school.own == {
        "file_drop": {"folder": "northwick/drop"},
        "local": {"folder": "northwick/workspace"},
    }


def test_everything_may_be_said_otherwise(load):
    more = """
site = "north"
paused = true
live_from = 2026-09-01
cancelled_sessions_count = false
timezone = "Atlantic/Reykjavik"
policy = "gresham"
day = { am = ["09:00", "12:00"] }
[school.people]
lead = ["lead@northwick.example"]
away = [["2026-11-16", "2026-11-20"], ["2026-12-01", "2026-12-01"]]
[school.working]
days = ["mon", "wed"]
hours = ["10:00", "11:30"]
[school.reviews]
days_after = []
check_in_school_days = [3]
"""
    school = load(more).school("northwick")

    assert (school.site, school.paused, school.live_from) == ("north", True, date(2026, 9, 1))
    assert (school.cancelled_sessions_count, school.policy) == (False, "gresham")
    assert school.timezone == ZoneInfo("Atlantic/Reykjavik")
    assert school.day == DayHours(am=(time(9), time(12)), pm=DAY.pm)
    assert school.people.away == (
        (date(2026, 11, 16), date(2026, 11, 20)),
        (date(2026, 12, 1), date(2026, 12, 1)),
    )
    assert dict(school.working) == {"days": ("mon", "wed"), "hours": (time(10), time(11, 30))}
    assert dict(school.reviews) == {"days_after": (), "check_in_school_days": (3,)}


def test_schools_keep_the_order_of_the_file(load):
    second = """
[[school]]
id = "aldermoor"
name = "Aldermoor Primary"
kind = "maintained"
calendar = "northwick/calendar.csv"
mis = "file_drop"
workspace = "local"
"""

    assert [school.id for school in load(second).schools] == ["northwick", "aldermoor"]


def test_an_absolute_calendar_stays_where_it_is(load, folder):
    calendar = folder / "northwick" / "calendar.csv"

    assert load("", ('"northwick/calendar.csv"', f'"{calendar}"')).schools[0].calendar_path == calendar


def test_a_file_that_notepad_saved_with_a_byte_order_mark_and_dos_lines_is_read(load, folder):
    load()
    path = folder / "rp-connect.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert load_settings(path).trust.name == "Northwick Learning Trust"


def test_a_relative_way_to_the_file_gives_absolute_paths(load, folder, monkeypatch):
    load()
    monkeypatch.chdir(folder / "northwick")
    settings = load_settings(Path("../rp-connect.toml"))

    assert settings.folder.is_absolute()
    assert settings.folder.samefile(folder)
