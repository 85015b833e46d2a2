"""What Arbor's entities become: pupils, staff, incidents, exclusions, marks and the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Half, Period, PeriodKind
from rp_connect.domain.incident import IncidentRecord, IncidentRole
from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_connect.domain.suspension import SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.ports.mis import Kind, MisAdapter
from tests.plugins.rp_arbor.rig import (
    adapter_at,
    add_exclusion,
    add_mark,
    add_mark_meaning,
    add_pupil,
    everything,
)
from tests.plugins.rp_arbor.vendor import ArborSite, on, to


def pupils(adapter: MisAdapter) -> dict[str, PupilRecord]:
    return {r.id: r for r in everything(adapter, Kind.PUPIL).records if isinstance(r, PupilRecord)}


def suspensions(adapter: MisAdapter) -> dict[str, SuspensionRecord]:
    return {r.id: r for r in everything(adapter, Kind.SUSPENSION).records if isinstance(r, SuspensionRecord)}


def incident(adapter: MisAdapter) -> IncidentRecord:
    (found,) = everything(adapter, Kind.INCIDENT).records
    assert isinstance(found, IncidentRecord)
    return found


def test_a_pupil_is_a_student_with_a_person_a_upn_and_an_enrolment(adapter: MisAdapter) -> None:
    assert pupils(adapter)["1"] == PupilRecord(
        id="1",
        given_name="Given1",
        family_name="Family1",
        upn="Z823000000010",
        date_of_birth=date(2012, 2, 29),
        on_roll_from=date(2023, 9, 5),
    )


def test_what_is_not_asked_of_arbor_is_unknown_and_not_no(adapter: MisAdapter) -> None:
    one = pupils(adapter)["1"]
    assert (one.social_worker, one.looked_after, one.ehcp, one.sen_support) == (None, None, None, None)


def test_the_permanent_upn_that_has_not_ended_counts(site: ArborSite, adapter: MisAdapter) -> None:
    student = to("Student", 1)
    site.put("UkDfe_UpnAssignment", 71, student=student, upn="OLD", endDatetime="2024-01-01 00:00:00")
    site.put("UkDfe_UpnAssignment", 72, student=student, upn="TEMPORARY", isTemporary=True)
    assert pupils(adapter)["1"].upn == "Z823000000010"


def test_a_pupil_who_came_back_is_on_roll_by_the_newest_enrolment(
    site: ArborSite, adapter: MisAdapter
) -> None:
    student = to("Student", 1)
    site.put("SchoolEnrolment", 1, student=student, startDate=on("2023-09-05"), endDate=on("2024-07-19"))
    site.put("SchoolEnrolment", 81, student=student, startDate=on("2026-09-02"), endDate=None)
    found = pupils(adapter)["1"]
    assert (found.on_roll_from, found.on_roll_to) == (date(2026, 9, 2), None)


def test_without_enrolments_it_is_unknown_who_is_on_roll(site: ArborSite, adapter: MisAdapter) -> None:
    site.withheld = {"SchoolEnrolment"}
    assert {(p.on_roll_from, p.on_roll_to) for p in pupils(adapter).values()} == {(None, None)}


def test_a_preferred_name_is_kept_beside_the_legal_one(site: ArborSite, adapter: MisAdapter) -> None:
    add_pupil(site, 2, preferredFirstName="Shan")
    assert (pupils(adapter)["2"].given_name, pupils(adapter)["2"].preferred_name) == ("Given2", "Shan")


def test_a_pupil_without_a_readable_date_of_birth_is_refused_and_no_other(
    site: ArborSite, adapter: MisAdapter
) -> None:
    add_pupil(site, 2, dateOfBirth="31/31/2031")
    taken = everything(adapter, Kind.PUPIL)
    assert taken.refused == {"2": "dateOfBirth is not a date"}
    assert [r.id for r in taken.records if isinstance(r, PupilRecord)] == ["1", "3"]


def test_the_work_address_of_a_colleague_counts(adapter: MisAdapter) -> None:
    found = everything(adapter, Kind.STAFF).records
    assert found == [
        StaffRecord(id="1", email="ada@northwick.example", given_name="Ada", family_name="Testteacher")
    ]


def test_whoever_has_no_address_holds_no_role(site: ArborSite, adapter: MisAdapter) -> None:
    site.put("Person", 2002, legalFirstName="Bo", legalLastName="Testcook")
    site.put("Staff", 2, person=to("Person", 2002))
    assert len(everything(adapter, Kind.STAFF).records) == 1


def test_no_list_of_every_persons_address_is_read(site: ArborSite, adapter: MisAdapter) -> None:
    """It would bring those of every parent."""
    everything(adapter, Kind.STAFF)
    lists = [came for came in site.came if came.path == "/rest-v2/email-addresses"]
    wide = [came for came in lists if not any(name.startswith("filters.") for name, _ in came.query)]
    assert sum(came.rows for came in wide) <= 2  # one row, to see whether it is granted
    assert not [came for came in site.came if came.path == "/rest-v2/persons"]


def test_whoever_has_a_behaviour_in_an_incident_is_responsible_and_others_are_affected(
    adapter: MisAdapter,
) -> None:
    found = incident(adapter)
    assert {i.pupil_id: (i.role, i.action) for i in found.involved} == {
        "1": (IncidentRole.RESPONSIBLE, "Detention"),
        "2": (IncidentRole.AFFECTED, ""),
    }


def test_what_a_bare_involvement_means_is_configuration(url: str) -> None:
    found = incident(adapter_at(url, involvement_role="responsible"))
    assert {i.role for i in found.involved} == {IncidentRole.RESPONSIBLE}


def test_the_words_of_an_incident_are_kept_as_typed(adapter: MisAdapter) -> None:
    found = incident(adapter)
    assert (found.kind, found.location, found.description) == ("Fight", "Yard", "  Zoë said <no>.\n")


def test_a_moment_without_an_offset_is_on_the_schools_clock(site: ArborSite, adapter: MisAdapter) -> None:
    site.put("BehaviouralIncident", 1, incidentDatetime="2026-07-01 00:30:00")
    assert incident(adapter).occurred == When(date(2026, 7, 1), datetime(2026, 6, 30, 23, 30, tzinfo=UTC))


def test_midnight_is_a_day_without_a_time(site: ArborSite, adapter: MisAdapter) -> None:
    site.put("BehaviouralIncident", 1, incidentDatetime=on("2026-07-01"))
    assert incident(adapter).occurred == When(date(2026, 7, 1))


def test_a_fixed_period_exclusion_is_a_suspension_with_its_halves_and_sessions(adapter: MisAdapter) -> None:
    found = suspensions(adapter)["1"]
    dates = found.dates
    assert found.category == "SUSP"
    assert (dates.start, dates.start_half, dates.end, dates.end_half) == (
        *(date(2026, 11, 13), Half.AM),
        *(date(2026, 11, 17), Half.AM),
    )
    assert dates.sessions == 5
    assert found.decided == When(date(2026, 11, 12), datetime(2026, 11, 12, 15, 30, tzinfo=UTC))
    assert found.notice_received == date(2026, 11, 12)


def test_the_schools_own_count_of_sessions_goes_before_the_statistical_days(
    site: ArborSite, adapter: MisAdapter
) -> None:
    add_exclusion(site, 1, schoolDefinedSessionsExcluded=4)
    assert suspensions(adapter)["1"].dates.sessions == 4


def test_a_suspension_without_any_length_asks_for_it(site: ArborSite, adapter: MisAdapter) -> None:
    add_exclusion(site, 1, untilDatetime=None, statisticalDaysExcluded=None)
    assert not suspensions(adapter)["1"].dates.complete


@pytest.mark.parametrize(
    ("lunchtime", "daily", "category"),
    [
        (["12:00", "13:30"], ("12:15:00", "13:15:00"), "LNCH"),
        (["12:00", "13:30"], ("08:45:00", "15:15:00"), "SUSP"),
        (["12:00", "13:30"], ("12:15:00", "14:15:00"), "SUSP"),
        (None, ("12:15:00", "13:15:00"), "SUSP"),
    ],
)
def test_a_lunchtime_suspension_is_known_by_its_daily_times_and_the_configured_lunch(
    site: ArborSite, url: str, lunchtime: object, daily: tuple[str, str], category: str
) -> None:
    add_exclusion(site, 1, dailyStartTime=daily[0], dailyEndTime=daily[1])
    assert suspensions(adapter_at(url, lunchtime=lunchtime))["1"].category == category


def test_daily_times_without_a_configured_lunch_are_named(site: ArborSite, url: str) -> None:
    add_exclusion(site, 1, dailyStartTime="12:15:00", dailyEndTime="13:15:00")
    unmapped = everything(adapter_at(url, lunchtime=None), Kind.SUSPENSION).reading.unmapped
    assert "dailyStartTime, dailyEndTime (lunchtime is not configured)" in unmapped


def test_a_permanent_exclusion_has_an_id_of_its_own(adapter: MisAdapter) -> None:
    found = suspensions(adapter)["PermanentExclusion-1"]
    assert (found.category, found.dates.start, found.dates.end) == ("PERM", date(2026, 11, 16), None)


def test_an_internal_exclusion_is_never_a_suspension_even_where_the_school_calls_it_one(
    adapter: MisAdapter,
) -> None:
    found = suspensions(adapter)["InternalExclusion-1"]
    assert found.category == "InternalExclusion (SUSP)"
    assert "InternalExclusion (SUSP)" in everything(adapter, Kind.SUSPENSION).reading.unmapped


def test_several_reasons_come_as_dfe_codes_and_others_verbatim(adapter: MisAdapter) -> None:
    found = suspensions(adapter)
    assert found["1"].reasons == ("PP", "DB")
    assert found["PermanentExclusion-1"].reasons == ("ARBOR_3",)


def test_a_further_reason_without_a_code_comes_in_the_words_that_arbor_shows(
    site: ArborSite, adapter: MisAdapter
) -> None:
    reason = to("ExclusionReason", 9, "Something else")
    exclusion = to("FixedPeriodExclusion", 1)
    site.put("ExclusionExclusionReason", 9, exclusion=exclusion, exclusionReason=reason)
    assert suspensions(adapter)["1"].reasons == ("PP", "DB", "Something else")


@pytest.mark.parametrize(
    "entity",
    ["PermanentExclusion", "ExclusionExclusionReason", "ExclusionReason", "UkDfe_ExclusionReason"],
)
def test_reasons_and_exclusions_that_are_not_granted_are_named_with_the_suspensions(
    site: ArborSite, adapter: MisAdapter, entity: str
) -> None:
    """A reason may call for the safeguarding lead."""
    site.withheld = {entity}
    reading = everything(adapter, Kind.SUSPENSION).reading
    assert reading.given
    assert f"{entity} (not granted)" in reading.unmapped


def test_where_all_is_granted_nothing_is_named_as_withheld(adapter: MisAdapter) -> None:
    assert everything(adapter, Kind.SUSPENSION).reading.unmapped == ["InternalExclusion (SUSP)"]


def test_marks_of_the_two_sessions_come_and_those_of_lessons_do_not(adapter: MisAdapter) -> None:
    taken = everything(adapter, Kind.ATTENDANCE)
    day = date(2026, 11, 13)
    assert taken.records == [Mark("1", day, Half.AM, "/"), Mark("1", day, Half.PM, "E")]
    assert taken.reading.unmapped == ["roll call L3"]


def test_a_mark_that_arbor_counts_otherwise_is_named_and_kept(site: ArborSite, adapter: MisAdapter) -> None:
    add_mark_meaning(site, 2, "E", "isStatisticalPresent")
    taken = everything(adapter, Kind.ATTENDANCE)
    assert "E (Arbor counts it as present)" in taken.reading.unmapped
    assert Mark("1", date(2026, 11, 13), Half.PM, "E") in taken.records


def test_a_mark_that_is_no_possible_attendance_is_told_from_one_that_arbor_says_nothing_of(
    site: ArborSite, adapter: MisAdapter
) -> None:
    add_mark_meaning(site, 7, "Y3", "", isStatisticalPossibleAttendance=False)
    add_mark_meaning(site, 8, "I", "", isStatisticalPossibleAttendance=None)
    assert everything(adapter, Kind.ATTENDANCE).reading.unmapped == ["roll call L3"]


def test_a_mark_of_the_schools_own_is_kept_verbatim_and_named(site: ArborSite, adapter: MisAdapter) -> None:
    add_mark_meaning(site, 9, "zz", "isStatisticalPresent")
    add_mark(site, 9, 1, 9, pupil=2)
    taken = everything(adapter, Kind.ATTENDANCE)
    assert Mark("2", date(2026, 11, 13), Half.AM, "ZZ") in taken.records
    assert "ZZ" in taken.reading.unmapped


def test_terms_and_holidays_make_the_calendar(adapter: MisAdapter) -> None:
    assert everything(adapter, Kind.CALENDAR).records == [
        Period(date(2026, 9, 2), date(2026, 12, 18), PeriodKind.TERM, "Autumn"),
        Period(date(2026, 10, 26), date(2026, 10, 30), PeriodKind.HOLIDAY, "Half term"),
    ]


def test_a_school_year_without_terms_counts_as_one(site: ArborSite, adapter: MisAdapter) -> None:
    site.put("AcademicYear", 2, startDate=on("2027-09-01"), endDate=on("2028-07-21"), code="2027/28")
    years = Period(date(2027, 9, 1), date(2028, 7, 21), PeriodKind.TERM, "2027/28")
    assert years in everything(adapter, Kind.CALENDAR).records


def test_a_type_of_holiday_may_be_configured_as_a_training_day(site: ArborSite, adapter: MisAdapter) -> None:
    kind = to("AcademicHolidayType", 2, "INSET day")
    days = {"startDate": on("2026-11-27"), "endDate": on("2026-11-27")}
    site.put("AcademicHoliday", 2, academicHolidayType=kind, holidayLabel="Training", **days)
    day = date(2026, 11, 27)
    assert Period(day, day, PeriodKind.INSET, "Training") in everything(adapter, Kind.CALENDAR).records


def test_an_involvement_that_comes_twice_once_under_another_incident_is_in_its_own(
    site: ArborSite, adapter: MisAdapter
) -> None:
    before = everything(adapter, Kind.INCIDENT).records
    rows = site.rows["BehaviouralIncidentStudentInvolvement"]
    moved = {
        f"once more {key}": {**row, "behaviouralIncident": to("BehaviouralIncident", 99)}
        for key, row in rows.items()
    }
    held = dict(rows)
    rows.clear()
    rows.update(moved | held)
    assert everything(adapter, Kind.INCIDENT).records == before
    assert before
