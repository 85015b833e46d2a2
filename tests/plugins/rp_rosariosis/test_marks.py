"""Attendance: the mark in force, of the periods that count; read whole, and never written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Half
from rp_connect.errors import TryLaterError
from rp_connect.ports.mis import Cursor, Kind, MisAdapter
from tests.plugins.rp_rosariosis.loopback import adapter, served
from tests.plugins.rp_rosariosis.tables import mark
from tests.plugins.rp_rosariosis.taking import changes, cursor_after, everything, given, refused
from tests.plugins.rp_rosariosis.vendor import Reply, Vendor

DAY = date(2026, 11, 19)
AM, PM, LESSON = 2, 3, 4


def test_the_mark_in_force_counts_and_not_the_teachers(vendor: Vendor, mis: MisAdapter):
    vendor.tables["attendance_period"] = [mark(2, "2026-11-19", AM, 5, admin="Y"), mark(2, "2026-11-19", PM)]
    assert everything(mis, Kind.ATTENDANCE) == [Mark("2", DAY, Half.AM, "E"), Mark("2", DAY, Half.PM, "/")]


def test_lessons_that_are_no_session_are_not_even_asked_for(vendor: Vendor, mis: MisAdapter):
    vendor.tables["attendance_period"] = [mark(2, "2026-11-19", 4), mark(2, "2026-11-19", AM, None)]
    reading = mis.everything(Kind.ATTENDANCE)
    assert given(reading) == []
    asked = [value for _, path, query in vendor.log if path.endswith("period") for _, value in query]
    assert "period_id,in,2,3" in asked


def test_a_code_that_nobody_mapped_means_nothing_even_if_it_looks_like_a_register_code(
    vendor: Vendor, mis: MisAdapter
):
    vendor.tables["attendance_codes"].append({"id": 6, "syear": "2026", "school_id": 1, "short_name": "Odd"})
    vendor.tables["attendance_period"] = [mark(2, "2026-11-19", AM, 4), mark(2, "2026-11-19", PM, 6)]
    reading = mis.everything(Kind.ATTENDANCE)
    assert [one.code for one in given(reading)] == ["[E]", "ODD"]
    assert reading.unmapped == ["[E]", "ODD"]


def test_a_code_of_another_school_is_refused_by_pupil_and_day(vendor: Vendor, mis: MisAdapter):
    vendor.tables["attendance_period"] = [mark(2, "2026-11-19", AM, 77), mark(2, "2026-11-19", PM)]
    assert refused(mis, Kind.ATTENDANCE) == [
        ("2/2026-11-19/2", "attendance_code is none of this school's codes")
    ]


def test_one_register_a_day_counts_for_both_sessions(vendor: Vendor, url: str):
    vendor.tables["attendance_period"] = [mark(2, "2026-11-19", 1, 1)]
    mis = adapter(url, am_periods=["FD"], pm_periods=["FD"])
    assert everything(mis, Kind.ATTENDANCE) == [Mark("2", DAY, Half.AM, "O"), Mark("2", DAY, Half.PM, "O")]


def test_of_two_periods_of_a_session_the_one_named_first_counts(vendor: Vendor, url: str):
    vendor.tables["attendance_period"] = [mark(2, "2026-11-19", 1, 1), mark(2, "2026-11-19", 4, 2)]
    mis = adapter(url, am_periods=["01", "FD"])
    assert everything(mis, Kind.ATTENDANCE) == [Mark("2", DAY, Half.AM, "/")]


def two_periods(vendor: Vendor, url: str) -> tuple[MisAdapter, Cursor]:
    """The morning's mark is that of its own period, and only else that of the first lesson ("01")."""
    vendor.tables["attendance_period"] = [mark(2, "2026-11-19", AM, 5), mark(2, "2026-11-19", LESSON, 2)]
    mis = adapter(url, am_periods=["AM", "01"])
    return mis, cursor_after(mis, Kind.ATTENDANCE)


def test_an_edit_of_the_lesson_leaves_the_mark_of_a_suspended_morning_as_it_is(vendor: Vendor, url: str):
    mis, cursor = two_periods(vendor, url)
    vendor.edited(vendor.tables["attendance_period"][1], comment="was late")
    assert changes(mis, Kind.ATTENDANCE, cursor) == [Mark("2", DAY, Half.AM, "E")]


def test_where_the_mark_of_the_morning_is_taken_back_that_of_the_lesson_counts(vendor: Vendor, url: str):
    mis, cursor = two_periods(vendor, url)
    vendor.edited(vendor.tables["attendance_period"][0], attendance_code=None)
    assert changes(mis, Kind.ATTENDANCE, cursor) == [Mark("2", DAY, Half.AM, "/")]


def test_where_nothing_changed_no_day_is_read_again(vendor: Vendor, url: str):
    mis, cursor = two_periods(vendor, url)
    vendor.read_log()
    assert changes(mis, Kind.ATTENDANCE, cursor) == []
    assert len([path for _, path, _ in vendor.read_log() if path.endswith("attendance_period")]) == 1


