"""attendance.csv: marks by day, half and pupil."""

from __future__ import annotations

from datetime import date

import pytest

from rp_connect.domain.attendance import MEANINGS, Mark
from rp_connect.domain.calendar import Half
from rp_connect.ports.mis import Kind
from tests.plugins.rp_file_drop.folder import ATTENDANCE, DropFolder

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


def test_a_mark_is_a_pupil_a_day_a_session_and_a_code(drop: DropFolder):
    taken = drop.mark(pupil_id="007", date="02/11/2026", session="pm", code="l")

    assert taken.only() == Mark("007", MONDAY, Half.PM, "L")
    assert taken.reading.keys == 1


def test_marks_come_by_day_half_and_pupil(drop: DropFolder):
    drop.lines(
        "attendance",
        ATTENDANCE,
        "P2,2026-11-03,AM,/",
        "P1,2026-11-02,PM,\\",
        "P1,2026-11-03,AM,L",
        "P10,2026-11-02,AM,N",
        "P1,2026-11-02,AM,/",
    )

    assert drop.take(Kind.ATTENDANCE).records == [
        Mark("P1", MONDAY, Half.AM, "/"),
        Mark("P10", MONDAY, Half.AM, "N"),
        Mark("P1", MONDAY, Half.PM, "\\"),
        Mark("P1", TUESDAY, Half.AM, "L"),
        Mark("P2", TUESDAY, Half.AM, "/"),
    ]


def test_every_code_of_the_table_is_known(drop: DropFolder):
    drop.lines("attendance", ATTENDANCE, *(f"P{n},2026-11-02,AM,{code}" for n, code in enumerate(MEANINGS)))

    taken = drop.take(Kind.ATTENDANCE)

    assert {mark.code for mark in taken.records} == set(MEANINGS)
    assert taken.reading.unmapped == []


def test_an_unknown_code_is_kept_and_reported_once(drop: DropFolder):
    drop.lines(
        "attendance", ATTENDANCE, *(f"P{n},2026-11-02,AM,{code}" for n, code in enumerate(["!", "zz", "!"]))
    )

    taken = drop.take(Kind.ATTENDANCE)

    assert [mark.code for mark in taken.records] == ["!", "ZZ", "!"]
    assert taken.reading.unmapped == ["!", "ZZ"]


def test_an_empty_code_is_no_mark_and_nothing_wrong(drop: DropFolder):
    drop.lines("attendance", ATTENDANCE, "P1,2026-11-02,AM,", "P2,2026-11-02,AM, ", "P3,2026-11-02,AM,/")

    taken = drop.take(Kind.ATTENDANCE)

    assert taken.records == [Mark("P3", MONDAY, Half.AM, "/")]
    assert taken.refused == {}
    assert taken.reading.keys == 3


@pytest.mark.parametrize(
    ("row", "key", "reason"),
    [
        ("P1,2026-11-02,AM,PRESENT", "P1/2026-11-02/AM", "code is longer than 4 characters"),
        ("P1,02/11/2026,am,PRESENT", "P1/2026-11-02/AM", "code is longer than 4 characters"),
        ("P1,1899-12-30,AM,/", "P1/1899-12-30/AM", "date is outside 2000 to 2100"),
        ("P1,2026-02-30,AM,/", "line 2", "date is not a date"),
        ("P1,,AM,/", "line 2", "date is empty"),
        ("P1,2026-11-02,,/", "line 2", "session is empty"),
        ("P1,2026-11-02,1,/", "line 2", "session is not AM or PM"),
        (",2026-11-02,AM,/", "line 2", "pupil_id is empty"),
        ("P1,2026-11-02,AM", "line 2", "has 3 columns where the header has 4"),
        ("P1,2026-11-02,AM,/,", "P1/2026-11-02/AM", "has 5 columns where the header has 4"),
        ("P1,2026-11-02,AM,/\0", "P1/2026-11-02/AM", "holds a control character"),
        ('P1,2026-11-02,AM,"/', "P1/2026-11-02/AM", "has a quotation mark that is never closed or stands"),
    ],
)
def test_a_bad_mark_is_refused_and_the_others_are_used(drop: DropFolder, row: str, key: str, reason: str):
    drop.lines("attendance", ATTENDANCE, row, "P2,2026-11-02,AM,/")

    taken = drop.take(Kind.ATTENDANCE)

    assert taken.records == [Mark("P2", MONDAY, Half.AM, "/")]
    ((refused, why),) = taken.refused.items()
    assert refused == key
    assert why.startswith(reason)
    assert taken.reading.keys == (1 if key.startswith("line") else 2)


def test_marks_that_are_equal_count_once_and_marks_that_differ_are_refused(drop: DropFolder):
    drop.lines(
        "attendance",
        ATTENDANCE,
        "P1,2026-11-02,AM,/",
        "P2,2026-11-02,AM,/",
        "P1,02/11/2026,am,/",
        "P2,2026-11-02,AM,N",
        "P3,2026-11-02,AM,",
        "P3,2026-11-02,AM,L",
    )

    taken = drop.take(Kind.ATTENDANCE)

    assert taken.records == [Mark("P1", MONDAY, Half.AM, "/"), Mark("P3", MONDAY, Half.AM, "L")]
    assert taken.refused == {"P2/2026-11-02/AM": "is there more than once, and the rows differ"}
    assert taken.reading.keys == 3


def test_a_good_mark_beside_a_bad_one_of_the_same_key_is_used(drop: DropFolder):
    drop.lines("attendance", ATTENDANCE, "P1,2026-11-02,AM,/", "P1,2026-11-02,AM,PRESENT")

    taken = drop.take(Kind.ATTENDANCE)

    assert taken.records == [Mark("P1", MONDAY, Half.AM, "/")]
    assert list(taken.refused) == ["P1/2026-11-02/AM"]
    assert taken.reading.keys == 1


def test_a_mark_refused_on_several_rows_is_one_refusal(drop: DropFolder):
    drop.lines("attendance", ATTENDANCE, *["P1,2026-11-02,AM,PRESENT"] * 3, "P0,1899-12-30,AM,/")

    assert list(drop.take(Kind.ATTENDANCE).refused) == ["P1/2026-11-02/AM", "P0/1899-12-30/AM"]


def test_thousands_of_bad_marks_come_by_pages_too(drop: DropFolder):
    drop.lines("attendance", ATTENDANCE, *(f"P{n},tomorrow,AM,/" for n in range(2500)), "P1,2026-11-02,AM,/")

    taken = drop.take(Kind.ATTENDANCE)

    assert [(len(page.records), len(page.refusals)) for page in taken.pages] == [
        (1, 0),
        (0, 1000),
        (0, 1000),
        (0, 500),
    ]
    assert [page.cursor is None for page in taken.pages] == [True, True, True, False]


def test_a_reading_may_be_taken_in_twice(drop: DropFolder):
    drop.lines("attendance", ATTENDANCE, "P1,2026-11-02,AM,/", "P1,2026-11-02,PM,/")
    reading = drop.adapter().everything(Kind.ATTENDANCE)

    assert [*reading.pages()] == [*reading.pages()]


def test_more_pupils_than_are_remembered_at_once_are_read_the_same(drop: DropFolder):
    drop.lines(
        "attendance", ATTENDANCE, *(f"{n:05d},2026-11-02,AM,/" for n in [*range(12_000), *range(12_000)])
    )

    taken = drop.take(Kind.ATTENDANCE)

    assert [mark.pupil_id for mark in taken.records] == [f"{n:05d}" for n in range(12_000)]
