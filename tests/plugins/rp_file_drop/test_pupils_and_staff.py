"""pupils.csv and staff.csv, column by column."""

from __future__ import annotations

from datetime import date

import pytest

from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_connect.ports.mis import Kind
from tests.plugins.rp_file_drop.folder import PUPILS, DropFolder, ids

FLAGS = ("social_worker", "looked_after", "ehcp", "sen_support")


def test_every_column_of_a_pupil_arrives(drop: DropFolder):
    drop.rows(
        "pupils",
        {
            "pupil_id": "00412",
            "upn": "H801200001001",
            "given_name": "Adaeze",
            "family_name": "Testperson",
            "preferred_name": "Ada",
            "date_of_birth": "2013-05-04",
            "year_group": "8",
            "reg_group": "8B",
            "on_roll_from": "01/09/2024",
            "on_roll_to": "2029-07-20",
            "site": "north",
            "social_worker": "Y",
            "looked_after": "N",
            "ehcp": "",
            "sen_support": "y",
            "key_adult_email": "k.adult@northwick.example",
        },
    )

    assert drop.take(Kind.PUPIL).only() == PupilRecord(
        id="00412",
        upn="H801200001001",
        given_name="Adaeze",
        family_name="Testperson",
        preferred_name="Ada",
        date_of_birth=date(2013, 5, 4),
        year_group="8",
        reg_group="8B",
        on_roll_from=date(2024, 9, 1),
        on_roll_to=date(2029, 7, 20),
        social_worker=True,
        looked_after=False,
        ehcp=None,
        sen_support=True,
        key_adult_email="k.adult@northwick.example",
    )


def test_what_a_school_does_not_export_is_not_known(drop: DropFolder):
    assert drop.pupil().only() == PupilRecord(id="P1", given_name="Ada", family_name="Testperson")


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("Y", True),
        ("yes", True),
        ("TRUE", True),
        ("1", True),
        ("n", False),
        ("No", False),
        ("False", False),
        ("0", False),
        ("", None),
        ("  ", None),
    ],
)
def test_a_flag_is_yes_no_or_unknown(drop: DropFolder, flag: str, word: str, meaning: bool | None):
    assert getattr(drop.pupil(**{flag: word}).only(), flag) is meaning


@pytest.mark.parametrize("word", ["maybe", "2", "ja", "Y/N", "Ja Nein"])
def test_another_word_for_a_flag_is_refused(drop: DropFolder, word: str):
    assert drop.pupil(looked_after=word).refused == {"P1": "looked_after is not Y, N or empty"}


def test_leading_zeros_survive(drop: DropFolder):
    assert ids(drop.pupils(PUPILS, "007,Ada,X", "7,Bea,Y").records) == ["007", "7"]


def test_text_is_trimmed_and_composed(drop: DropFolder):
    record = drop.pupils(PUPILS, " P1 ,  Zoe\u0308 ,\u00a0Testperson\u2003").only()

    assert (record.id, record.given_name, record.family_name) == ("P1", "Zoë", "Testperson")


def test_two_spellings_of_one_letter_are_one_id(drop: DropFolder):
    taken = drop.pupils(PUPILS, "Pé1,Ada,X", "Pe\u03011,Ada,X")

    assert ids(taken.records) == ["Pé1"]
    assert taken.refused == {}


def test_a_pupil_may_have_one_name_only(drop: DropFolder):
    taken = drop.pupils(PUPILS, "P1,Ada,", "P2,,Testperson", "P3,,")

    assert [(p.given_name, p.family_name) for p in taken.records] == [("Ada", ""), ("", "Testperson")]
    assert taken.refused == {"P3": "given_name and family_name are both empty"}


@pytest.mark.parametrize(
    ("pupil_id", "reason"),
    [
        ("", "pupil_id is empty"),
        ("  ", "pupil_id is empty"),
        ("9" * 101, "pupil_id is too long, or holds characters that cannot be printed"),
        ("P\u200b1", "pupil_id is too long, or holds characters that cannot be printed"),
    ],
)
def test_a_row_whose_id_cannot_be_used_goes_by_its_line(drop: DropFolder, pupil_id: str, reason: str):
    taken = drop.pupils(PUPILS, "P0,Ada,X", f"{pupil_id},Bea,Y", "P2,Cy,Z")

    assert ids(taken.records) == ["P0", "P2"]
    assert taken.refused == {"line 3": reason}
    assert taken.reading.keys == 2


def test_an_id_of_a_hundred_characters_is_still_one(drop: DropFolder):
    assert drop.pupils(PUPILS, f"{'9' * 100},Ada,X").only().id == "9" * 100


@pytest.mark.parametrize(
    ("born", "reason"),
    [
        ("1900-01-01", None),
        ("1899-12-31", "date_of_birth is outside 1900 to 2100"),
        ("2101-01-01", "date_of_birth is outside 1900 to 2100"),
        ("2013-02-29", "date_of_birth is not a date"),
        ("4.5.2013", "date_of_birth is not a date"),
        ("41398", "date_of_birth is not a date"),
        ("2013-05-04T00:00", "date_of_birth is not a date"),
    ],
)
def test_a_date_of_birth_is_a_date_since_1900(drop: DropFolder, born: str, reason: str | None):
    assert drop.pupil(date_of_birth=born).refused.get("P1") == reason


@pytest.mark.parametrize("column", ["on_roll_from", "on_roll_to"])
def test_a_pupil_came_and_goes_in_this_century(drop: DropFolder, column: str):
    assert drop.pupil(**{column: "1899-12-30"}).refused == {"P1": f"{column} is outside 2000 to 2100"}


def test_a_upn_with_a_wrong_check_letter_is_not_refused_here(drop: DropFolder):
    assert drop.pupil(upn="A801200001001").only().upn == "A801200001001"


def test_a_line_break_in_a_name_is_refused(drop: DropFolder):
    taken = drop.pupils(PUPILS, 'P1,"Ada\nBea",X', 'P2,"Cy\tDee",Y', "P3,Eve,Z")

    assert ids(taken.records) == ["P3"]
    assert taken.refused == dict.fromkeys(("P1", "P2"), "given_name holds a line break or a tab")


def test_every_column_of_staff_arrives(drop: DropFolder):
    drop.lines("staff", "email,staff_id,family_name,given_name", "a@northwick.example,00 7,Example,Ann")

    assert drop.take(Kind.STAFF).only() == StaffRecord(
        id="00 7", email="a@northwick.example", given_name="Ann", family_name="Example"
    )


def test_staff_without_an_e_mail_address_are_refused(drop: DropFolder):
    drop.lines("staff", "staff_id,email", "T1,", "T2,b@northwick.example", ",c@northwick.example")

    taken = drop.take(Kind.STAFF)

    assert taken.records == [StaffRecord(id="T2", email="b@northwick.example")]
    assert taken.refused == {"T1": "email is empty", "line 4": "staff_id is empty"}
    assert taken.reading.keys == 2
