"""The kit's invented school, typed into a loopback Arbor."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from rp_arbor.adapter import ArborAdapter
from rp_arbor.plugin import SPEC
from rp_connect.domain.attendance import Mark, meaning_of
from rp_connect.domain.calendar import Half, Period, PeriodKind
from rp_connect.domain.incident import IncidentRecord
from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_connect.domain.suspension import Category, Dates, SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.ports.mis import Kind, MisAdapter, MisSettings
from rp_connect.testing.mis_kit import Answer, Ask, Can, Held, HttpMis, School, ShownOutcome
from tests.plugins.rp_arbor.vendor import USER, ArborSite, Came, error, on, to

LONDON = ZoneInfo("Europe/London")
KIND_OF = {
    "Term": Kind.CALENDAR,
    "AcademicHoliday": Kind.CALENDAR,
    "Student": Kind.PUPIL,
    "Staff": Kind.STAFF,
    "BehaviouralIncident": Kind.INCIDENT,
    "FixedPeriodExclusion": Kind.SUSPENSION,
    "PermanentExclusion": Kind.SUSPENSION,
    "InternalExclusion": Kind.SUSPENSION,
    "AttendanceRollCallRecord": Kind.ATTENDANCE,
}
HOLIDAYS = {PeriodKind.INSET: "INSET day", PeriodKind.CLOSURE: "Closed", PeriodKind.DIRECTED: "Directed time"}
NEVER_A_DATE = "31/31/2031"
HOURS = {"start": {Half.AM: "08:45", Half.PM: "13:15"}, "end": {Half.AM: "12:15", Half.PM: "15:15"}}
Rows = dict[str, dict[str, dict[str, Any]]]
LACKS = (
    *("pupil.year_group", "pupil.reg_group", "pupil.social_worker", "pupil.looked_after", "pupil.ehcp"),
    *("pupil.sen_support", "pupil.key_adult_email", "incident.recorded", "incident.involved.role"),
    *("incident.involved.role_word", "incident.involved.status", "suspension.exam"),
    *("suspension.representations", "suspension.cancelled", "suspension.incident_id"),
)


class ArborRig(HttpMis):
    """Arbor has no roles, no cancellation, and no note of when an incident was typed in."""

    spec = SPEC
    page = 50
    lacks = frozenset(LACKS)
    can = frozenset(
        {
            *(Can.SHARED_INCIDENTS, Can.UNKNOWN_CATEGORIES, Can.UNKNOWN_CODES, Can.CHANGES, Can.TOMBSTONES),
            *(Can.OUTCOMES, Can.SPOIL, Can.WITHHOLD, Can.FAIL, Can.CARRY_ERRORS, Can.SHOW_REQUESTS),
            *(Can.SHOW_FIELDS, Can.CONFIRM_GONE),
        }
    )

    def __init__(self) -> None:
        super().__init__()
        self.site = ArborSite(token=self.secrets[0])
        self.zone = LONDON

    def settings(self) -> Mapping[str, object]:
        return {
            "base_url": self.url,
            "username": USER,
            "token": "env:ARBOR_TOKEN",
            "timeout_s": self.timeout_s,
            "page_size": self.page,
            "lunchtime": ["12:00", "13:30"],
            "holiday_types": {name: kind.value for kind, name in HOLIDAYS.items()},
        }

    def open(self, timezone: ZoneInfo = LONDON) -> MisAdapter:
        """The site's clock is the school's own."""
        if timezone != self.zone:
            self.zone = timezone
            self.publish()
        return super().open(timezone)

    def build(self, settings: MisSettings) -> MisAdapter:
        return ArborAdapter(settings, self.pause)

    def expressible(self, school: School) -> School:
        found = super().expressible(school)
        return found.having(Kind.SUSPENSION, [_expressible(one) for one in found.suspensions])

    def publish(self) -> None:
        self.site.withheld = {entity for entity, kind in KIND_OF.items() if kind in self.mis.withheld}
        wanted: Rows = {entity: {} for entity in self.site.rows}
        for kind in Kind:
            for number, held in enumerate(self.mis.of(kind), start=1):
                for entity, key, row in rows_of(number, held, self.zone):
                    wanted[entity][key] = row
        _add_lists(wanted, self.mis.school)
        wanted["BehaviourFollowUp"] = self.site.rows["BehaviourFollowUp"]
        for entity, rows in wanted.items():
            self._type_in(entity, rows)

    def _type_in(self, entity: str, rows: Mapping[str, dict[str, Any]]) -> None:
        if entity == "BehaviourFollowUp":
            return
        for key in [key for key in self.site.rows[entity] if key not in rows]:
            self.site.delete(entity, key)
        for key, row in rows.items():
            self.site.put(entity, key, **row)
        held = self.site.rows[entity]
        self.site.rows[entity] = {key: held[key] for key in rows}

    def answer(self, ask: Ask) -> Answer:
        came = Came(ask.method, ask.path, ask.query, ask.headers, json.loads(ask.body) if ask.body else None)
        status, body = self.site.answer(came)
        ours = came.properties - {"entityType", "href", "displayName"}
        return Answer(
            body,
            status,
            kind=KIND_OF.get(came.entity),
            rows=came.rows,
            fields=tuple(f"{came.entity}.{name}" for name in sorted(ours)),
            writes=ask.method != "GET",
        )

    def carried(self) -> Answer:
        return Answer(error(403, "Forbidden"), 200)

    def outcomes(self) -> Sequence[ShownOutcome]:
        return [
            ShownOutcome(key, str(row["summary"])) for key, row in self.site.rows["BehaviourFollowUp"].items()
        ]

    def standing(self) -> object:
        return json.dumps(self.site.rows, sort_keys=True)


def _expressible(record: SuspensionRecord) -> SuspensionRecord:
    """Only fixed-period exclusions have an end; an internal one has the day on which it was issued."""
    if record.category == Category.PERMANENT:
        dates = Dates(start=record.dates.start)
        return record.model_copy(update={"id": f"PermanentExclusion-{record.id}", "dates": dates})
    if record.category in set(Category):
        return record
    day = record.dates.start
    changes = {
        "id": f"InternalExclusion-{record.id}",
        "dates": Dates(start=day),
        "decided": day and When(day),
    }
    return record.model_copy(update=changes)


def rows_of(number: int, held: Held, zone: ZoneInfo) -> Iterator[tuple[str, str, dict[str, Any]]]:
    record: Any = held.record
    spoilt = NEVER_A_DATE if held.spoilt else None
    if isinstance(record, Period):
        yield _period(number, record)
    elif isinstance(record, PupilRecord):
        yield from _pupil(record, spoilt)
    elif isinstance(record, StaffRecord):
        yield from _staff(record)
    elif isinstance(record, IncidentRecord):
        yield from _incident(record, zone, spoilt)
    elif isinstance(record, SuspensionRecord):
        yield from _suspension(record, zone, spoilt)
    else:
        yield _mark(record, spoilt)


def _period(number: int, record: Period) -> tuple[str, str, dict[str, Any]]:
    dates = {"startDate": on(str(record.first)), "endDate": on(str(record.last))}
    if record.kind is PeriodKind.TERM:
        return "Term", str(number), {"academicYear": None, "termName": record.label} | dates
    kind = to("AcademicHolidayType", record.kind, HOLIDAYS.get(record.kind, "School holiday"))
    return (
        "AcademicHoliday",
        str(number),
        {"academicHolidayType": kind, "holidayLabel": record.label} | dates,
    )


def _pupil(record: PupilRecord, spoilt: str | None) -> Iterator[tuple[str, str, dict[str, Any]]]:
    key = record.id
    born = on(str(record.date_of_birth)) if record.date_of_birth else None
    yield (
        "Person",
        f"1{key}",
        {
            "legalFirstName": record.given_name,
            "legalLastName": record.family_name,
            "preferredFirstName": record.preferred_name or record.given_name,
            "preferredLastName": record.family_name,
            "dateOfBirth": spoilt or born,
        },
    )
    yield "Student", key, {"person": to("Person", f"1{key}", record.display_name)}
    student = to("Student", key, record.display_name)
    yield (
        "UkDfe_UpnAssignment",
        key,
        {"student": student, "upn": record.upn, "startDatetime": None, "endDatetime": None},
    )
    first, last = record.on_roll_from, record.on_roll_to
    yield (
        "SchoolEnrolment",
        key,
        {
            "student": student,
            "startDate": on(str(first)) if first else None,
            "endDate": on(str(last)) if last else None,
        },
    )


def _staff(record: StaffRecord) -> Iterator[tuple[str, str, dict[str, Any]]]:
    person = to("Person", f"2{record.id}")
    names = {"legalFirstName": record.given_name, "legalLastName": record.family_name}
    yield "Person", f"2{record.id}", names
    yield "Staff", record.id, {"person": person}
    yield (
        "EmailAddress",
        record.id,
        {"emailAddressOwner": person, "emailAddressType": "WORK", "emailAddress": record.email},
    )


def _incident(
    record: IncidentRecord, zone: ZoneInfo, spoilt: str | None
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield (
        "BehaviouralIncident",
        record.id,
        {
            "behaviour": to("Behaviour", 1, record.kind),
            "narrative": record.description,
            "incidentDatetime": spoilt or _moment(record.occurred, zone),
            "location": to("Location", 1, record.location) if record.location else None,
        },
    )
    incident = to("BehaviouralIncident", record.id)
    for one in record.involved:
        key, student = f"{record.id}-{one.pupil_id}", to("Student", one.pupil_id)
        whose = {"behaviouralIncident": incident, "student": student}
        yield "BehaviouralIncidentStudentInvolvement", key, whose
        if one.action:
            yield "BehaviouralIncidentAction", key, whose | {"action": to("Action", 1, one.action)}


def _suspension(
    record: SuspensionRecord, zone: ZoneInfo, spoilt: str | None
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    decided = _moment(record.decided, zone) if record.decided else None
    entity, own = _exclusion(record, decided, spoilt)
    first, *more = record.reasons or ("",)
    yield (
        entity,
        record.id,
        {
            "student": to("Student", record.pupil_id),
            "exclusionReason": to("ExclusionReason", first, first) if first else None,
            "notifiedGuardiansDatetime": on(str(record.notice_received)) if record.notice_received else None,
        }
        | own,
    )
    for reason in more:
        joined = {"exclusion": to(entity, record.id), "exclusionReason": to("ExclusionReason", reason)}
        yield "ExclusionExclusionReason", f"{record.id}-{reason}", joined


def _exclusion(
    record: SuspensionRecord, decided: str | None, spoilt: str | None
) -> tuple[str, dict[str, Any]]:
    dates = record.dates
    if record.category == Category.PERMANENT:
        return "PermanentExclusion", {"fromDate": on(str(dates.start)), "decisionDatetime": decided}
    if record.category not in set(Category):
        kind = to("InternalExclusionType", 1, record.category)
        return "InternalExclusion", {"internalExclusionType": kind, "issuedDatetime": on(str(dates.start))}
    at_lunch = record.category == Category.LUNCHTIME
    return "FixedPeriodExclusion", {
        "fromDatetime": spoilt or _half_day(dates.start, dates.start_half, "start"),
        "untilDatetime": _half_day(dates.end, dates.end_half, "end"),
        "dailyStartTime": "12:10:00" if at_lunch else None,
        "dailyEndTime": "13:00:00" if at_lunch else None,
        "decisionDatetime": decided,
        "schoolDefinedSessionsExcluded": dates.sessions,
    }


def _half_day(day: date | None, half: Half | None, which: str) -> str | None:
    if day is None:
        return None
    return f"{day} 00:00:00" if half is None else f"{day} {HOURS[which][half]}:00"


def _mark(record: Mark, spoilt: str | None) -> tuple[str, str, dict[str, Any]]:
    call = to("AttendanceRollCall", record.half.name)
    return (
        "AttendanceRollCallRecord",
        f"{record.pupil_id}-{record.day}-{record.half.name}",
        {
            "attendanceRollCall": {"entityType": "AttendanceRollCall"} if spoilt else call,
            "recordDate": on(str(record.day)),
            "student": to("Student", record.pupil_id),
            "attendanceMark": to("AttendanceMark", f"{ord(record.code[0])}{record.code[1:]}"),
        },
    )


def _add_lists(wanted: Rows, school: School) -> None:
    """What the school's records refer to."""
    for half in Half:
        wanted["AttendanceRollCall"][half.name] = {"shortName": half.name}
    for code in {mark.code for mark in school.marks}:
        wanted["AttendanceMark"][f"{ord(code[0])}{code[1:]}"] = {"attendanceMark": code} | _flags(code)
    for reason in {reason for one in school.suspensions for reason in one.reasons}:
        wanted["ExclusionReason"][reason] = {"code": f"ARBOR_{reason}"}
        wanted["UkDfe_ExclusionReason"][reason] = {"d00024": reason}


def _flags(code: str) -> dict[str, bool]:
    counted = {
        "present": "isStatisticalPresent",
        "authorised absence": "isStatisticalAuthorizedAbsent",
        "unauthorised absence": "isStatisticalUnauthorizedAbsent",
        "approved educational activity": "isStatisticalApprovedEducationalActivity",
    }
    meaning = meaning_of(code)
    flags = {name: meaning == word for word, name in counted.items()}
    return flags | {"isStatisticalPossibleAttendance": meaning in counted}


def _moment(when: When, zone: ZoneInfo) -> str:
    """On the school's clock; a bare date is midnight there."""
    if when.at is None:
        return f"{when.day} 00:00:00"
    return f"{when.at.astimezone(zone).replace(tzinfo=None):%Y-%m-%d %H:%M:%S}"
