"""Pupils and staff, from their rows. A pupil is on roll by the enrolments at this school this year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.text import read_text
from rp_rosariosis.values import BadRowError, day_of, key_of, words_of

Row = Mapping[str, Any]


def pupil_of(
    row: Row, enrolments: Iterable[Row], grades: Mapping[str, str], own: RosarioSettings
) -> PupilRecord:
    """Raises BadRowError for what cannot be used."""
    held = sorted(enrolments, key=lambda one: (day_of(one, "start_date") or date.min, key_of(one, "id")))
    last = held[-1] if held else {}
    given, family = read_text(row.get("first_name")).strip(), read_text(row.get("last_name")).strip()
    if not given and not family:
        raise BadRowError("first_name and last_name are empty")
    return PupilRecord(
        id=key_of(row, "student_id"),
        given_name=given,
        family_name=family,
        upn=words_of(row, own.upn_field) if own.upn_field else "",
        date_of_birth=day_of(row, "custom_200000004"),
        year_group=grades.get(str(last.get("grade_id")), ""),
        on_roll_from=day_of(held[0], "start_date") if held else None,
        on_roll_to=day_of(last, "end_date"),
    )


def staff_of(row: Row) -> StaffRecord | None:
    """None for whoever has no e-mail address or is a parent: they hold no role here."""
    email = words_of(row, "email")
    if not email or words_of(row, "profile") in ("parent", "none", ""):
        return None
    return StaffRecord(
        id=key_of(row, "staff_id"),
        email=email,
        given_name=read_text(row.get("first_name")).strip(),
        family_name=read_text(row.get("last_name")).strip(),
    )
