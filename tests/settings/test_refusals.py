"""Whatever is wrong in rp-connect.toml is one sentence that names the key, the school and the line."""

from __future__ import annotations

import os

import pytest

from rp_connect.errors import ConfigError
from rp_connect.settings import load_settings

NAME = 'name = "Northwick High School"'
KIND = 'kind = "academy"'
MIS = 'mis = "file_drop"'
ID = 'id = "northwick"'
URL = "sqlite:///rp-connect.db"
CALENDAR = "northwick/calendar.csv"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        # Unknown keys, each on its own line, before what they made seem missing.
        ((NAME, "nmae = 3"), "line 9: school.nmae of northwick is not a setting."),
        (("[store]", "size = 1\n[store]"), "line 4: trust.size is not a setting."),
        (("[store]", "[stores]\n[store]"), "line 4: stores is not a setting."),
        # Needed keys, on the line of their table.
        ((NAME, ""), "line 7: school.name of northwick is missing."),
        ((KIND, ""), "line 7: school.kind of northwick is missing."),
        (('calendar = "northwick/calendar.csv"', ""), "line 7: school.calendar of northwick is missing."),
        ((MIS, ""), "line 7: school.mis of northwick is missing."),
        (('workspace = "local"', ""), "line 7: school.workspace of northwick is missing."),
        ((ID, ""), "line 7: school.id of school number 1 is missing."),
        (('[trust]\nname = "Northwick Learning Trust"', ""), "line 1: trust.name is missing."),
        (('name = "Northwick Learning Trust"', ""), "line 1: trust.name is missing."),
        ((f'url = "{URL}"', ""), "line 4: store.url is missing."),
        # Shorter than a reminder's day is over everywhere, or longer than anybody looks back.
        (
            ("[store]", "[retention]\neffects_days = 6\n[store]"),
            "line 5: retention.effects_days must be 7 or more.",
        ),
        # Wrong types.
        (("[trust]", "trust = 3\n[trusty]"), "line 2: trusty is not a setting."),
        ((NAME, "name = 3"), "line 9: school.name of northwick must be text in quotation marks."),
        ((NAME, 'name = " "'), "line 9: school.name of northwick must not be empty."),
        ((ID, "id = 3"), "line 8: school.id of school number 1 must be text in quotation marks."),
        (
            (NAME, NAME + "\npaused = 1"),
            "line 10: school.paused of northwick must be true or false.",
        ),
        ((NAME, NAME + "\npeople = 1"), "line 10: school.people of northwick must be a table."),
        ((NAME, NAME + "\nfile_drop = 1"), "line 10: school.file_drop of northwick must be a table."),
        # Values that mean nothing.
        (
            (KIND, 'kind = "free"'),
            "line 10: school.kind of northwick must be 'academy', 'maintained' or 'pru'.",
        ),
        ((ID, 'id = "North Wick"'), "line 8: school.id of North Wick must consist of a-z, 0-9 and -."),
        (
            (URL, "mysql://server/rp"),
            "line 5: store.url must begin with sqlite:/// and name a file, begin with postgresql+psycopg://,"
            " or be env:NAME.",
        ),
        (
            (URL, "sqlite:///:memory:"),
            "line 5: store.url must begin with sqlite:/// and name a file, begin with postgresql+psycopg://,"
            " or be env:NAME.",
        ),
        (("[[school]]", "[school]"), "line 7: school must be written in two brackets, as [[school]]."),
    ],
)
def test_a_wrong_line_is_named_with_its_key_and_its_school(refused, change, says):
    assert refused("", change) == says


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            "[school.wonde]",
            "school.wonde of northwick is not a setting, nor the table of its file_drop or local.",
        ),
        (
            '[school.people]\nhead = ["h@x.example"]\nchef = []',
            "school.people.chef of northwick is not a setting.",
        ),
        (
            '[school.people]\n\nlead = "l@x.example"',
            "school.people.lead of northwick must be a list in square brackets.",
        ),
        (
            '[school.people]\nlead = [\n"l@x.example", # the first\n"lead"]',
            "school.people.lead of northwick must hold e-mail addresses.",
        ),
        ("[school.people]\n\nlead = [3]", "school.people.lead of northwick must be text in quotation marks."),
        (
            '[school.people]\n\naway = ["2026-11-16", "2026-11-20"]',
            'school.people.away of northwick must be pairs of dates, such as [["2026-11-16", "2026-11-20"]].',
        ),
        (
            '[school.people]\n\naway = [["2026-11-16", "2026-02-30"]]',
            'school.people.away of northwick must be pairs of dates, such as [["2026-11-16", "2026-11-20"]].',
        ),
        (
            '[school.people]\n\naway = [["2026-11-20", "2026-11-16"]]',
            "school.people.away of northwick must have the earlier date of each pair first.",
        ),
        (
            '[school.working]\n\ndays = ["monday"]',
            "school.working.days of northwick must be 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun'.",
        ),
        ("[school.working]\n\ndays = []", "school.working.days of northwick must not be empty."),
        (
            '[school.working]\n\ndays = ["mon", "mon"]',
            "school.working.days of northwick must name each only once.",
        ),
        (
            '[school.working]\n\nhours = ["15:30", "08:30"]',
            "school.working.hours of northwick must have the earlier time first.",
        ),
        (
            '[school.working]\n\nhours = ["8:30", "15:30"]',
            'school.working.hours of northwick must be two times, such as ["08:45", "12:15"].',
        ),
        ("[school.reviews]\n\ndays_after = [0]", "school.reviews.days_after of northwick must be 1 or more."),
        (
            "[school.reviews]\n\ndays_after = [14.0]",
            "school.reviews.days_after of northwick must be a whole number.",
        ),
        (
            "[school.reviews]\n\ncheck_in_school_days = [1, 1]",
            "school.reviews.check_in_school_days of northwick must name each only once.",
        ),
        (
            '[school.day]\n\nam = ["08:45", "25:00"]',
            'school.day.am of northwick must be two times, such as ["08:45", "12:15"].',
        ),
    ],
)
def test_what_is_wrong_in_a_table_of_a_school_is_named_with_its_line(refused, more, says):
    last = 14 + more.count("\n")

    assert refused(more) == f"line {last}: {says}"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            'live_from = "2026-09-01"',
            "school.live_from of northwick must be a date without quotation marks, such as 2026-09-01.",
        ),
        (
            "live_from = 2026-09-01T08:00:00",
            "school.live_from of northwick must be a date without quotation marks, such as 2026-09-01.",
        ),
        (
            'timezone = "Europe"',
            'school.timezone of northwick must be the name of a timezone, such as "Europe/London".',
        ),
        (
            'timezone = "Europe/Northwick"',
            'school.timezone of northwick must be the name of a timezone, such as "Europe/London".',
        ),
        (
            "timezone = 3",
            'school.timezone of northwick must be the name of a timezone, such as "Europe/London".',
        ),
        (
            'day = { am = ["08:45", "14:00"] }',
            "school.day of northwick must have its am end before its pm begins.",
        ),
        ("day = { am = 9 }", 'school.day.am of northwick must be two times, such as ["08:45", "12:15"].'),
        ("day = { noon = 9 }", "school.day.noon of northwick is not a setting."),
        ('day = "all"', "school.day of northwick must be a table."),
    ],
)
def test_what_is_wrong_in_a_line_of_a_school_is_named(refused, line, says):
    assert refused(f"\n# more\n{line}\n") == f"line 16: {says}"


