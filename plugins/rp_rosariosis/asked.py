"""Every column that is asked of RosarioSIS, and why. Nothing else ever leaves it: its lists would otherwise
bring password hashes and every field of the school's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rp_connect.ports.mis import AskedField

COLUMNS: Mapping[str, Sequence[str]] = {
    "students": ("student_id", "first_name", "last_name", "custom_200000004"),
    "student_enrollment": ("id", "syear", "student_id", "grade_id", "start_date", "end_date"),
    "school_gradelevels": ("id", "short_name"),
    "staff": ("staff_id", "syear", "rollover_id", "first_name", "last_name", "email", "profile", "schools"),
    "discipline_referrals": ("id", "syear", "student_id", "entry_date", "referral_date"),
    "discipline_fields": ("id", "column_name", "data_type"),
    "discipline_field_usage": ("id", "discipline_field_id", "syear", "title", "select_options"),
    "attendance_calendar": ("school_date",),
    "attendance_calendars": ("calendar_id", "syear", "default_calendar"),
    "attendance_period": ("student_id", "school_date", "period_id", "attendance_code"),
    "attendance_codes": ("id", "short_name"),
    "school_periods": ("period_id", "short_name"),
}

_WHY = {
    "students": "who the pupil is, for the people who work on the case",
    "student_enrollment": "who is on roll, in which year group, from when to when",
    "school_gradelevels": "what the year groups are called",
    "staff": "which member of staff of this school has which e-mail address",
    "discipline_referrals": "incidents, and the suspensions that follow from them",
    "discipline_fields": "what the columns of a referral mean",
    "discipline_field_usage": "what the columns of a referral mean at this school this year",
    "attendance_calendar": "which days are school days: every deadline is counted in them",
    "attendance_calendars": "which of the school's calendars is its own",
    "attendance_period": "the marks of suspended sessions, and attendance before and after",
    "attendance_codes": "what the marks mean",
    "school_periods": "which periods are the morning and the afternoon session",
}
_MORE = [
    AskedField("incident", "discipline_referrals.category_*", "what happened, what followed, what was noted"),
    AskedField("pupil", "students.custom_*", "only the one that upn_field names: it tells who a pupil is"),
]
_KINDS = {
    "students": "pupil",
    "student_enrollment": "pupil",
    "school_gradelevels": "pupil",
    "staff": "staff",
    "discipline_referrals": "incident",
    "discipline_fields": "incident",
    "discipline_field_usage": "incident",
    "attendance_calendar": "calendar",
    "attendance_calendars": "calendar",
}

FIELDS: Sequence[AskedField] = [
    AskedField(_KINDS.get(table, "attendance"), f"{table}.{column}", _WHY[table])
    for table, columns in COLUMNS.items()
    for column in columns
] + _MORE
