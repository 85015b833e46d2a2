"""Tables of a RosarioSIS 12: their keys and columns, the invented ones that nobody may ask for among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]

KEYS: Mapping[str, Sequence[str]] = {
    "students": ("student_id",),
    "student_enrollment": ("id",),
    "student_enrollment_codes": ("id",),
    "school_gradelevels": ("id",),
    "schools": ("id", "syear"),
    "staff": ("staff_id",),
    "discipline_referrals": ("id",),
    "discipline_fields": ("id",),
    "discipline_field_usage": ("id",),
    "attendance_calendar": ("syear", "school_id", "school_date", "calendar_id"),
    "attendance_calendars": ("calendar_id",),
    "attendance_codes": ("id",),
    "attendance_day": ("student_id", "school_date"),
    "attendance_period": ("student_id", "school_date", "period_id"),
    "school_periods": ("period_id",),
}
SECRET_COLUMNS = ("password", "last_login", "failed_login")
WITH_PASSWORDS = ("students", "staff")
HASH = "$6$f2c1a9d0$this-hash-must-never-leave-the-school"

FIELDS: Sequence[Row] = [
    {"id": 1, "title": "Violation", "data_type": "multiple_checkbox", "column_name": "CATEGORY_1"},
    {"id": 2, "title": "Detention", "data_type": "multiple_radio", "column_name": "CATEGORY_2"},
    {"id": 3, "title": "Told", "data_type": "checkbox", "column_name": "CATEGORY_3"},
    {"id": 4, "title": "Telephone", "data_type": "text", "column_name": "CATEGORY_4"},
    {"id": 5, "title": "Suspensions", "data_type": "multiple_checkbox", "column_name": "CATEGORY_5"},
    {"id": 6, "title": "Comments", "data_type": "textarea", "column_name": "CATEGORY_6"},
]
OPTIONS: Mapping[int, str] = {
    1: "Fighting\nHarassment\nProfanity, vulgarity, offensive language\nOther",
    2: "10 Minutes\nDiscuss Suspension",
    5: "Half Day\nIn School Suspension\n1 Day\n2 Days\n5 Days\nExpulsion",
}


def usage(year: str, school: int = 1, options: Mapping[int, str] = OPTIONS) -> list[Row]:
    """How a school uses the fields in a year; ids follow the year and the school."""
    return [
        {
            "id": int(year) * 100 + school * 10 + int(field["id"]),
            "discipline_field_id": field["id"],
            "syear": year,
            "school_id": school,
            "title": field["title"],
            "select_options": options.get(int(field["id"]), ""),
            "sort_order": str(field["id"]),
        }
        for field in FIELDS
    ]


def referral(number: int, student: int, **more: object) -> Row:
    """A referral with every column that this school has; `more` may say otherwise."""
    return {
        "id": number,
        "syear": "2026",
        "student_id": student,
        "school_id": 1,
        "staff_id": 1,
        "entry_date": "2026-11-18",
        "referral_date": "2026-11-20",
        **{f"category_{n}": None for n in range(1, 7)},
        **more,
    }


def student(number: int, given: str = "Amelia", family: str = "Okafor", **more: object) -> Row:
    return {
        "student_id": number,
        "first_name": given,
        "last_name": family,
        "middle_name": None,
        "custom_200000000": "Female",
        "custom_200000004": "2013-03-04",
        "password": HASH,
        **more,
    }


def enrolment(number: int, student: int, **more: object) -> Row:
    return {
        "id": number,
        "syear": "2026",
        "school_id": 1,
        "student_id": student,
        "grade_id": 9,
        "start_date": "2026-09-01",
        "end_date": None,
        "drop_code": None,
        **more,
    }


def member(number: int, email: str | None, profile: str = "teacher", **more: object) -> Row:
    return {
        "staff_id": number,
        "syear": "2026",
        "rollover_id": None,
        "first_name": "Teach",
        "last_name": "Teacher",
        "email": email,
        "profile": profile,
        "schools": None,
        "password": HASH,
        **more,
    }


def mark(student: int, day: str, period: int, code: int | None = 2, **more: object) -> Row:
    return {
        "student_id": student,
        "school_date": day,
        "period_id": period,
        "attendance_code": code,
        "attendance_teacher_code": 2,
        "attendance_reason": None,
        "admin": None,
        "comment": None,
        **more,
    }


def day(text: str, year: str = "2026", school: int = 1, calendar: int = 1) -> Row:
    return {
        "syear": year, "school_id": school, "school_date": text, "minutes": 999, "calendar_id": calendar,
    }  # fmt: skip


def calendar(number: int, default: str | None, year: str = "2026") -> Row:
    return {"calendar_id": number, "syear": year, "school_id": 1, "title": "-", "default_calendar": default}


def small_school() -> dict[str, list[Row]]:
    """One pupil, one teacher, the fields, codes and periods that RosarioSIS brings along."""
    codes = {1: "A", 2: "P", 3: "T", 4: "E", 5: "X"}
    periods = {1: "FD", 2: "AM", 3: "PM", 4: "01"}
    return {
        **{table: [] for table in KEYS},
        "students": [student(2)],
        "student_enrollment": [enrolment(2, 2)],
        "school_gradelevels": [{"id": 9, "school_id": 1, "short_name": "08", "title": "8th"}],
        "staff": [member(2, "teach@northwick.example")],
        "discipline_fields": [dict(field) for field in FIELDS],
        "discipline_field_usage": usage("2026"),
        "attendance_calendar": [day(f"2026-11-{n:02}") for n in (16, 17, 18, 19, 20)],
        "attendance_calendars": [calendar(1, "Y")],
        "attendance_codes": [
            {"id": n, "syear": "2026", "school_id": 1, "short_name": name} for n, name in codes.items()
        ],
        "school_periods": [
            {"period_id": n, "syear": "2026", "school_id": 1, "short_name": name}
            for n, name in periods.items()
        ],
    }
