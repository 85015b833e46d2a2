"""`init`: what it writes can be used at once, and nothing that was there is ever overwritten."""

from __future__ import annotations

from pathlib import Path

from rp_connect.settings import load_settings
from tests.cli.installation import CALENDAR, NOW, run


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_it_writes_a_configuration_a_calendar_and_an_empty_drop_folder(tmp_path):
    answer = run("init", folder=tmp_path)
    assert answer.code == 0
    assert files_in(tmp_path) == {
        "rp-connect.toml", "our-school", "our-school/calendar.csv", "our-school/drop",
    }  # fmt: skip


def test_what_it_writes_loads_with_every_setting_at_its_default(tmp_path):
    run("init", folder=tmp_path)
    (school,) = load_settings(tmp_path / "rp-connect.toml").schools
    assert (school.id, school.mis, school.workspace, school.policy) == (
        "our-school", "file_drop", "local", "england",
    )  # fmt: skip
    assert (school.live_from, school.people.lead, school.reviews.days_after) == (None, (), (14, 42, 84))


def test_check_then_asks_for_the_calendar_and_for_nothing_else(tmp_path):
    run("init", folder=tmp_path)
    answer = run("check", "--json", folder=tmp_path)
    assert answer.code == 0
    (school,) = answer.json["schools"]
    assert school["problems"] == ["The calendar has no term yet: until it has, dates say “calendar missing”."]
    assert not any(school[key] for key in ("held", "unmapped", "permissions_missing"))


def test_once_the_calendar_is_filled_in_check_is_content(tmp_path):
    run("init", folder=tmp_path)
    (tmp_path / "our-school/calendar.csv").write_text(CALENDAR)
    assert run("--now", NOW, "check", "--json", folder=tmp_path).json["ok"] is True


def test_the_second_time_it_keeps_everything_and_says_so(tmp_path):
    run("init", "here", folder=tmp_path)
    config = tmp_path / "here/rp-connect.toml"
    config.write_text("# mine\n")
    answer = run("init", "here", folder=tmp_path)
    assert answer.code == 0
    assert config.read_text() == "# mine\n"
    assert answer.out.count("kept  ") == 3
    assert "made  " not in answer.out


def test_it_fills_in_what_is_missing_beside_what_is_there(tmp_path):
    (tmp_path / "rp-connect.toml").write_text("# mine\n")
    answer = run("init", folder=tmp_path)
    assert (answer.out.count("kept  "), answer.out.count("made  ")) == (1, 2)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "taken").write_text("a file")
    answer = run("init", "taken", folder=tmp_path)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("taken cannot be written: ")
    assert answer.err.count("\n") == 1
