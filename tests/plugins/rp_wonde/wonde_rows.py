"""Rows as Wonde shows them, in the shapes that its clients' payloads bear."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

Row = dict[str, Any]
DETAILS = {
    "students": ("education_details", "extended_details"),
    "students-leaver": ("education_details", "extended_details"),
    "employees": ("contact_details",),
    "behaviours": ("students",),
    "exclusions": ("student",),
}
CODES = {
    "P1": "/",
    "P2": "\\",
    "P3": "E",
    "P4": "C1",
    "P5": "Y3",
    "P6": "I",
    "P7": "O",
    "P8": "ZZ",
    "P9": "M",
    "P10": "B",
}
ATTRIBUTES = {
    "BEHAVIOUR_TYPE": ("REST", "BULL"),
    "EVENT_STATUS": ("REV2",),
    "BEHAVIOUR_OUTCOME": ("COOL",),
    "BEHAVIOUR_ROLE": ("AG", "TA"),
}


def php(moment: datetime | date | None, zone: str = "UTC") -> Row | None:
    """A PHP DateTime object, as Wonde has them."""
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return {"date": f"{moment:%Y-%m-%d %H:%M:%S}.000000", "timezone_type": 3, "timezone": zone}


def student(wonde_id: str, upi: str | None = None, **more: Any) -> Row:
    return {
        "id": wonde_id,
        "upi": upi or f"upi-{wonde_id}",
        "mis_id": "71",
        "forename": "Adaline",
        "surname": "Testperson",
        "date_of_birth": php(date(2012, 3, 25), "Europe/London"),
        "education_details": {
            "data": {
                "upn": "Z823000001001",
                "current_nc_year": "9",
                "admission_date": php(date(2023, 9, 5)),
                "leaving_date": None,
            }
        },
        "extended_details": {"data": {}},
        "updated_at": php(datetime(2026, 9, 7, 8, 15, tzinfo=UTC)),
        **more,
    }


def behaviour(key: str, *pupils: tuple[str, str | None], **more: Any) -> Row:
    """`pupils` are Wonde ids with the school's word for their role."""
    return {
        "id": key,
        "type": "BULL",
        "status": "REV2",
        "location": "Yard",
        "comment": "A coat was torn.",
        "action": None,
        "incident_date": php(datetime(2026, 11, 9, 10, 30, tzinfo=UTC)),
        "recorded_date": None,
        "students": {
            "data": [
                {"id": key, "upi": f"upi-{key}", "meta": {"role": role, "action": "COOL", "points": 2}}
                for key, role in pupils
            ]
        },
        **more,
    }


def exclusion(key: str, pupil: str, **more: Any) -> Row:
    return {
        "id": key,
        "type": "Suspension",
        "type_code": "SUSP",
        "reason": "Bullying",
        "reason_code": "BU",
        "start_date": php(date(2026, 11, 10)),
        "start_session": "AM",
        "end_date": php(date(2026, 11, 11)),
        "end_session": "PM",
        "days": 2,
        "sessions": 4,
        "created_at": php(datetime(2026, 11, 6, 9, tzinfo=UTC)),
        "student": {"data": {"id": pupil, "upi": f"upi-{pupil}"}},
        **more,
    }


def mark(key: str, pupil: str, day: date, session: str = "AM", code: str = "P1") -> Row:
    return {
        "id": key,
        "date": php(day),
        "session": session,
        "comment": None,
        "employee": None,
        "attendance_code": code,
        "student": pupil,
    }


def employee(key: str, email: str | None = "teacher@northwick.example") -> Row:
    return {
        "id": key,
        "upi": f"upi-{key}",
        "forename": "Lee",
        "surname": "Staffmember",
        "contact_details": {"data": {"emails": {"email": None, "work": email, "home": "at@home.example"}}},
    }