def test_a_calendar_that_is_not_there_is_named_with_its_path(refused, folder):
    missing = folder / "northwick" / "nowhere.csv"

    assert refused("", (CALENDAR, "northwick/nowhere.csv")) == (
        f"line 11: school.calendar of northwick names a file that is not there, {missing}."
    )


def test_a_folder_is_no_calendar(refused):
    assert "names a file that is not there" in refused("", (CALENDAR, "northwick"))


SECOND = """
[[school]]
id = "northwick"
name = "Another"
kind = "pru"
calendar = "northwick/calendar.csv"
mis = "file_drop"
workspace = "local"
"""


def test_two_schools_cannot_have_the_same_id(refused):
    assert refused(SECOND) == "line 16: school.id of northwick is already the id of another school."


def test_the_second_school_is_named_by_its_own_id_and_line(refused):
    second = SECOND.replace('"northwick"', '"aldermoor"').replace("pru", "free")

    assert refused(second) == ("line 18: school.kind of aldermoor must be 'academy', 'maintained' or 'pru'.")


@pytest.mark.parametrize("given", ["", "school = []\n"])
def test_a_trust_without_schools_is_refused(folder, given):
    path = folder / "rp-connect.toml"
    path.write_text(f'{given}[trust]\nname = "T"\n[store]\nurl = "sqlite:///x.db"\n')

    with pytest.raises(
        ConfigError, match=r"line 1: school is missing: at least one \[\[school\]\] is needed\.$"
    ):
        load_settings(path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ((NAME, "name = Northwick"), "line 9: this is not TOML: Invalid value."),
        ((NAME, NAME + "\n" + NAME), "line 10: this is not TOML: Cannot overwrite a value."),
        (("[store]", "[store"), "line 4: this is not TOML: Expected ']' at the end of a table declaration."),
        (('workspace = "local"', 'workspace = """local'), "line 13: this is not TOML: Unterminated string."),
    ],
)
def test_a_file_that_is_not_toml_is_named_with_the_line(refused, change, says):
    assert refused("", change) == says


def test_a_number_too_long_for_the_parser_is_one_sentence_too(folder):
    path = folder / "rp-connect.toml"
    path.write_text("x = " + "9" * 5000)

    with pytest.raises(ConfigError, match="is not TOML"):
        load_settings(path)


def test_a_file_that_is_not_utf_8_is_named_with_the_line(folder):
    path = folder / "rp-connect.toml"
    path.write_bytes('[trust]\nname = "École"\n'.encode("cp1252"))

    with pytest.raises(ConfigError, match=r"line 2: the file is not UTF-8, so save it as UTF-8\.$"):
        load_settings(path)


def test_a_missing_file_says_how_to_get_one(folder):
    path = folder / "nowhere.toml"

    with pytest.raises(ConfigError) as raised:
        load_settings(path)
    assert str(raised.value) == (
        f"{path} is not there: `rp-connect init` writes one, and `--config PATH` names another."
    )


def test_a_folder_in_place_of_the_file_cannot_be_read(folder):
    with pytest.raises(ConfigError, match=r"northwick cannot be read: Is a directory\.$"):
        load_settings(folder / "northwick")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_cannot_be_read(load, folder):
    load()
    path = folder / "rp-connect.toml"
    path.chmod(0)

    with pytest.raises(ConfigError, match=r"cannot be read: Permission denied\.$"):
        load_settings(path)


def test_an_error_never_repeats_an_address_or_a_secret(refused):
    people = refused('[school.people]\nlead = ["ada.testperson at northwick.example"]')
    store = refused("", (URL, "postgres://rp:hunter2@server/rp"))

    assert "testperson" not in people
    assert "hunter2" not in store
