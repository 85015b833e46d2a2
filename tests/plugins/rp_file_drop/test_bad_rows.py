"""A row that cannot be read is refused by key with a reason, and every other row is used."""

from __future__ import annotations

import pytest

from rp_connect.ports.mis import Kind
from tests.plugins.rp_file_drop.folder import INCIDENTS, PUPILS, DropFolder, Taken, ids

OPEN = "has a quotation mark that is never closed or stands in the wrong place"
LONG = "has a field of more than 100,000 characters"
MIB = 1 << 20


def between_good_rows(drop: DropFolder, *bad: str) -> Taken:
    """The pupils P1 and P9 with these lines between them."""
    taken = drop.pupils(PUPILS, "P1,Ada,Testperson", *bad, "P9,Zed,Testperson")
    assert [i for i in ids(taken.records) if i in ("P1", "P9")] == ["P1", "P9"]
    return taken


@pytest.mark.parametrize(
    ("bad", "key", "reason"),
    [
        ("P2,Bea", "P2", "has 2 columns where the header has 3"),
        ("P2,Bea,Testperson,", "P2", "has 4 columns where the header has 3"),
        ("P2", "line 3", "has 1 column where the header has 3"),
        ("P2,Bea\0,Testperson", "P2", "holds a control character"),
        ("P2,Bea\x1b[31m,Testperson", "P2", "holds a control character"),
        ("P2,Bea\x0c,Testperson", "P2", "holds a control character"),
        ("P2,Bea\x85,Testperson", "P2", "holds a control character"),
        ("P2,Bea\uffff,Testperson", "P2", "holds a control character"),
        ('P2,"Bea,Testperson', "P2", OPEN),
        ('P2,"Bea"x,Testperson', "P2", OPEN),
        ('P2,Bea,"', "P2", OPEN),
        ('"P2,Bea,Testperson', "line 3", OPEN),
        ('"', "line 3", OPEN),
        (f"P2,{'x' * 100_001},Testperson", "P2", LONG),
        (f'P2,"{"x" * 100_001}",Testperson', "P2", LONG),
        (f'P2,"{"x" * 200_000}",Testperson', "P2", LONG),
        (f"P2,Bea,{'x' * MIB}", "P2", "is longer than 1 MiB"),
        (f'P2,"{"x" * 10 * MIB}",Testperson', "P2", "is longer than 1 MiB"),
        ("Bea,Testperson", "line 3", "has 2 columns where the header has 3"),
        (f"{'x' * MIB * 3}", "line 3", "is longer than 1 MiB"),
    ],
)
def test_a_bad_row_is_refused_and_the_rows_around_it_are_used(
    drop: DropFolder, bad: str, key: str, reason: str
):
    taken = between_good_rows(drop, bad)

    assert ids(taken.records) == ["P1", "P9"]
    assert taken.refused == {key: reason}
    assert taken.reading.keys == (2 if key == "line 3" else 3)


def test_a_field_of_a_hundred_thousand_characters_is_still_read(drop: DropFolder):
    taken = between_good_rows(drop, f"P2,Bea,{'x' * 100_000}", f'P3,"{"y" * 100_000}",Testperson')

    assert ids(taken.records) == ["P1", "P2", "P3", "P9"]


def test_a_line_of_just_a_mebibyte_is_read_for_what_it_is(drop: DropFolder):
    taken = drop.pupils(f"{PUPILS},notes", f"P2,Bea,{'x' * 90_000},{'y' * 90_000}")

    assert ids(taken.records) == ["P2"]


def test_a_quotation_mark_inside_a_field_is_a_letter_like_any_other(drop: DropFolder):
    taken = between_good_rows(drop, 'P2,Bea "B",5" tall')

    assert (taken.records[1].given_name, taken.records[1].family_name) == ('Bea "B"', '5" tall')


def test_broken_quotation_marks_one_after_the_other_cost_only_their_own_rows(drop: DropFolder):
    taken = between_good_rows(
        drop, 'P2,"Bea,X', 'P3,"Cy,X', "P4,Dee,X", 'P5,Eve,"X', '"P6","Fay","X"', 'P7,"Gil,X'
    )

    assert ids(taken.records) == ["P1", "P4", "P6", "P9"]
    assert taken.refused == dict.fromkeys(["P2", "P3", "P5", "P7"], OPEN)


