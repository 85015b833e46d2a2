"""Pupils and staff, from their rows. A pupil is on roll by the enrolments at this school."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.text import read_text
from rp_rosariosis.values import Row, day_of, given, key_of, words_of

STAFF = ("admin", "teacher")
"""Parents have rows among the staff; they hold no role here, and are not asked for."""
ASKED_STAFF = [("filter", f"profile,in,{','.join(STAFF)},none")]
"""Who left is a member of staff "without access": unasked for, last year's row would speak for them."""


def in_order(enrolments: Iterable[Row]) -> Sequence[Row]:
    """The last is the one that counts: RosarioSIS adds none while one of the year is open, so that an open
    one is the newest. Raises BadRowError for a day that is none."""
    return sorted(
        enrolments,
        key=lambda one: (key_of(one, "syear"), day_of(one, "end_date") or date.max,
                         day_of(one, "start_date") or date.min, len(key_of(one, "id")), key_of(one, "id")),
    )  # fmt: skip


def pupil_of(
    row: Row, held: Sequence[Row], year_ended: date | None, grades: Mapping[str, str], own: RosarioSettings
) -> PupilRecord:
    """`held` are the pupil's enrolments in order; `year_ended` is when the school year of the last ended, if
    another one has begun without the pupil. Raises BadRowError for what cannot be used."""
    last = held[-1]
    return PupilRecord(
        id=key_of(row, "student_id"),
        given_name=read_text(row.get("first_name")).strip(),
        family_name=read_text(row.get("last_name")).strip(),
        upn=words_of(row, own.upn_field) if own.upn_field else "",
        date_of_birth=day_of(row, "custom_200000004"),
        year_group=grades.get(str(last.get("grade_id")), ""),
        on_roll_from=day_of(held[0], "start_date"),
        on_roll_to=day_of(last, "end_date") or year_ended,
    )


def newest_staff(rows: Iterable[Row], school_id: int) -> Iterator[Row]:
    """One row a person of this school: the newest of those that roll over into one another, under the id of
    the first.

    RosarioSIS gives everybody a new row each school year. Only who has an address can hold a role here.
    """
    held = {given(row, "staff_id"): row for row in rows}
    newest: dict[str, Row] = {}
    for row in held.values():
        first = _first_of(row, held)
        if first not in newest or given(row, "syear") > given(newest[first], "syear"):
            newest[first] = row
    for first, row in newest.items():
        works_here = words_of(row, "profile") in STAFF and _at(row, school_id)
        if works_here and words_of(row, "email"):
            yield {**row, "staff_id": first}


def _at(row: Row, school_id: int) -> bool:
    """Where somebody works stands there as ",1,2,"; nothing means at all schools."""
    schools = words_of(row, "schools")
    return not schools or f",{school_id}," in schools


def _first_of(row: Row, held: Mapping[str, Row]) -> str:
    seen = {given(row, "staff_id")}
    while (before := str(row.get("rollover_id"))) in held and before not in seen:
        seen.add(before)
        row = held[before]
    return given(row, "staff_id")


def staff_of(row: Row) -> StaffRecord:
    return StaffRecord(
        id=key_of(row, "staff_id"),
        email=words_of(row, "email"),
        given_name=read_text(row.get("first_name")).strip(),
        family_name=read_text(row.get("last_name")).strip(),
    )
