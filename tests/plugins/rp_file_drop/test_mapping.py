"""An export needs no editing: its columns and words are mapped in the configuration."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from rp_connect.domain.incident import IncidentRole
from rp_connect.ports.mis import Kind
from rp_file_drop.settings import FileDropSettings
from tests.plugins.rp_file_drop.folder import DropFolder

SIMS = """
folder = "drop"

[columns.pupils]
pupil_id = "Adno"
given_name = "Legal Forename"
family_name = "Legal Surname"
looked_after = "In Care"

[columns.suspensions]
suspension_id = "Exclusion ID"
pupil_id = "Adno"
category = "Type"
start_session = "From"

[values.suspensions.category]
"FTE" = "SUSP"
"Permanent Exclusion" = "PERM"

[values.suspensions.start_session]
"morning" = "AM"

[values.incidents.role]
"Perpetrator" = "responsible"
"Target" = "harmed"

[values.attendance.code]
"Present" = "/"

[values.pupils.looked_after]
"Ja" = "Y"
"""


@pytest.fixture
def sims(drop: DropFolder) -> DropFolder:
    own = FileDropSettings.model_validate(tomllib.loads(SIMS))
    drop.columns, drop.values = own.columns, own.values
    return drop


def test_columns_are_found_under_the_schools_own_names(sims: DropFolder):
    taken = sims.pupils("legal surname,ADNO,Legal Forename,In Care", "Testperson,00412,Ada,ja")

    record = taken.only()
    assert (record.id, record.given_name, record.family_name) == ("00412", "Ada", "Testperson")
    assert record.looked_after is True


def test_a_mapped_column_is_not_looked_for_under_our_name(sims: DropFolder):
    taken = sims.pupils("pupil_id,Legal Forename,Legal Surname", "P1,Ada,Testperson")

    assert taken.refused == {"pupils.csv": "the column Adno (pupil_id) is missing"}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("FTE", "SUSP"),
        ("fte", "SUSP"),
        ("permanent exclusion", "PERM"),
        ("LNCH", "LNCH"),
        ("Internal", "Internal"),
    ],
)
def test_words_are_translated_and_unmapped_ones_stay(sims: DropFolder, theirs: str, ours: str):
    sims.lines("suspensions", "Exclusion ID,Adno,Type,From", f"S1,00412,{theirs},Morning")

    assert sims.take(Kind.SUSPENSION).only().category == ours


def test_a_mapped_role_keeps_the_schools_own_word(sims: DropFolder):
    taken = sims.incident(role="PERPETRATOR")

    involved = taken.only().involved[0]
    assert (involved.role, involved.role_word) == (IncidentRole.RESPONSIBLE, "PERPETRATOR")
    assert taken.reading.unmapped == []


def test_a_mapped_code_is_a_code(sims: DropFolder):
    taken = sims.mark(code="present")

    assert taken.only().code == "/"
    assert taken.reading.unmapped == []


def test_an_exact_spelling_wins_over_one_in_another_case(drop: DropFolder):
    drop.values = {"attendance": {"code": {"x": "/", "X": "N"}}}

    assert [drop.mark(code=code).only().code for code in ("x", "X")] == ["/", "N"]


def test_an_empty_value_may_be_mapped_too(drop: DropFolder):
    drop.values = {"suspensions": {"category": {"": "SUSP"}}}

    assert drop.suspension(category="").only().category == "SUSP"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"folder": ""}, "has no name"),
        ({}, "Field required"),
        ({"folder": "drop", "colums": {}}, "Extra inputs are not permitted"),
        ({"folder": "drop", "columns": {"pupil": {"upn": "UPN"}}}, "no file 'pupil'"),
        ({"folder": "drop", "columns": {"pupils": {"unp": "UPN"}}}, "no column of pupils 'unp'"),
        ({"folder": "drop", "columns": {"pupils": {"upn": 3}}}, "valid string"),
        ({"folder": "drop", "values": {"marks": {}}}, "no file 'marks'"),
        ({"folder": "drop", "values": {"attendance": {"mark": {}}}}, "no column of attendance 'mark'"),
        ({"folder": "drop", "values": {"attendance": {"code": "/"}}}, "valid dictionary"),
    ],
)
def test_a_wrong_setting_is_one_clear_error(table: dict[str, Any], said: str):
    with pytest.raises(ValidationError) as caught:
        FileDropSettings.model_validate(table)

    (error,) = caught.value.errors()
    assert said in error["msg"]