def test_a_broken_quotation_mark_does_not_swallow_the_row_that_would_close_it(drop: DropFolder):
    taken = between_good_rows(drop, 'P2,Bea,"X', 'P3,Cy,X"')

    assert ids(taken.records) == ["P1", "P3", "P9"]
    assert taken.refused == {"P2": OPEN}


def test_a_broken_quotation_mark_in_the_last_row_costs_only_that(drop: DropFolder):
    taken = drop.pupils(PUPILS, "P1,Ada,X", 'P2,"Bea,X')

    assert ids(taken.records) == ["P1"]
    assert taken.refused == {"P2": OPEN}


def test_a_description_without_end_costs_its_own_lines_only(drop: DropFolder):
    story = [f"and then, {n}" for n in range(400)]
    drop.lines(
        "incidents",
        f"{INCIDENTS},description",
        'I1,2026-11-02,Fight,P1,"It began',
        *story,
        "I2,2026-11-02,Fight,P1,fine",
    )

    taken = drop.take(Kind.INCIDENT)

    assert ids(taken.records) == ["I2"]
    assert taken.refused["I1/P1"] == OPEN
    assert set(taken.refused) == {"I1/P1", *(f"line {n}" for n in range(3, 403))}


def test_a_description_of_two_hundred_lines_is_one_row(drop: DropFolder):
    story = "\n".join(f"and then, {n}" for n in range(200))
    drop.lines("incidents", f"{INCIDENTS},description", f'I1,2026-11-02,Fight,P1,"It began\n{story}"')

    assert drop.take(Kind.INCIDENT).only().description == f"It began\n{story}"


def test_notes_of_several_lines_in_a_column_that_is_ignored_do_no_harm(drop: DropFolder):
    taken = drop.pupils(
        f"{PUPILS},notes",
        'P1,Ada,X,"one, two',
        "a line, just, as long, as a row",
        'three, four, and, five"',
        'P2,Bea,Y,"six',
        'seven"',
    )

    assert ids(taken.records) == ["P1", "P2"]
    assert taken.refused == {}


def test_after_a_row_of_several_lines_the_next_refusal_has_the_right_line(drop: DropFolder):
    drop.lines(
        "incidents",
        f"{INCIDENTS},description",
        'I1,2026-11-02,Fight,P1,"one\ntwo\nthree"',
        "",
        ",2026-11-02,X,P1,",
    )

    assert drop.take(Kind.INCIDENT).refused == {"line 6": "incident_id is empty"}


@pytest.mark.parametrize(
    "cells",
    ["Ada,Testperson", "12/03/2012,Ada,Testperson,x", "2012-03-12,Ada,T,x", "a@b.example,1", "O’B 7,x"],
)
def test_a_shifted_row_never_gives_a_name_or_a_date_for_its_key(drop: DropFolder, cells: str):
    assert list(between_good_rows(drop, cells).refused) == ["line 3"]


def test_a_bad_row_is_refused_once_however_often_it_is_there(drop: DropFolder):
    taken = between_good_rows(drop, "P2,Bea", "P2,Bea", ",x,y", ",x,y")

    assert list(taken.refused) == ["P2", "line 5", "line 6"]


def test_reasons_never_quote_the_row(drop: DropFolder):
    canary = "Canaryson"
    drop.rows(
        "pupils",
        *(
            {"pupil_id": f"P{n}", "given_name": canary, "family_name": canary} | bad
            for n, bad in enumerate(
                [
                    {"date_of_birth": canary},
                    {"on_roll_to": "1899-12-30"},
                    {"ehcp": canary},
                    {"pupil_id": f"{canary}\u200b"},
                    {"given_name": f'"{canary}'},
                    {"site": f"{canary},{canary}"},
                ]
            )
        ),
    )

    taken = drop.take(Kind.PUPIL)

    assert len(taken.refused) == 6
    assert canary not in repr(taken.refused)
