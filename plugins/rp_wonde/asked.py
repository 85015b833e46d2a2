"""Every field that we use of what Wonde gives, and why. A school should grant these and no others: Wonde has
no way to ask for single fields, so what is granted is what crosses the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rp_connect.ports.mis import AskedField

_WHO = "who the pupil is, for the people who work on the case"
_KNOWN = "by which a pupil is known here, also after leaving and coming back"
_ON_ROLL = "who is on roll, in which year group, from when to when"
_STAFF = "which member of staff has which e-mail address"
_CHANGED = "what changed since the last reading, and what is no longer there"
_INCIDENT = "what happened, when and where"
_INVOLVED = "who was in it, as what, and what followed for them"
_SUSPENSION = "every duty is counted from a suspension's kind, reason and dates"
_MARKS = "the marks of suspended sessions, and attendance before and after"
_SCHOOL = "that this is the right school in the right region, and whether it takes what we write"
_OUTCOME = "which of the school's own words an outcome may be recorded under"

_ASKED: Mapping[tuple[str, str], Sequence[str]] = {
    ("pupil", _SCHOOL): ("schools.id", "schools.region.domain", "schools.extended.allows_writeback"),
    ("pupil", _KNOWN): ("students.id", "students.upi"),
    ("pupil", _WHO): ("students.forename", "students.surname", "students.date_of_birth"),
    ("pupil", "the UPN, by which a pupil is known when the MIS changes"): ("students.education_details.upn",),
    ("pupil", _ON_ROLL): (
        "students.education_details",
        "students-leaver.education_details",
        "students.education_details.current_nc_year",
        "students.education_details.admission_date",
        "students.education_details.leaving_date",
    ),
    ("staff", _STAFF): (
        "employees.id",
        "employees.upi",
        "employees.forename",
        "employees.surname",
        "employees.contact_details",
    ),
    ("incident", _INCIDENT): (
        "behaviours.id",
        "behaviours.type",
        "behaviours.location",
        "behaviours.comment",
        "behaviours.incident_date",
        "behaviours.recorded_date",
    ),
    ("incident", _INVOLVED): (
        "behaviours.status",
        "behaviours.action",
        "behaviours.students",
        "behaviours.students.id",
        "behaviours.students.upi",
        "behaviours.students.meta.role",
        "behaviours.students.meta.action",
    ),
    ("incident", _OUTCOME): ("behaviours/attributes",),
    ("suspension", _SUSPENSION): (
        "exclusions.id",
        "exclusions.student",
        "exclusions.student.id",
        "exclusions.student.upi",
        "exclusions.type",
        "exclusions.type_code",
        "exclusions.reason",
        "exclusions.reason_code",
        "exclusions.start_date",
        "exclusions.start_session",
        "exclusions.end_date",
        "exclusions.end_session",
        "exclusions.days",
        "exclusions.sessions",
    ),
    ("attendance", _MARKS): (
        "attendance/session.id",
        "attendance/session.student",
        "attendance/session.date",
        "attendance/session.session",
        "attendance/session.attendance_code",
        "attendance-codes.id",
        "attendance-codes.code",
    ),
    ("suspension", _CHANGED): (
        "deletions.type",
        "deletions.id",
        "deletions.deleted_at",
        "deletions.restored_at",
    ),
}
_FLAGS = {
    "students.extended_details": "the four flags below are in it; nothing else of it is kept",
    "students-leaver.extended_details": "the same of whoever left; nothing else of it is kept",
    "students.extended_details.child_in_need": "a social worker must be told of a suspension",
    "students.extended_details.child_protection_plan": "a social worker must be told of a suspension",
    "students.extended_details.in_lea_care": "the virtual school head must be told of a suspension",
    "students.extended_details.sen_status": "an EHCP brings in the authority that maintains it",
}

FIELDS: Sequence[AskedField] = [
    *(AskedField(kind, name, why) for (kind, why), names in _ASKED.items() for name in names),
    *(AskedField("pupil", name, why, special=True) for name, why in _FLAGS.items()),
]