@pytest.mark.parametrize("most", [6, 7, 13, 1000])
def test_of_two_periods_the_days_that_changed_are_read_whole_and_no_others(vendor: Vendor, url: str, most):
    """However short the lists are, and with no more held at once than one of them."""
    vendor.most_rows = most
    days = [str(DAY + timedelta(n)) for n in range(5)]
    vendor.tables["attendance_period"] = [
        mark(pupil, day, period, 5 if period == AM else 2)
        for day in days
        for pupil in (2, 9, 10, 101, 1000)
        for period in (LESSON, PM, AM)
    ]
    mis = adapter(url, am_periods=["AM", "01"])
    cursor = cursor_after(mis, Kind.ATTENDANCE)
    for row in vendor.tables["attendance_period"]:
        if row["school_date"] in (days[1], days[3]) and row["period_id"] == LESSON:
            vendor.edited(row, comment="was late")
    vendor.read_log()

    pages = [page.records for page in mis.changes(Kind.ATTENDANCE, cursor).pages()]
    found = [one for page in pages for one in page if isinstance(one, Mark)]

    assert len(found) == len(set(found)) == 2 * 5 * 2
    assert {(str(one.day), one.half, one.code) for one in found} == {
        (day, half, code) for day in (days[1], days[3]) for half, code in ((Half.AM, "E"), (Half.PM, "/"))
    }
    assert max(map(len, pages)) <= most


def test_a_list_of_changed_days_that_does_not_go_on_is_given_up(vendor: Vendor):
    def first_day_again(path: str, reply: Reply) -> Reply:
        body = reply.body
        if path.endswith("attendance_period") and isinstance(body, dict) and "results" not in body:
            return replace(reply, body={"records": [{"school_date": "2026-11-19"}], "results": 1})
        return reply

    with served(vendor, first_day_again) as url:
        mis, cursor = two_periods(vendor, url)
        vendor.edited(vendor.tables["attendance_period"][1], comment="was late")
        with pytest.raises(TryLaterError):
            changes(mis, Kind.ATTENDANCE, cursor)


def test_without_such_periods_marks_are_not_given_rather_than_none(vendor: Vendor, url: str):
    mis = adapter(url, am_periods=["Early"], pm_periods=["Late"])
    assert not mis.everything(Kind.ATTENDANCE).given
    assert mis.probe().problems == (
        "No period has a short name of am_periods or pm_periods: no mark is read.",
    )


@pytest.mark.parametrize("most", [6, 7, 8, 13, 40, 1000])
def test_every_mark_comes_once_however_short_the_lists_are(vendor: Vendor, mis: MisAdapter, most: int):
    vendor.most_rows = most
    days = [str(DAY + timedelta(n)) for n in range(5)]
    vendor.tables["attendance_period"] = [
        mark(pupil, day, period)
        for pupil in (2, 9, 10, 11, 101, 1000)
        for day in days[: 5 - pupil % 2]
        for period in (4, PM, AM)
    ]
    reading = mis.everything(Kind.ATTENDANCE)
    found = given(reading)
    assert len(found) == len(set(found)) == reading.keys == 2 * (3 * 5 + 3 * 4)


def test_what_changed_is_read_without_the_rest_of_the_year(vendor: Vendor, mis: MisAdapter):
    vendor.most_rows = 20
    vendor.tables["attendance_period"] = [
        mark(pupil, str(DAY + timedelta(n)), period)
        for pupil in range(2, 12)
        for n in range(30)
        for period in (AM, PM)
    ]
    cursor = cursor_after(mis, Kind.ATTENDANCE)
    vendor.edited(vendor.tables["attendance_period"][3], attendance_code=5)
    vendor.read_log()
    assert changes(mis, Kind.ATTENDANCE, cursor) == [Mark("2", DAY + timedelta(1), Half.PM, "E")]
    assert len([path for _, path, _ in vendor.read_log() if path.endswith("attendance_period")]) == 1


def test_a_list_that_does_not_go_on_is_given_up(vendor: Vendor, mis: MisAdapter):
    vendor.most_rows = 2
    vendor.tables["school_periods"] = vendor.tables["school_periods"][1:3]
    vendor.tables["attendance_codes"] = vendor.tables["attendance_codes"][:2]
    vendor.tables["attendance_period"] = [mark(pupil, "2026-11-19", n) for pupil in (2, 3) for n in (2, 3)]
    with pytest.raises(TryLaterError):
        everything(mis, Kind.ATTENDANCE)


def test_a_mark_that_comes_twice_does_not_stand_for_another(vendor: Vendor):
    """One list is cut at five rows; with one of them twice it looks as long as the six that there are."""
    vendor.most_rows = 5
    rows = [mark(pupil, "2026-11-19", period) for pupil in (2, 3, 4) for period in (AM, PM)]
    vendor.tables["attendance_period"] = rows

    def twice(path: str, reply: Reply) -> Reply:
        body = reply.body
        if not path.endswith("attendance_period") or not isinstance(body, dict) or len(body["records"]) < 5:
            return reply
        return replace(reply, body={**body, "records": [body["records"][0], *body["records"]]})

    with served(vendor, twice) as url:
        assert len(everything(adapter(url), Kind.ATTENDANCE)) == 6


def test_a_mark_that_comes_without_its_code_is_refused(vendor: Vendor, mis: MisAdapter):
    """It does not say that nothing was entered."""
    whole, half = mark(2, "2026-11-19", PM), mark(2, "2026-11-19", AM)
    del half["attendance_code"]
    vendor.tables["attendance_period"] = [half, whole]
    reason = "attendance_code is none of this school's codes"
    assert refused(mis, Kind.ATTENDANCE) == [("2/2026-11-19/2", reason)]
