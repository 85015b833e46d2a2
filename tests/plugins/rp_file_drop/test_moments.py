"""Dates and moments: the ways of writing them, the school's timezone, and its two odd nights a year."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from rp_connect.domain.when import When
from tests.plugins.rp_file_drop.folder import DropFolder


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc] # numbers, by year, month, …


@pytest.mark.parametrize("text", ["2026-07-01", "01/07/2026", " 2026-07-01 "])
def test_a_date_is_written_either_way(drop: DropFolder, text: str):
    assert drop.suspension(decided_at=text).only().decided == When(date(2026, 7, 1))


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-01T09:05",
        "2026-07-01 09:05",
        "2026-07-01T09:05:00",
        "2026-07-01T09:05:00.000",
        "01/07/2026 09:05",
        "01/07/2026 09:05:00",
        "2026-07-01T09:05+01:00",
        "2026-07-01T09:05:00+0100",
        "2026-07-01T09:05:00 +01",
        "2026-07-01T08:05Z",
        "2026-07-01t08:05:00z",
        "2026-07-01T03:05-05:00",
    ],
)
def test_a_moment_is_iso_with_or_without_offset(drop: DropFolder, text: str):
    assert drop.suspension(decided_at=text).only().decided == When(date(2026, 7, 1), utc(2026, 7, 1, 8, 5))


def test_parts_of_a_second_survive(drop: DropFolder):
    decided = drop.suspension(decided_at="2026-11-02T09:05:01.1234567Z").only().decided

    assert decided.at == utc(2026, 11, 2, 9, 5, 1, 123456)


def test_without_offset_it_is_the_schools_own_clock(drop: DropFolder):
    drop.timezone = ZoneInfo("Asia/Dubai")

    decided = drop.suspension(decided_at="2026-07-01T01:00").only().decided

    assert decided == When(date(2026, 7, 1), utc(2026, 6, 30, 21))


def test_the_day_of_a_moment_is_the_schools(drop: DropFolder):
    decided = drop.suspension(decided_at="2026-06-30T23:30:00Z").only().decided

    assert decided == When(date(2026, 7, 1), utc(2026, 6, 30, 23, 30))


def test_a_time_that_the_clocks_skipped_in_spring_is_taken_as_winter_time(drop: DropFolder):
    decided = drop.suspension(decided_at="2026-03-29T01:30").only().decided

    assert decided == When(date(2026, 3, 29), utc(2026, 3, 29, 1, 30))


def test_a_time_that_came_twice_in_autumn_is_the_first_one(drop: DropFolder):
    decided = drop.suspension(decided_at="2026-10-25T01:30").only().decided

    assert decided == When(date(2026, 10, 25), utc(2026, 10, 25, 0, 30))


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026-11-31",
        "31/11/2026",
        "11/30/2026",
        "2026/11/02",
        "02-11-2026",
        "02/11/26",
        "2/11/2026",
        "2026-11-2",
        "20261102",
        "2026-W45-1",
        "2026-11-02T24:00",
        "2026-11-02T09",
        "2026-11-02T9:05",
        "2026-11-02T09:60",
        "2026-11-02T09:05:60",
        "2026-11-02T09:05:00 GMT",
        "2026-11-02T09:05+25:00",
        "2026-11-02T09:05+01:99",
        "2026-11-02  09:05",
        "2026-11-02T",
        "46328",
        "٢٠٢٦-11-02",
        "2026-11-02x09:05",
        "0000-00-00",
        "00/00/0000",
    ],
)
def test_what_is_neither_is_refused(drop: DropFolder, text: str):
    assert drop.suspension(decided_at=text).refused == {"S1": "decided_at is not a date or a moment"}


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"])
def test_a_moment_beyond_the_calendar_is_refused(drop: DropFolder, text: str):
    assert list(drop.suspension(decided_at=text).refused) == ["S1"]


@pytest.mark.parametrize("text", ["1899-12-30T09:00", "1999-12-31T23:59Z", "2101-01-01T00:00"])
def test_a_moment_outside_the_century_is_refused(drop: DropFolder, text: str):
    assert drop.suspension(decided_at=text).refused == {"S1": "decided_at is outside 2000 to 2100"}
