"""Marks: codes by id, pupils by Wonde id, leavers on a path of their own, two weeks at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Half
from rp_connect.ports.mis import Kind
from tests.plugins.rp_wonde.conftest import Open
from tests.plugins.rp_wonde.taking import Taken
from tests.plugins.rp_wonde.vendor import LoopbackWonde, Request, WondeSchool
from tests.plugins.rp_wonde.wonde_rows import mark, student

MONDAY = date(2026, 11, 9)
LONG_AGO = datetime.now(UTC) - timedelta(days=3)


def read(adapter) -> Taken:
    return Taken(adapter.everything(Kind.ATTENDANCE))


def test_a_mark_is_the_letter_behind_its_id_for_the_pupil_behind_theirs(school: WondeSchool, adapter):
    school.put("students", student("A1"))
    school.put("attendance/session", mark("M1", "A1", MONDAY, "PM", "P4"), changed=LONG_AGO)

    assert read(adapter).records == [Mark("upi-A1", MONDAY, Half.PM, "C1")]


def test_a_code_of_the_schools_own_is_kept_and_named(school: WondeSchool, adapter):
    school.put("students", student("A1"))
    school.put("attendance/session", mark("M1", "A1", MONDAY, code="P8"))

    taken = read(adapter)

    assert ([one.code for one in taken.records], taken.reading.unmapped) == (["ZZ"], ["ZZ"])


def test_marks_of_whoever_left_are_read_from_their_own_path(school: WondeSchool, adapter):
    school.put("students", student("A1"))
    school.put("students-leaver", student("A2"))
    school.put("attendance-leavers/session", mark("M2", "A2", MONDAY))

    assert read(adapter).records == [Mark("upi-A2", MONDAY, Half.AM, "/")]


def test_without_the_path_of_leavers_the_others_are_read(school: WondeSchool, adapter):
    school.withheld |= {"attendance-leavers/session", "students-leaver"}
    school.put("students", student("A1"))
    school.put("attendance/session", mark("M1", "A1", MONDAY))

    taken = read(adapter)

    assert (len(taken.records), taken.refusals) == (1, [])


def test_a_pupil_who_came_back_has_one_mark_a_session(school: WondeSchool, adapter):
    school.put("students", student("A7", "upi-same"))
    school.put("students-leaver", student("A1", "upi-same"))
    school.put("attendance/session", mark("M1", "A1", MONDAY, code="P6"), mark("M2", "A7", MONDAY, code="P1"))

    assert [one.code for one in read(adapter).records] == ["/"]


def test_a_mark_that_cannot_be_read_is_refused_by_pupil_day_and_session(school: WondeSchool, adapter):
    school.put("students", student("A1"))
    school.put(
        "attendance/session",
        mark("M1", "A1", MONDAY, code="P404"),
        mark("M2", "A404", MONDAY),
        mark("M3", "A1", MONDAY, "ALL"),
        mark("M4", "A1", MONDAY, "PM"),
    )

    taken = read(adapter)

    assert len(taken.records) == 1
    assert {r.key for r in taken.refusals} == {"upi-A1/2026-11-09/AM", "M2", "upi-A1/2026-11-09/M3"}


def test_a_session_without_a_code_is_no_mark(school: WondeSchool, adapter):
    school.put("students", student("A1"))
    row = mark("M1", "A1", MONDAY) | {"attendance_code": None}
    school.put("attendance/session", row)

    taken = read(adapter)

    assert (taken.records, taken.refusals) == ([], [])


def test_without_its_codes_attendance_is_not_given(school: WondeSchool, adapter):
    school.withheld.add("attendance-codes")
    school.put("students", student("A1"))
    school.put("attendance/session", mark("M1", "A1", MONDAY))

    assert not adapter.everything(Kind.ATTENDANCE).given
    assert adapter.probe().not_granted == ("attendance-codes",)


def test_a_year_is_read_two_weeks_at_a_time_and_each_is_a_safe_place(school, adapter_of: Open):
    school.put("students", student("A1"))
    for weeks in (3, 6, 9):
        day = datetime.now(UTC) - timedelta(weeks=weeks)
        school.put("attendance/session", mark(f"M{weeks}", "A1", day.date()), changed=day)

    taken = read(adapter_of())
    windows = [r.query for r in school.requests if r.list == "attendance/session"]
    cursors = [page.cursor["since"] for page in taken.pages if page.cursor]

    ends = [datetime.fromisoformat(query["updated_before"]) for query in windows[:-1]]
    begins = [datetime.fromisoformat(query["updated_after"]) for query in windows[1:]]
    assert len(taken.records) == 3
    assert begins == [end - timedelta(seconds=1) for end in ends]
    assert "updated_before" not in windows[-1]
    assert cursors[:-1] == [query["updated_before"] for query in windows[:-1]]


@pytest.mark.parametrize("exclusive", [False, True])
def test_a_mark_that_changed_just_where_two_windows_meet_is_read(school: WondeSchool, adapter, exclusive):
    """Nobody published whether Wonde counts the moment itself in."""
    begun = (datetime.now(UTC) - timedelta(weeks=5)).replace(microsecond=0)
    school.exclusive = exclusive
    school.put("students", student("A1"))
    for n, weeks in enumerate((2, 4)):
        moment = begun + timedelta(weeks=weeks)
        school.put("attendance/session", mark(f"M{n}", "A1", moment.date()), changed=moment)

    taken = Taken(adapter.changes(Kind.ATTENDANCE, {"since": f"{begun:%Y-%m-%d %H:%M:%S}"}))

    assert {one.day for one in taken.records} == {(begun + timedelta(weeks=n)).date() for n in (2, 4)}


def test_a_mark_that_changed_just_where_a_reading_broke_off_is_read_when_it_goes_on(school, adapter):
    begun = (datetime.now(UTC) - timedelta(weeks=3)).replace(microsecond=0)
    school.exclusive = True
    school.put("students", student("A1"))
    moment = begun + timedelta(weeks=2)
    school.put("attendance/session", mark("M1", "A1", moment.date()), changed=moment)

    pages = adapter.changes(Kind.ATTENDANCE, {"since": f"{begun:%Y-%m-%d %H:%M:%S}"}).pages()
    broke_off = next(page.cursor for page in pages if page.cursor is not None)

    assert len(Taken(adapter.changes(Kind.ATTENDANCE, broke_off)).records) == 1


def test_a_reading_that_broke_off_goes_on_from_the_last_window(school: WondeSchool, adapter):
    school.put("students", student("A1"))
    ago = datetime.now(UTC) - timedelta(weeks=3)
    school.put("attendance/session", mark("M1", "A1", ago.date()), changed=ago)
    cursor = {"since": f"{datetime.now(UTC) - timedelta(weeks=4):%Y-%m-%d %H:%M:%S}"}

    taken = Taken(adapter.changes(Kind.ATTENDANCE, cursor))

    assert len(taken.records) == 1
    assert len([r for r in school.requests if r.list == "attendance/session"]) == 2


def test_what_changed_since_is_all_that_is_read(school: WondeSchool, adapter):
    school.put("students", student("A1"))
    school.put("attendance/session", mark("M1", "A1", MONDAY), changed=LONG_AGO)
    cursor = read(adapter).cursor
    school.put("attendance/session", mark("M2", "A1", MONDAY, "PM", "P3"))

    taken = Taken(adapter.changes(Kind.ATTENDANCE, cursor))

    assert [(one.half, one.code) for one in taken.records] == [(Half.PM, "E")]


def test_where_no_mark_changed_neither_pupils_nor_codes_are_asked_for(school: WondeSchool, adapter):
    school.put("students", student("A1"))
    school.put("attendance/session", mark("M1", "A1", MONDAY), changed=LONG_AGO)
    cursor = read(adapter).cursor
    school.requests.clear()

    assert adapter.changes(Kind.ATTENDANCE, cursor).unchanged
    assert [r.list for r in school.requests] == ["attendance/session", "attendance-leavers/session"]


def test_a_null_before_the_first_mark_is_refused_and_is_no_end_of_the_list(wonde: LoopbackWonde, adapter):
    wonde.school.put("students", student("A1"))
    wonde.school.put("attendance/session", mark("M1", "A1", MONDAY), changed=LONG_AGO)

    def with_null(request: Request, body: bytes) -> bytes:
        return body.replace(b'[{"id": "M1"', b'[null, {"id": "M1"')

    wonde.mutate = with_null
    since = {"since": f"{LONG_AGO - timedelta(days=1):%Y-%m-%d %H:%M:%S}"}

    taken = Taken(adapter.changes(Kind.ATTENDANCE, since))

    assert [one.pupil_id for one in taken.records] == ["upi-A1"]
    assert [(one.key, one.reason) for one in taken.refusals] == [("row 1", "it is no record")]
