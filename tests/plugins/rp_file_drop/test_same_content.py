"""The same content changes nothing; anything that makes it read differently is read anew."""

from __future__ import annotations

import json
import os
from zoneinfo import ZoneInfo

import pytest

from rp_connect.ports.mis import Cursor, Kind
from tests.plugins.rp_file_drop.folder import ATTENDANCE, CALENDAR, INCIDENTS, PUPILS, SUSPENSIONS, DropFolder

FILES = {
    Kind.CALENDAR: ("calendar", CALENDAR, "term,2026-09-02,2026-12-18,"),
    Kind.PUPIL: ("pupils", PUPILS, "P1,Ada,Testperson"),
    Kind.STAFF: ("staff", "staff_id,email", "T1,t@northwick.example"),
    Kind.INCIDENT: ("incidents", INCIDENTS, "I1,2026-11-02,Fight,P1"),
    Kind.SUSPENSION: ("suspensions", SUSPENSIONS, "S1,P1,SUSP"),
    Kind.ATTENDANCE: ("attendance", ATTENDANCE, "P1,2026-11-02,AM,/"),
}
EACH_KIND = pytest.mark.parametrize("kind", list(Kind))


def first(drop: DropFolder, kind: Kind) -> Cursor:
    """The cursor of a first reading, as it comes back from the store."""
    drop.lines(*FILES[kind])
    cursor = drop.take(kind).cursor
    assert cursor is not None
    stored: Cursor = json.loads(json.dumps(cursor))
    return stored


def is_unchanged(drop: DropFolder, kind: Kind, cursor: Cursor) -> bool:
    taken = drop.take(kind, cursor)
    assert taken.reading.unchanged == (taken.pages == [])
    return taken.reading.unchanged


@EACH_KIND
def test_the_same_content_again_changes_nothing(drop: DropFolder, kind: Kind):
    cursor = first(drop, kind)

    assert is_unchanged(drop, kind, cursor)


@EACH_KIND
def test_the_same_content_written_anew_is_the_same(drop: DropFolder, kind: Kind):
    cursor = first(drop, kind)
    os.utime(drop.lines(*FILES[kind]), (1, 1))

    assert is_unchanged(drop, kind, cursor)


@EACH_KIND
def test_one_more_row_is_a_change(drop: DropFolder, kind: Kind):
    cursor = first(drop, kind)
    name, header, row = FILES[kind]
    drop.lines(name, header, row, row)

    assert not is_unchanged(drop, kind, cursor)


@EACH_KIND
def test_everything_is_everything_though_nothing_changed(drop: DropFolder, kind: Kind):
    cursor = first(drop, kind)

    reading = drop.adapter().everything(kind)

    pages = list(reading.pages())
    assert [len(page.records) for page in pages] == [1]
    assert pages[-1].cursor == cursor


@EACH_KIND
def test_another_mapping_or_timezone_reads_the_file_anew(drop: DropFolder, kind: Kind):
    cursor = first(drop, kind)
    name, header, _ = FILES[kind]
    column = header.split(",")[0]

    drop.columns = {name: {column: column.upper()}}
    assert not is_unchanged(drop, kind, cursor)
    drop.columns, drop.values = {}, {name: {column: {"X": "Y"}}}
    assert not is_unchanged(drop, kind, cursor)
    drop.values, drop.timezone = {}, ZoneInfo("Asia/Dubai")
    assert not is_unchanged(drop, kind, cursor)


def test_the_mapping_of_another_file_changes_nothing(drop: DropFolder):
    cursor = first(drop, Kind.PUPIL)
    drop.columns = {"staff": {"email": "Mail"}}

    assert is_unchanged(drop, Kind.PUPIL, cursor)


@EACH_KIND
@pytest.mark.parametrize("cursor", [{}, {"digest": None}, {"page": 3}, {"digest": ["x"]}])
def test_a_cursor_that_means_nothing_here_reads_everything(drop: DropFolder, kind: Kind, cursor: Cursor):
    drop.lines(*FILES[kind])

    assert not is_unchanged(drop, kind, cursor)


def test_pupils_decide_over_the_other_files_where_schools_share_a_folder(drop: DropFolder):
    drop.site = "north"
    pupils = f"{PUPILS},site"
    drop.lines("pupils", pupils, "P1,Ada,Testperson,north")
    cursor = first(drop, Kind.SUSPENSION)
    assert is_unchanged(drop, Kind.SUSPENSION, cursor)

    drop.lines("pupils", pupils, "P1,Ada,Testperson,south")

    assert not is_unchanged(drop, Kind.SUSPENSION, cursor)
    assert drop.take(Kind.SUSPENSION).records == []


def test_pupils_decide_over_nothing_else_where_a_school_has_its_own_folder(drop: DropFolder):
    cursor = first(drop, Kind.SUSPENSION)
    drop.lines("pupils", PUPILS, "P1,Ada,Testperson")

    assert is_unchanged(drop, Kind.SUSPENSION, cursor)
