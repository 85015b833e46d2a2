"""Who is on roll, who works there, and which days are school days."""

from __future__ import annotations

from datetime import date, timedelta

from rp_connect.domain.calendar import Period, PeriodKind
from rp_connect.ports.mis import Kind, MisAdapter
from tests.plugins.rp_rosariosis.loopback import adapter
from tests.plugins.rp_rosariosis.tables import calendar, day, enrolment, member, student
from tests.plugins.rp_rosariosis.taking import changes, cursor_after, everything, given, refused
from tests.plugins.rp_rosariosis.vendor import Vendor


def test_a_pupil_has_what_the_school_asked_for(vendor: Vendor, url: str):
    vendor.tables["students"] = [student(2, "Liam", "O&#039;Brien", custom_7="H801200001001")]
    (pupil,) = everything(adapter(url, upn_field="custom_7"), Kind.PUPIL)
    assert (pupil.id, pupil.given_name, pupil.family_name) == ("2", "Liam", "O'Brien")
    assert (pupil.upn, pupil.year_group) == ("H801200001001", "08")
    assert (pupil.date_of_birth, pupil.on_roll_from, pupil.on_roll_to) == (
        date(2013, 3, 4), date(2026, 9, 1), None,
    )  # fmt: skip
    assert (pupil.social_worker, pupil.looked_after, pupil.ehcp) == (None, None, None)


def test_children_of_another_school_are_not_even_asked_for(vendor: Vendor, mis: MisAdapter):
    vendor.tables["students"] += [student(3), student(4)]
    vendor.tables["student_enrollment"] += [enrolment(3, 3, school_id=2)]
    assert [pupil.id for pupil in everything(mis, Kind.PUPIL)] == ["2"]
    asked = [query for _, path, query in vendor.read_log() if path.endswith("/students")]
    assert [value for query in asked for name, value in query if "student_id,in" in value] == [
        "student_id,in,2"
    ]


def test_a_pupil_who_did_not_come_back_in_the_new_year_left_with_the_old_one(vendor: Vendor, mis: MisAdapter):
    vendor.tables["students"].append(student(3))
    vendor.tables["student_enrollment"] = [
        enrolment(1, 2, syear="2025", start_date="2025-09-01"),
        enrolment(2, 2),
        enrolment(3, 3, syear="2025", start_date="2025-09-01"),
    ]
    vendor.tables["attendance_calendar"] += [day("2026-07-20", "2025"), day("2026-07-21", "2025")]
    left = {pupil.id: (pupil.on_roll_from, pupil.on_roll_to) for pupil in everything(mis, Kind.PUPIL)}
    assert left == {"2": (date(2025, 9, 1), None), "3": (date(2025, 9, 1), date(2026, 7, 21))}


def test_a_pupil_who_left_and_came_back_is_on_roll(vendor: Vendor, mis: MisAdapter):
    vendor.tables["student_enrollment"] = [
        enrolment(2, 2, end_date="2026-10-01"), enrolment(3, 2, start_date="2026-11-02"),
    ]  # fmt: skip
    (pupil,) = everything(mis, Kind.PUPIL)
    assert pupil.on_roll(date(2026, 11, 18))


def test_an_enrolment_that_is_open_counts_before_one_that_ended(vendor: Vendor, mis: MisAdapter):
    """As RosarioSIS puts them in order: it adds none while one is open."""
    vendor.tables["student_enrollment"] = [
        enrolment(2, 2, start_date="2026-09-07", end_date="2026-10-01"), enrolment(3, 2, start_date=None),
    ]  # fmt: skip
    (pupil,) = everything(mis, Kind.PUPIL)
    assert pupil.on_roll(date(2026, 11, 18))


def test_a_new_name_and_a_new_enrolment_come_as_changes_with_the_whole_pupil(vendor: Vendor, mis: MisAdapter):
    vendor.tables["students"] += [student(3), student(4)]
    vendor.tables["student_enrollment"] += [enrolment(3, 3), enrolment(4, 4)]
    cursor = cursor_after(mis, Kind.PUPIL)
    assert changes(mis, Kind.PUPIL, cursor) == []
    vendor.edited(vendor.tables["students"][1], last_name="Renamed")
    vendor.edited(vendor.tables["student_enrollment"][2], end_date="2026-11-20")
    told = {pupil.id: (pupil.family_name, pupil.on_roll_to) for pupil in changes(mis, Kind.PUPIL, cursor)}
    assert told == {"3": ("Renamed", None), "4": ("Okafor", date(2026, 11, 20))}
    assert mis.changes(Kind.PUPIL, cursor).keys is None


def test_a_date_of_birth_that_is_none_costs_that_pupil_alone(vendor: Vendor, mis: MisAdapter):
    vendor.tables["students"].append(student(3, custom_200000004="31/31/31"))
    vendor.tables["student_enrollment"].append(enrolment(3, 3))
    assert refused(mis, Kind.PUPIL) == [("3", "custom_200000004 is not a date")]
    assert [one.id for one in given(mis.everything(Kind.PUPIL))] == ["2"]


def test_more_pupils_than_a_list_holds_come_whole(vendor: Vendor, mis: MisAdapter):
    vendor.most_rows = 97
    vendor.tables["students"] = [student(n) for n in range(1, 912)]
    vendor.tables["student_enrollment"] = [enrolment(n + 5000, n) for n in range(1, 912)]
    reading = mis.everything(Kind.PUPIL)
    found = [record.id for record in given(reading)]
    assert (reading.keys, len(found), set(found)) == (911, 911, {str(n) for n in range(1, 912)})


