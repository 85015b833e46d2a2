"""How a file is written: encoding, delimiter, header, columns; and files that cannot be used at all."""

from __future__ import annotations

import pytest

from rp_connect.ports.mis import Kind
from tests.plugins.rp_file_drop.folder import ATTENDANCE, CALENDAR, PUPILS, SUSPENSIONS, DropFolder, ids

NAMES = f"{PUPILS}\nP1,Zoë,O’Brien–Łukasz\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf_8_is_read_with_and_without_bom(drop: DropFolder, encoding: str):
    drop.write("pupils", NAMES, encoding)

    record = drop.take(Kind.PUPIL).only()

    assert (record.id, record.given_name, record.family_name) == ("P1", "Zoë", "O’Brien–Łukasz")


def test_windows_1252_is_recognised_and_read(drop: DropFolder):
    drop.write("pupils", f"{PUPILS}\nP1,Zoë,O’Brien–Müller\n", "cp1252")

    record = drop.take(Kind.PUPIL).only()

    assert (record.given_name, record.family_name) == ("Zoë", "O’Brien–Müller")


def test_one_byte_that_is_not_utf_8_makes_the_file_windows_1252(drop: DropFolder):
    drop.write("pupils", f"{PUPILS}\n".encode() + b"P1,Zo\xeb,Testperson\n" + "P2,Zoë,Testperson\n".encode())

    assert [record.given_name for record in drop.take(Kind.PUPIL).records] == ["Zoë", "ZoÃ«"]


def test_a_file_that_says_it_is_utf_8_loses_only_the_row_that_is_not(drop: DropFolder):
    drop.write("pupils", b"\xef\xbb\xbf" + f"{PUPILS}\n".encode() + b"P1,Zo\xeb,X\n" + "P2,Zoë,Y\n".encode())

    taken = drop.take(Kind.PUPIL)

    assert [(record.id, record.given_name) for record in taken.records] == [("P2", "Zoë")]
    assert taken.refused == {"P1": "holds bytes that are no text"}


