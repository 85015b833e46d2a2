"""The table named after an adapter is the adapter's own: its model judges it, and errors name the line."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict, field_validator

from rp_connect.errors import ConfigError
from rp_connect.settings import validate_own


class Drop(BaseModel):
    folder: str
    retries: int = 3
    columns: dict[str, dict[str, str]] = {}
    token: str | int = ""

    @field_validator("folder")
    @classmethod
    def inside(cls, folder: str) -> str:
        if folder.startswith("/"):
            raise ValueError("the drop lies beside the configuration")
        return folder


class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")


OWN = """
[school.file_drop]
folder = "drop"
retries = 5
"""


@pytest.fixture
def checked(load):
    def make(more, model=Drop, name="file_drop"):
        settings = load(more)
        return validate_own(settings.file, settings.schools[0], name, model)

    return make


@pytest.fixture
def fault(checked, folder):
    def make(more, model=Drop):
        with pytest.raises(ConfigError) as raised:
            checked(more, model)
        return str(raised.value).removeprefix(f"{folder / 'rp-connect.toml'}, ")

    return make


def test_the_table_becomes_the_adapters_own_settings(checked):
    assert checked(OWN) == Drop(folder="drop", retries=5)


def test_a_table_that_is_not_there_is_an_empty_one(checked):
    assert checked("", model=Loose, name="local") == Loose()


def test_a_needed_key_of_a_table_that_is_not_there_is_named_with_the_line_of_the_school(fault):
    assert fault("") == "line 7: school.file_drop.folder of northwick is missing."


def test_a_needed_key_is_named_with_the_line_of_its_table(fault):
    assert fault("\n[school.file_drop]\n") == "line 15: school.file_drop.folder of northwick is missing."


def test_an_unknown_key_is_refused_even_where_the_model_says_nothing_about_it(fault):
    assert fault(OWN + "fodler = 1") == "line 18: school.file_drop.fodler of northwick is not a setting."


def test_a_model_that_wants_unknown_keys_gets_them(checked):
    assert checked(OWN, model=Loose).model_extra == {"folder": "drop", "retries": 5}


def test_a_wrong_value_deep_in_a_table_is_named_with_its_own_line(fault):
    more = OWN + "[school.file_drop.columns.pupils]\npupil_id = 4"

    assert fault(more) == (
        "line 19: school.file_drop.columns.pupils.pupil_id of northwick must be text in quotation marks."
    )


def test_the_members_of_a_union_are_no_part_of_the_key(fault):
    assert fault(OWN + "token = []") == (
        "line 18: school.file_drop.token of northwick must be text in quotation marks."
    )


def test_the_adapters_own_words_are_passed_on(fault):
    assert fault('\n[school.file_drop]\nfolder = "/drop"') == (
        "line 16: school.file_drop.folder of northwick: the drop lies beside the configuration."
    )


def test_a_fault_that_pydantic_words_reads_as_one_sentence(fault):
    assert fault('\n[school.file_drop]\nfolder = "d"\nretries = "many"') == (
        "line 17: school.file_drop.retries of northwick should be a valid integer,"
        " unable to parse string as an integer."
    )


def test_the_second_schools_table_is_judged_on_its_own(load):
    second = """
[school.file_drop]
folder = "one"
[[school]]
id = "aldermoor"
name = "Aldermoor Primary"
kind = "maintained"
calendar = "northwick/calendar.csv"
mis = "file_drop"
workspace = "local"
file_drop.folder = 2
"""
    settings = load(second)
    one, two = settings.schools

    assert validate_own(settings.file, one, "file_drop", Drop).folder == "one"
    with pytest.raises(ConfigError, match=r"line 24: school\.file_drop\.folder of aldermoor must be text"):
        validate_own(settings.file, two, "file_drop", Drop)