def test_a_member_of_staff_keeps_one_id_over_the_years(vendor: Vendor, mis: MisAdapter):
    vendor.tables["staff"] = [
        member(2, "old@northwick.example", syear="2024"),
        member(7, "old@northwick.example", syear="2025", rollover_id=2),
        member(9, "new@northwick.example", syear="2026", rollover_id=7),
        member(3, None),
        member(4, "parent@home.example", "parent"),
    ]
    assert [(one.id, one.email) for one in everything(mis, Kind.STAFF)] == [("2", "new@northwick.example")]
    assert mis.everything(Kind.STAFF).keys == 1


def test_who_has_no_access_any_more_is_not_staff_by_last_years_row(vendor: Vendor, mis: MisAdapter):
    vendor.tables["staff"] = [
        member(2, "left@northwick.example", syear="2025"),
        member(7, "left@northwick.example", "none", rollover_id=2),
    ]
    assert everything(mis, Kind.STAFF) == []


def test_staff_of_another_school_of_the_installation_are_not_staff_here(vendor: Vendor, mis: MisAdapter):
    vendor.tables["staff"] = [
        member(2, "here@northwick.example", schools=",1,"),
        member(3, "both@northwick.example", schools=",12,1,"),
        member(4, "there@northwick.example", schools=",12,"),
        member(5, "every@northwick.example", schools=None),
    ]
    assert [one.id for one in everything(mis, Kind.STAFF)] == ["2", "3", "5"]


def test_parents_are_not_asked_for(vendor: Vendor, mis: MisAdapter):
    everything(mis, Kind.STAFF)
    (query,) = [query for _, path, query in vendor.read_log() if path.endswith("/staff")]
    assert ("filter", "profile,in,admin,teacher,none") in query


def test_gaps_between_school_days_are_holidays(vendor: Vendor, mis: MisAdapter):
    days = [date(2026, 10, 19) + timedelta(n) for n in range(19)]
    half_term = [date(2026, 10, 26) + timedelta(n) for n in range(5)]
    open_days = [one for one in days if one.weekday() < 5 and one not in half_term]
    vendor.tables["attendance_calendar"] = [day(str(one)) for one in reversed(open_days)]
    assert everything(mis, Kind.CALENDAR) == [
        Period(date(2026, 10, 19), date(2026, 11, 6), PeriodKind.TERM),
        Period(date(2026, 10, 26), date(2026, 10, 30), PeriodKind.HOLIDAY),
    ]


def test_a_school_without_a_calendar_there_is_left_to_its_own_file(vendor: Vendor, mis: MisAdapter):
    vendor.tables["attendance_calendar"] = [day("2026-11-16", school=2)]
    assert not mis.everything(Kind.CALENDAR).given
    assert "calendar" not in mis.probe().capabilities


def test_a_day_of_another_calendar_than_the_schools_own_is_no_school_day(vendor: Vendor, mis: MisAdapter):
    """The nursery is open in the half-term of the school."""
    vendor.tables["attendance_calendars"] = [calendar(1, "Y"), calendar(2, None), calendar(3, "N")]
    vendor.tables["attendance_calendar"] = [
        *(day(f"2026-10-{n}") for n in (19, 20, 21, 22, 23)),
        *(day(f"2026-10-{n}", calendar=2) for n in (22, 23, 26, 27)),
        *(day(f"2026-10-{n}", calendar=3) for n in (28, 29, 30)),
        *(day(f"2026-11-{n:02}") for n in (2, 3, 4)),
    ]
    assert everything(mis, Kind.CALENDAR) == [
        Period(date(2026, 10, 19), date(2026, 11, 4), PeriodKind.TERM),
        Period(date(2026, 10, 26), date(2026, 10, 30), PeriodKind.HOLIDAY),
    ]


def test_a_year_without_a_default_calendar_has_the_days_of_all_of_its_own(vendor: Vendor, mis: MisAdapter):
    vendor.tables["attendance_calendars"] = [calendar(1, None), calendar(2, None), calendar(9, "Y", "2025")]
    vendor.tables["attendance_calendar"] = [
        *(day(f"2026-11-{n}") for n in (16, 17)), *(day(f"2026-11-{n}", calendar=2) for n in (17, 18)),
    ]  # fmt: skip
    assert everything(mis, Kind.CALENDAR) == [Period(date(2026, 11, 16), date(2026, 11, 18), PeriodKind.TERM)]


def test_who_left_with_the_old_year_left_with_the_schools_own_calendar(vendor: Vendor, mis: MisAdapter):
    """… and not with the summer school."""
    vendor.tables["students"].append(student(3))
    vendor.tables["student_enrollment"].append(enrolment(3, 3, syear="2025", start_date="2025-09-01"))
    vendor.tables["attendance_calendars"] += [calendar(8, "Y", "2025"), calendar(9, None, "2025")]
    vendor.tables["attendance_calendar"] += [
        day("2026-07-21", "2025", calendar=8), day("2026-08-14", "2025", calendar=9),
    ]  # fmt: skip
    left = {pupil.id: pupil.on_roll_to for pupil in everything(mis, Kind.PUPIL)}
    assert left["3"] == date(2026, 7, 21)
