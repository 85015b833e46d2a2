"""Every field that we use of what Wonde gives, and why. A school should grant these and no others: Wonde has
no way to ask for single fields, so what is granted is what crosses the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rp_connect.ports.mis import AskedField

_WHO = "who the pupil is, for the people who work on the case"
_KNOWN = "by which a pupil is known here, also after leaving and coming back"
_UPN = "the UPN, by which a pupil is known when the MIS changes"
_ON_ROLL = "who is on roll, in which year group, from when to when"
_LEFT = "whom a suspension or a mark of somebody who left lately is about"
_LEFT_ON = "the day on which somebody left, where the school grants no leaving date"
_STAFF = "which member of staff has which e-mail address"
_CHANGED = "what changed since the last reading, and what is no longer there"
_INCIDENT = "what happened, when and where"
_INVOLVED = "who was in it, as what, and what followed for them"
_SUSPENSION = "every duty is counted from a suspension's kind, reason and dates"
_MARKS = "the marks of suspended sessions, and attendance before and after"
_LEFT_MARKS = "the same marks of whoever left since"
_SCHOOL = "that this is the right school in the right region, and whether it takes what we write"
_OUTCOME = "which of the school's own words an outcome may be recorded under"
_WRITTEN = "whether an outcome or a mark that was written has reached the school's MIS"

_PERSON = ("forename", "surname", "date_of_birth")
_ENROLMENT = ("current_nc_year", "admission_date", "leaving_date")
_MARK = ("id", "student", "date", "session", "attendance_code")


def _of(path: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{path}.{name}" for name in names)


_ASKED: Mapping[tuple[str, str], Sequence[str]] = {
    ("pupil", _SCHOOL): _of("schools", "id", "region.domain", "extended.allows_writeback"),
    ("pupil", _KNOWN): _of("students", "id", "upi"),
    ("pupil", _WHO): _of("students", *_PERSON),
    ("pupil", _UPN): ("students.education_details.upn", "students-leaver.education_details.upn"),
    ("pupil", _ON_ROLL): (
        *("students.education_details", "students-leaver.education_details"),
        *_of("students.education_details", *_ENROLMENT),
        *_of("students-leaver.education_details", *_ENROLMENT),
    ),
    ("pupil", _LEFT): _of("students-leaver", "id", "upi", *_PERSON),
    ("pupil", _LEFT_ON): ("students-leaver.updated_at",),
    ("staff", _STAFF): _of("employees", "id", "upi", "forename", "surname", "contact_details"),
    ("incident", _INCIDENT): _of(
        "behaviours", "id", "type", "location", "comment", "incident_date", "recorded_date"
    ),
    ("incident", _INVOLVED): (
        *_of("behaviours", "status", "action", "students"),
        *_of("behaviours.students", "id", "upi", "meta.role", "meta.action"),
    ),
    ("incident", _OUTCOME): ("behaviours/attributes.*",),
    ("incident", _WRITTEN): ("writebacks.status",),
    ("suspension", _SUSPENSION): (
        *_of("exclusions", "id", "student", "student.id", "student.upi"),
        *_of("exclusions", "type", "type_code", "reason", "reason_code"),
        *_of("exclusions", "start_date", "start_session", "end_date", "end_session", "days", "sessions"),
    ),
    ("attendance", _MARKS): (
        *_of("attendance/session", *_MARK),
        *_of("attendance-codes", "id", "code"),
    ),
    ("attendance", _LEFT_MARKS): _of("attendance-leavers/session", *_MARK),
    ("suspension", _CHANGED): _of("deletions", "type", "id", "deleted_at", "restored_at"),
}
_FLAGS = {
    "child_in_need": "a social worker must be told of a suspension",
    "child_protection_plan": "a social worker must be told of a suspension",
    "in_lea_care": "the virtual school head must be told of a suspension",
    "sen_status": "an EHCP brings in the authority that maintains it",
}
_SPECIAL = {
    "students.extended_details": "the four flags below are in it; nothing else of it is kept",
    "students-leaver.extended_details": "the same of whoever left; nothing else of it is kept",
    **{f"students.extended_details.{name}": why for name, why in _FLAGS.items()},
    **{
        f"students-leaver.extended_details.{name}": f"{why}, also after leaving"
        for name, why in _FLAGS.items()
    },
}

FIELDS: Sequence[AskedField] = [
    *(AskedField(kind, name, why) for (kind, why), names in _ASKED.items() for name in names),
    *(AskedField("pupil", name, why, special=True) for name, why in _SPECIAL.items()),
]
