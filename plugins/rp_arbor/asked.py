"""Every property that is used of Arbor, and why.

Arbor grants access entity by entity and property by property: this is what a school needs to tick, and no
more. None of it is special-category data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rp_connect.ports.mis import AskedField

_WHY: Mapping[str, tuple[str, str, Sequence[str]]] = {
    "AcademicYear": ("calendar", "school days of a year without terms", ("startDate", "endDate", "code")),
    "Term": (
        "calendar",
        "which days are school days: every deadline is counted in them",
        ("academicYear", "termName", "startDate", "endDate"),
    ),
    "AcademicHoliday": (
        "calendar",
        "which days are no school days",
        ("academicHolidayType", "startDate", "endDate", "holidayLabel"),
    ),
    "Student": ("pupil", "which pupils there are", ("person",)),
    "Person": (
        "pupil",
        "who the pupil or the colleague is, for the people who work on the case",
        ("legalFirstName", "legalLastName", "preferredFirstName", "preferredLastName", "dateOfBirth"),
    ),
    "UkDfe_UpnAssignment": (
        "pupil",
        "the UPN, by which a pupil is known when the MIS changes",
        ("student", "upn", "startDatetime", "endDatetime", "isTemporary"),
    ),
    "SchoolEnrolment": ("pupil", "who is on roll, from when to when", ("student", "startDate", "endDate")),
    "Staff": ("staff", "which colleagues there are", ("person",)),
    "EmailAddress": (
        "staff",
        "which colleague has which e-mail address",
        ("emailAddressOwner", "emailAddressType", "emailAddress", "dataOrder"),
    ),
    "BehaviouralIncident": (
        "incident",
        "what happened, when and where",
        ("behaviour", "incidentName", "narrative", "incidentDatetime", "location"),
    ),
    "BehaviouralIncidentStudentInvolvement": (
        "incident",
        "which pupils were in it",
        ("behaviouralIncident", "student"),
    ),
    "BehaviouralIncidentBehaviour": (
        "incident",
        "which pupil is responsible for what in it",
        ("behaviouralIncident", "student", "behaviour"),
    ),
    "BehaviouralIncidentAction": (
        "incident",
        "what followed for which pupil",
        ("behaviouralIncident", "student", "action"),
    ),
    "FixedPeriodExclusion": (
        "suspension",
        "suspensions: the duties of the school hang on them",
        (
            *(
                "student",
                "exclusionReason",
                "fromDatetime",
                "untilDatetime",
                "dailyStartTime",
                "dailyEndTime",
            ),
            *("decisionDatetime", "notifiedGuardiansDatetime", "statisticalDaysExcluded"),
            "schoolDefinedSessionsExcluded",
        ),
    ),
    "PermanentExclusion": (
        "suspension",
        "permanent exclusions: the duties of the school hang on them",
        ("student", "exclusionReason", "fromDate", "decisionDatetime", "notifiedGuardiansDatetime"),
    ),
    "InternalExclusion": (
        "suspension",
        "so that an internal exclusion is told apart from a suspension",
        (
            *("student", "exclusionReason", "internalExclusionType", "issuedDatetime"),
            "notifiedGuardiansDatetime",
        ),
    ),
    "ExclusionReason": (
        "suspension",
        "what the reasons of a suspension mean",
        ("code", "exportCode", "exclusionReasonName"),
    ),
    "UkDfe_ExclusionReason": ("suspension", "the DfE's code of a reason", ("d00024",)),
    "ExclusionExclusionReason": (
        "suspension",
        "further reasons of a suspension",
        ("exclusion", "exclusionReason"),
    ),
    "AttendanceRollCallRecord": (
        "attendance",
        "the marks of suspended sessions, and attendance before and after",
        ("attendanceRollCall", "recordDate", "student", "attendanceMark"),
    ),
    "AttendanceMark": (
        "attendance",
        "what the marks mean, and what Arbor counts them as",
        (
            *("code", "attendanceMark", "isStatisticalPresent", "isStatisticalAuthorizedAbsent"),
            *("isStatisticalUnauthorizedAbsent", "isStatisticalApprovedEducationalActivity"),
            "isStatisticalPossibleAttendance",
        ),
    ),
    "AttendanceRollCall": (
        "attendance",
        "which roll calls are the morning and the afternoon session",
        ("name", "shortName", "code"),
    ),
    "BehaviourFollowUp": (
        "incident",
        "to find the outcome that was written here, and not write it twice",
        ("student", "summary", "userTags"),
    ),
}

ENTITIES: Sequence[str] = tuple(_WHY)

FIELDS: Sequence[AskedField] = [
    AskedField(kind, f"{entity}.{name}", reason)
    for entity, (kind, reason, names) in _WHY.items()
    for name in names
]
