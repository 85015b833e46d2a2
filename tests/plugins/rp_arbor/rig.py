"""A small invented school in Arbor, and an adapter over it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rp_arbor.adapter import ArborAdapter
from rp_arbor.plugin import SPEC
from rp_connect.domain.outcome import Outcome, OutcomeResult
from rp_connect.ports.mis import Cursor, Kind, MisAdapter, MisSettings, OutcomeNote, Page, Reading, Record
from tests.plugins.rp_arbor.vendor import TOKEN, USER, ArborSite, on, to

LONDON = ZoneInfo("Europe/London")
OWN: dict[str, Any] = {
    "username": USER,
    "token": "env:ARBOR_TOKEN",
    "timeout_s": 3.0,
    "page_size": 50,
    "lunchtime": ["12:00", "13:30"],
    "holiday_types": {"INSET day": "inset"},
}


class Secrets:
    def read(self, reference: str) -> str:
        assert reference == "env:ARBOR_TOKEN"
        return TOKEN


def adapter_at(url: str, pause: Callable[[float], None] = time.sleep, **own: Any) -> MisAdapter:
    """Another one each time, as after a restart. A setting of None is left out."""
    table = {name: value for name, value in (OWN | own).items() if value is not None} | {"base_url": url}
    settings = SPEC.settings.model_validate(table)
    place = Path()
    return ArborAdapter(MisSettings("northwick", "", LONDON, place, place, settings, Secrets()), pause)


@dataclass
class Taken:
    reading: Reading
    pages: list[Page]

    @property
    def records(self) -> list[Record]:
        return [record for page in self.pages for record in page.records]

    @property
    def refused(self) -> dict[str, str]:
        return {refusal.key: refusal.reason for page in self.pages for refusal in page.refusals}

    @property
    def deleted(self) -> list[str]:
        return [stone.id for page in self.pages for stone in page.tombstones]

    @property
    def cursor(self) -> Cursor | None:
        return next((page.cursor for page in reversed(self.pages) if page.cursor is not None), None)


def take(reading: Reading) -> Taken:
    return Taken(reading, list(reading.pages()))


def everything(adapter: MisAdapter, kind: Kind) -> Taken:
    return take(adapter.everything(kind))


def changes(adapter: MisAdapter, kind: Kind, cursor: Cursor | None) -> Taken:
    return take(adapter.changes(kind, cursor))


def add_pupil(site: ArborSite, n: int, **person: Any) -> None:
    names = {
        "legalFirstName": f"Given{n}",
        "legalLastName": f"Family{n}",
        "preferredFirstName": f"Given{n}",
        "preferredLastName": f"Family{n}",
        "dateOfBirth": on("2012-02-29"),
    }
    site.put("Person", 1000 + n, **(names | person))
    site.put("Student", n, person=to("Person", 1000 + n, "Somebody"))


def school() -> ArborSite:
    site = ArborSite()
    year = to("AcademicYear", 1)
    site.put("AcademicYear", 1, startDate=on("2026-09-01"), endDate=on("2027-07-21"), code="2026/27")
    site.put(
        "Term", 1, academicYear=year, termName="Autumn", startDate=on("2026-09-02"), endDate=on("2026-12-18")
    )
    site.put(
        "AcademicHoliday",
        1,
        academicHolidayType=to("AcademicHolidayType", 1, "Half term"),
        startDate=on("2026-10-26"),
        endDate=on("2026-10-30"),
        holidayLabel="Half term",
    )
    for n in (1, 2, 3):
        add_pupil(site, n)
        site.put("SchoolEnrolment", n, student=to("Student", n), startDate=on("2023-09-05"), endDate=None)
        site.put(
            "UkDfe_UpnAssignment",
            n,
            student=to("Student", n),
            upn=f"Z8230000000{n}0",
            startDatetime="2023-09-05 00:00:00",
            endDatetime=None,
            isTemporary=False,
        )
    _add_staff(site)
    _add_incident(site)
    _add_exclusions(site)
    _add_marks(site)
    return site


def _add_staff(site: ArborSite) -> None:
    site.put("Person", 2001, legalFirstName="Ada", legalLastName="Testteacher")
    site.put("Staff", 1, person=to("Person", 2001))
    for n, (kind, address) in enumerate(
        [("HOME", "ada@home.example"), ("WORK", "ada@northwick.example")], start=1
    ):
        site.put(
            "EmailAddress",
            n,
            emailAddressOwner=to("Person", 2001),
            emailAddressType=kind,
            emailAddress=address,
            dataOrder=n,
        )


def _add_incident(site: ArborSite) -> None:
    site.put(
        "BehaviouralIncident",
        1,
        behaviour=to("Behaviour", 1, "Fight"),
        incidentName="Yard",
        narrative="  Zoë said <no>.\n",
        incidentDatetime="2026-11-12 10:45:00",
        location=to("Location", 1, "Yard"),
    )
    incident = to("BehaviouralIncident", 1)
    for n in (1, 2):
        site.put(
            "BehaviouralIncidentStudentInvolvement",
            n,
            behaviouralIncident=incident,
            student=to("Student", n),
        )
    site.put(
        "BehaviouralIncidentBehaviour",
        1,
        behaviouralIncident=incident,
        student=to("Student", 1),
        behaviour=to("Behaviour", 1, "Fight"),
    )
    site.put(
        "BehaviouralIncidentAction",
        1,
        behaviouralIncident=incident,
        student=to("Student", 1),
        action=to("Action", 1, "Detention"),
    )


def _add_exclusions(site: ArborSite) -> None:
    for n, code in enumerate(("PP", "DB", "SCHOOL-OWN"), start=1):
        site.put("ExclusionReason", n, code=f"ARBOR_{n}", exportCode="", exclusionReasonName=f"Reason {n}")
        if n < 3:
            site.put("UkDfe_ExclusionReason", n, d00024=code)
    add_exclusion(site, 1)
    site.put(
        "ExclusionExclusionReason",
        1,
        exclusion=to("FixedPeriodExclusion", 1),
        exclusionReason=to("ExclusionReason", 2),
    )
    site.put(
        "PermanentExclusion",
        1,
        student=to("Student", 2),
        exclusionReason=to("ExclusionReason", 3),
        fromDate=on("2026-11-16"),
        decisionDatetime="2026-11-13 16:10:00",
        notifiedGuardiansDatetime=None,
    )
    site.put(
        "InternalExclusion",
        1,
        student=to("Student", 3),
        internalExclusionType=to("InternalExclusionType", 1, "SUSP"),
        issuedDatetime="2026-11-13 09:00:00",
    )


def add_exclusion(site: ArborSite, n: int, **more: Any) -> None:
    usual: dict[str, Any] = {
        "student": to("Student", 1),
        "exclusionReason": to("ExclusionReason", 1, "Physical assault"),
        "fromDatetime": "2026-11-13 08:45:00",
        "untilDatetime": "2026-11-17 12:15:00",
        "dailyStartTime": None,
        "dailyEndTime": None,
        "decisionDatetime": "2026-11-12 15:30:00",
        "notifiedGuardiansDatetime": "2026-11-12 17:00:00",
        "statisticalDaysExcluded": "2.5",
        "schoolDefinedSessionsExcluded": None,
    }
    site.put("FixedPeriodExclusion", n, **(usual | more))


def _add_marks(site: ArborSite) -> None:
    add_mark_meaning(site, 1, "/", "isStatisticalPresent")
    add_mark_meaning(site, 2, "E", "isStatisticalAuthorizedAbsent")
    site.put("AttendanceRollCall", 1, name="Morning", shortName="AM", code="AM")
    site.put("AttendanceRollCall", 2, name="Afternoon", shortName="PM", code="PM")
    site.put("AttendanceRollCall", 3, name="Lesson 3", shortName="L3", code="L3")
    for n, (call, mark) in enumerate([(1, 1), (2, 2), (3, 1)], start=1):
        add_mark(site, n, call, mark)


def add_mark(site: ArborSite, n: int, call: int, mark: int, pupil: int = 1, day: str = "2026-11-13") -> None:
    site.put(
        "AttendanceRollCallRecord",
        n,
        attendanceRollCall=to("AttendanceRollCall", call),
        recordDate=on(day),
        student=to("Student", pupil),
        attendanceMark=to("AttendanceMark", mark),
    )


def add_mark_meaning(site: ArborSite, n: int, letter: str, counts: str, **more: Any) -> None:
    names = (
        *("isStatisticalPresent", "isStatisticalAuthorizedAbsent", "isStatisticalUnauthorizedAbsent"),
        "isStatisticalApprovedEducationalActivity",
    )
    flags = {name: name == counts for name in names} | {"isStatisticalPossibleAttendance": True} | more
    site.put("AttendanceMark", n, code=f"ARBOR_CODE_{n}", attendanceMark=letter, **flags)


def note(number: int = 1, pupils: tuple[str, ...] = ("1",), by: str = "") -> OutcomeNote:
    outcome = Outcome(
        case="RP-2026-0007",
        school="northwick",
        number=number,
        held_on=date(2026, 11, 12),
        result=OutcomeResult.AGREED,
        note="Both want to sit apart for a while.",
        recorded_by=by,
        recorded_at=datetime(2026, 11, 12, 15, tzinfo=UTC),
    )
    return OutcomeNote(outcome, pupil_ids=pupils, suspension_id="1")
