"""Pupils by their upi, through leaving and coming back; what is not granted is never “no”."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from rp_connect.ports.mis import Kind, MisAdapter
from rp_connect.services.read_source import SHRINK_KEYS, SHRINK_SHARE
from tests.plugins.rp_wonde.conftest import Open
from tests.plugins.rp_wonde.taking import Taken
from tests.plugins.rp_wonde.vendor import WondeSchool
from tests.plugins.rp_wonde.wonde_rows import Row, employee, php, student

LONG_AGO = datetime.now(UTC) - timedelta(days=2)


def one(taken: Taken):
    assert len(taken.records) == 1
    return taken.records[0]


def test_a_pupil_has_the_fields_that_wonde_gives(school: WondeSchool, adapter):
    school.put("students", student("A1"))

    pupil = one(Taken(adapter.everything(Kind.PUPIL)))

    assert (pupil.id, pupil.given_name, pupil.family_name) == ("upi-A1", "Adaline", "Testperson")
    assert (pupil.upn, pupil.year_group) == ("Z823000001001", "9")
    assert (pupil.date_of_birth, pupil.on_roll_from) == (date(2012, 3, 25), date(2023, 9, 5))


@pytest.mark.parametrize(
    "born",
    [
        php(date(2012, 6, 25), "Europe/London"),
        php(datetime(2012, 6, 24, 23, 0, tzinfo=UTC)),
        "2012-06-25",
        "2012-06-25 00:00:00",
        {"date": "2012-06-25 00:00:00.000000", "timezone_type": 1, "timezone": "+00:00"},
        {"date": "2012-06-25 00:00:00.000000"},
    ],
    ids=["London", "midnight in summer, in UTC", "text", "text with midnight", "offset", "no zone"],
)
def test_a_date_of_birth_is_the_same_day_in_every_shape(school: WondeSchool, adapter, born: object):
    school.put("students", student("A1", date_of_birth=born))

    assert one(Taken(adapter.everything(Kind.PUPIL))).date_of_birth == date(2012, 6, 25)


@pytest.mark.parametrize(
    "born", ["31/31/31", 7, [], {"date": 7}, {"date": "2012-06-25 10:00:00", "timezone": "?"}]
)
def test_a_pupil_whose_date_cannot_be_read_is_refused_by_key_and_nobody_else(school, adapter, born: object):
    school.put("students", student("A1", date_of_birth=born), student("A2"))

    taken = Taken(adapter.everything(Kind.PUPIL))

    assert one(taken).id == "upi-A2"
    assert [(r.key, r.reason) for r in taken.refusals] == [("upi-A1", "date_of_birth is not a date")]


@pytest.mark.parametrize(
    ("extended", "flags"),
    [
        ({}, (None, None, None, None)),
        ({"child_in_need": True}, (True, None, None, None)),
        ({"child_in_need": False}, (None, None, None, None)),
        ({"child_in_need": False, "child_protection_plan": False}, (False, None, None, None)),
        ({"child_protection_plan": "1", "in_lea_care": 0}, (True, False, None, None)),
        ({"sen_status": "E"}, (None, None, True, False)),
        ({"sen_status": "K"}, (None, None, False, True)),
        ({"sen_status": "N"}, (None, None, False, False)),
        ({"sen_status": "?", "in_lea_care": "perhaps"}, (None, None, None, None)),
        ({"free_school_meals": True, "ethnicity": "x", "in_care_details": "x"}, (None, None, None, None)),
    ],
)
def test_only_four_details_become_flags_and_each_may_be_unknown(school, adapter, extended, flags):
    school.put("students", student("A1", extended_details={"data": extended}))

    pupil = one(Taken(adapter.everything(Kind.PUPIL)))

    assert (pupil.social_worker, pupil.looked_after, pupil.ehcp, pupil.sen_support) == flags


@pytest.mark.parametrize("how", ["left_out", "refused"])
def test_details_that_are_not_granted_are_unknown_and_the_pupil_is_there(school, adapter, how: str):
    getattr(school, how).add("extended_details")
    school.put("students", student("A1", extended_details={"data": {"in_lea_care": True}}))

    pupil = one(Taken(adapter.everything(Kind.PUPIL)))

    assert (pupil.looked_after, pupil.upn) == (None, "Z823000001001")
    assert adapter.probe().not_granted == ("extended_details",)


def test_a_pupil_who_left_this_year_has_a_leaving_date(school: WondeSchool, adapter):
    details = {"data": {"leaving_date": php(date(2026, 10, 9))}}
    school.put("students-leaver", student("A1", education_details=details))

    assert one(Taken(adapter.everything(Kind.PUPIL))).on_roll_to == date(2026, 10, 9)


def leaver(wonde_id: str, left: date | None, changed: datetime | None = None) -> Row:
    """Whose row changed on the day of leaving, unless it is said when."""
    details = {"data": {"leaving_date": php(left)}}
    return student(wonde_id, education_details=details, updated_at=php(changed or left))


def test_a_leaver_without_a_leaving_date_left_on_the_day_on_which_the_row_changed(school, adapter):
    school.put("students-leaver", leaver("A1", None, datetime(2026, 10, 9, 23, 30, tzinfo=UTC)))

    assert one(Taken(adapter.everything(Kind.PUPIL))).on_roll_to == date(2026, 10, 10)


@pytest.mark.parametrize("how", ["left_out", "refused"])
def test_where_no_leaving_date_is_granted_a_leaver_is_not_on_roll_for_ever(school, adapter, how: str):
    getattr(school, how).update({"education_details", "extended_details"})
    school.put("students", student("A2"))
    school.put("students-leaver", leaver("A1", date(2026, 10, 9)))

    left = {pupil.id: pupil.on_roll_to for pupil in Taken(adapter.everything(Kind.PUPIL)).records}

    assert left == {"upi-A1": date(2026, 10, 9), "upi-A2": None}


def test_a_leaver_of_whom_no_day_is_known_is_refused_and_not_taken_for_a_pupil_on_roll(school, adapter):
    school.put("students-leaver", leaver("A1", None))

    taken = Taken(adapter.everything(Kind.PUPIL))

    assert taken.records == []
    assert [(r.key, r.reason) for r in taken.refusals] == [
        ("upi-A1", "leaving_date and updated_at are missing")
    ]


def test_a_pupil_on_roll_without_a_leaving_date_stays_whatever_day_the_row_changed(school, adapter):
    school.put("students", student("A1", updated_at=php(date(2026, 10, 9))))

    assert one(Taken(adapter.everything(Kind.PUPIL))).on_roll_to is None


def is_held(before: int, after: int) -> bool:
    """As the core compares the keys of two whole readings."""
    return before - after > max(SHRINK_KEYS, SHRINK_SHARE * before)


def keys(adapter: MisAdapter) -> int:
    found = adapter.everything(Kind.PUPIL).keys
    assert found is not None
    return found


def test_a_year_group_that_left_together_is_never_taken_for_a_list_that_was_cut_short(school, adapter):
    """Neither on the day on which they leave, nor when they left so long ago that they are read no more."""
    now = datetime.now(UTC)
    school.put("students", *(student(f"A{n}") for n in range(120)))
    found = [keys(adapter)]
    for days in (0, 1, 40, 80, 120, 160, 200, 240, 280, 320, 360, 399, 401):
        left = now - timedelta(days=days)
        for n in range(90, 120):
            school.vanish("students", f"A{n}")
            school.put("students-leaver", leaver(f"A{n}", left.date()), changed=left)
        found.append(keys(adapter))

    assert [pair for pair in pairwise(found) if is_held(*pair)] == []
    assert (found[:2], found[-1]) == ([120, 120], 90)


def test_pupils_who_are_missing_and_did_not_leave_make_the_list_look_cut_short(school, adapter):
    school.put("students", *(student(f"A{n}") for n in range(120)))
    before = keys(adapter)
    for n in range(90, 120):
        school.vanish("students", f"A{n}")

    assert is_held(before, keys(adapter))


def test_a_pupil_who_moves_to_the_leavers_is_told_with_a_leaving_date_and_still_counted(school, adapter):
    school.put("students", student("A1"), student("A2"), student("A3", forename="", surname=""))
    assert keys(adapter) == 3  # one of them cannot be read, and is there all the same

    today = datetime.now(UTC).date()
    school.vanish("students", "A1")
    school.put("students-leaver", leaver("A1", today))
    taken = Taken(adapter.everything(Kind.PUPIL))

    assert {pupil.id: pupil.on_roll_to for pupil in taken.records} == {"upi-A1": today, "upi-A2": None}
    assert taken.reading.keys == 3


def test_a_pupil_who_came_back_under_another_id_is_one_pupil_on_roll(school: WondeSchool, adapter):
    details = {"data": {"leaving_date": php(date(2026, 9, 9))}}
    school.put("students-leaver", student("A1", "upi-same", education_details=details))
    school.put("students", student("A7", "upi-same"))

    taken = Taken(adapter.everything(Kind.PUPIL))

    assert (one(taken).id, one(taken).on_roll_to, taken.reading.keys) == ("upi-same", None, 1)


def test_when_only_the_old_enrolment_changes_the_pupil_stays_on_roll(school: WondeSchool, adapter):
    school.put("students", student("A7", "upi-same"), changed=LONG_AGO)
    cursor = Taken(adapter.changes(Kind.PUPIL, None)).cursor
    details = {"data": {"leaving_date": php(date(2026, 9, 9))}}
    school.put("students-leaver", student("A1", "upi-same", education_details=details))

    assert Taken(adapter.changes(Kind.PUPIL, cursor)).records == []


def test_a_deleted_pupil_has_a_tombstone_under_the_upi_by_which_we_know_them(school, adapter_of: Open):
    school.put("students", student("A1"), student("A2"), changed=LONG_AGO)
    cursor = Taken(adapter_of().changes(Kind.PUPIL, None)).cursor
    school.delete("students", "A1", "student")

    stones = Taken(adapter_of().changes(Kind.PUPIL, cursor)).tombstones

    assert [stone.id for stone in stones] == ["upi-A1"]


def test_an_old_id_that_is_deleted_after_a_pupil_came_back_ends_nothing(school, adapter_of: Open):
    school.put("students", student("A1", "upi-same"), changed=LONG_AGO)
    cursor = Taken(adapter_of().changes(Kind.PUPIL, None)).cursor
    school.put("students", student("A7", "upi-same"))
    school.delete("students", "A1", "student")

    assert Taken(adapter_of().changes(Kind.PUPIL, cursor)).tombstones == []


def test_a_pupil_who_was_restored_has_no_tombstone(school: WondeSchool, adapter):
    school.put("students", student("A1"), changed=LONG_AGO)
    cursor = Taken(adapter.changes(Kind.PUPIL, None)).cursor
    school.delete("students", "A1", "student", restored_at=php(datetime.now(UTC)))

    assert Taken(adapter.changes(Kind.PUPIL, cursor)).tombstones == []


def test_where_nothing_changed_a_reading_says_so(school: WondeSchool, adapter):
    school.put("students", student("A1"), changed=LONG_AGO)
    cursor = Taken(adapter.changes(Kind.PUPIL, None)).cursor

    assert adapter.changes(Kind.PUPIL, cursor).unchanged


def test_staff_come_with_their_work_address_and_never_with_the_one_at_home(school, adapter):
    school.put("employees", employee("E1"), employee("E2", None))

    member = one(Taken(adapter.everything(Kind.STAFF)))

    assert (member.id, member.email) == ("upi-E1", "teacher@northwick.example")


def test_wonde_has_no_term_dates(adapter):
    assert not adapter.everything(Kind.CALENDAR).given