def test_a_byte_that_windows_1252_does_not_have_costs_its_row(drop: DropFolder):
    drop.write("pupils", f"{PUPILS}\n".encode() + b"P1,Zo\x81,X\nP2,Zo\xeb,Y\n")

    taken = drop.take(Kind.PUPIL)

    assert ids(taken.records) == ["P2"]
    assert taken.refused == {"P1": "holds bytes that are no text"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_comma_semicolon_and_tab_are_recognised(drop: DropFolder, delimiter: str, end: str):
    lines = [PUPILS, "P1,Ada,Testperson", 'P2,"Bea, called B; or\tso",Testperson']
    text = end.join([lines[0].replace(",", delimiter), lines[1].replace(",", delimiter), ""])
    drop.write("pupils", text)

    record = drop.take(Kind.PUPIL).only()

    assert (record.id, record.given_name, record.family_name) == ("P1", "Ada", "Testperson")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_kind_of_delimiter_may_stand_in_quotation_marks(drop: DropFolder, delimiter: str):
    drop.lines(
        "incidents",
        delimiter.join(["incident_id", "occurred_at", "type", "pupil_id", "description"]),
        delimiter.join(["I1", "2026-11-02", "Fight", "P1", '"a, b; c\td ""e"""']),
    )

    assert drop.take(Kind.INCIDENT).only().description == 'a, b; c\td "e"'


def test_the_header_decides_where_other_delimiters_stand_in_the_rows(drop: DropFolder):
    taken = drop.pupils("pupil_id;given_name;family_name", "P1;Ada, Bea;Test,person")

    assert (taken.only().given_name, taken.only().family_name) == ("Ada, Bea", "Test,person")


def test_a_name_of_a_column_may_hold_another_delimiter(drop: DropFolder):
    drop.columns = {"pupils": {"family_name": "Surname, legal, as of today"}}

    taken = drop.pupils("pupil_id;given_name;Surname, legal, as of today", "P1;Ada;Testperson")

    assert taken.only().family_name == "Testperson"


def test_columns_come_in_any_order_and_case_and_others_are_ignored(drop: DropFolder):
    taken = drop.pupils(" FAMILY_NAME ,shoe size,Pupil_ID,notes,given_name,notes", "Testperson,38,P1,x,Ada,y")

    record = taken.only()
    assert (record.id, record.given_name, record.family_name) == ("P1", "Ada", "Testperson")


def test_a_file_whose_every_field_is_quoted_reads_the_same(drop: DropFolder):
    taken = drop.pupils(
        '"pupil_id","given_name","family_name"', '"P1","Ada","Test ""T"" person"', '"P2","Bea",""'
    )

    assert [(p.id, p.given_name, p.family_name) for p in taken.records] == [
        ("P1", "Ada", 'Test "T" person'),
        ("P2", "Bea", ""),
    ]


def test_blank_lines_and_rows_of_nothing_but_delimiters_are_no_rows(drop: DropFolder):
    taken = drop.pupils("", "  ", PUPILS, "", "P1,Ada,Testperson", "   ", ",,", '"","",""', " , , ", "")

    assert ids(taken.records) == ["P1"]
    assert taken.refused == {}


def test_the_last_line_needs_no_line_end(drop: DropFolder):
    drop.write("pupils", f"{PUPILS}\nP1,Ada,Testperson")

    assert drop.take(Kind.PUPIL).only().id == "P1"


def test_a_header_without_rows_is_an_empty_list(drop: DropFolder):
    taken = drop.pupils(PUPILS)

    assert (taken.records, taken.refused, taken.reading.keys) == ([], {}, 0)
    assert taken.cursor is not None


KINDS = [
    (Kind.PUPIL, "pupils"),
    (Kind.STAFF, "staff"),
    (Kind.INCIDENT, "incidents"),
    (Kind.SUSPENSION, "suspensions"),
    (Kind.ATTENDANCE, "attendance"),
    (Kind.CALENDAR, "calendar"),
]


@pytest.mark.parametrize(("kind", "name"), KINDS)
def test_a_missing_file_is_not_given_and_never_empty(drop: DropFolder, kind: Kind, name: str):
    taken = drop.take(kind)

    assert (taken.reading.given, taken.reading.keys, taken.pages) == (False, None, [])
    assert taken.reading.label == f"{name}.csv"


@pytest.mark.parametrize(("kind", "name"), KINDS)
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\r\n  \n"])
def test_an_empty_file_is_refused_by_its_name(drop: DropFolder, kind: Kind, name: str, content: bytes):
    drop.write(name, content)

    taken = drop.take(kind)

    assert taken.refused == {f"{name}.csv": "is empty"}
    assert (taken.reading.given, taken.reading.keys, taken.records, taken.cursor) == (True, None, [], None)


@pytest.mark.parametrize(
    ("kind", "name", "header", "column"),
    [
        (Kind.PUPIL, "pupils", "pupil_id,given_name", "family_name"),
        (Kind.STAFF, "staff", "staff_id,given_name,family_name", "email"),
        (Kind.INCIDENT, "incidents", "incident_id,type,pupil_id", "occurred_at"),
        (Kind.SUSPENSION, "suspensions", "suspension_id,pupil_id,decided_at", "category"),
        (Kind.ATTENDANCE, "attendance", "pupil_id,date,code", "session"),
        (Kind.CALENDAR, "calendar", "kind,first", "last"),
    ],
)
def test_a_file_without_a_needed_column_is_refused_and_tried_again(
    drop: DropFolder, kind: Kind, name: str, header: str, column: str
):
    drop.lines(name, header, "1,2,3")

    taken = drop.take(kind)

    assert taken.refused == {f"{name}.csv": f"the column {column} is missing"}
    assert (taken.reading.keys, taken.records, taken.cursor) == (None, [], None)


def test_several_missing_columns_are_named_together(drop: DropFolder):
    drop.lines("suspensions", "a,b", "1,2")

    assert drop.take(Kind.SUSPENSION).refused == {
        "suspensions.csv": "the columns suspension_id, pupil_id, category are missing"
    }


@pytest.mark.parametrize(
    ("name", "kind", "header"),
    [
        ("suspensions", Kind.SUSPENSION, SUSPENSIONS),
        ("attendance", Kind.ATTENDANCE, ATTENDANCE),
        ("calendar", Kind.CALENDAR, CALENDAR),
    ],
)
def test_only_the_bold_columns_are_needed(drop: DropFolder, name: str, kind: Kind, header: str):
    drop.lines(name, header.removesuffix(",label"))

    assert drop.take(kind).refused == {}


def test_a_column_that_is_there_twice_is_ambiguous(drop: DropFolder):
    taken = drop.pupils("pupil_id,given_name,family_name,Pupil_ID ", "P1,Ada,Testperson,P2")

    assert taken.refused == {"pupils.csv": "the column pupil_id is there more than once"}


TEXT = f"{PUPILS}\nP1,Ada,Testperson\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00\n\x00\x01\x02",
        b"%PDF-1.7\n%\xe2\xe3\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00\n",
        bytes(range(256)) * 20,
    ],
)
@pytest.mark.parametrize("kind", [Kind.PUPIL, Kind.ATTENDANCE])
def test_utf_16_and_spreadsheets_are_refused_with_one_reason(drop: DropFolder, content: bytes, kind: Kind):
    name = "pupils" if kind is Kind.PUPIL else "attendance"
    drop.write(name, content)

    taken = drop.take(kind)

    assert taken.refused == {f"{name}.csv": "is not a text file; save it as CSV (UTF-8)"}
    assert taken.cursor is None


@pytest.mark.parametrize(
    "header", ["pupil_id,given_name,family_name\x07", "x" * 2_000_000, "pupil_id\rgiven_name"]
)
def test_a_header_that_cannot_be_read_is_one_refusal(drop: DropFolder, header: str):
    taken = drop.pupils(header, "P1,Ada,Testperson")

    assert taken.refused == {"pupils.csv": "has a header row that cannot be read; save it as CSV (UTF-8)"}
