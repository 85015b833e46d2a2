"""Who is on the roll of this school: its enrolments first, then the pupils they name and no others.

RosarioSIS's pupils belong to no school; an installation may hold several, and another school's children are
none of our business.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from rp_connect.domain.people import PupilRecord
from rp_connect.ports.mis import Cursor, Page, Reading
from rp_rosariosis.asked import COLUMNS
from rp_rosariosis.calendars import school_days
from rp_rosariosis.client import Rosario
from rp_rosariosis.paging import page_of
from rp_rosariosis.people import in_order, pupil_of
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.since import changed_since
from rp_rosariosis.values import Row, day_of, given, key_of

AT_ONCE = 400
"""Ids in one address: with seven digits each it stays below the 8,190 bytes that servers take."""
Enrolments = Mapping[str, Sequence[Row]]


class Roll:
    """`year_ended` asks the calendar once for each year that it needs."""

    def __init__(self, rosario: Rosario, own: RosarioSettings) -> None:
        self._rosario = rosario
        self._own = own
        self._here = ("filter", f"school_id,eq,{own.school_id}")
        self._ends: dict[str, date | None] = {}

    def read(self, cursor: Cursor | None, done: Cursor) -> Reading:
        """`cursor` None: everybody who ever was on it."""
        enrolments = self._everybody() if cursor is None else self._changed(cursor)

        def pages() -> Iterator[Page]:
            if enrolments:
                yield from self._pages(enrolments)
            yield Page(cursor=done)

        return Reading("students", pages, keys=len(enrolments) if cursor is None else None)

    def _pages(self, enrolments: Enrolments) -> Iterator[Page]:
        grades = {
            given(row, "id"): str(row.get("short_name") or "")
            for row in self._rosario.rows(
                "school_gradelevels", COLUMNS["school_gradelevels"], "id", [self._here]
            )
        }
        newest = self._newest_year()

        def to_records(row: Row) -> Iterator[PupilRecord]:
            held = in_order(enrolments[given(row, "student_id")])
            year = key_of(held[-1], "syear")
            yield pupil_of(row, held, self._ended(year) if year < newest else None, grades, self._own)

        columns = [*COLUMNS["students"], *([self._own.upn_field] if self._own.upn_field else [])]
        for ids in _chunks(sorted(enrolments, key=lambda one: (len(one), one))):
            for rows in self._rosario.pages("students", columns, "student_id", [_among(ids)]):
                known = [row for row in rows if given(row, "student_id") in enrolments]
                yield page_of(known, lambda row: given(row, "student_id"), to_records)

    def _everybody(self) -> Enrolments:
        return self._enrolments([self._here])

    def _changed(self, cursor: Cursor) -> Enrolments:
        """Pupils of whom anything changed, with all of their enrolments here."""
        since = changed_since(cursor)
        enrolled = self._rosario.rows("student_enrollment", ["id", "student_id"], "id", [self._here, *since])
        changed = {given(row, "student_id") for row in enrolled}
        pupils = self._rosario.rows("students", ["student_id"], "student_id", since)
        changed |= {given(row, "student_id") for row in pupils}
        found: dict[str, Sequence[Row]] = {}
        for ids in _chunks(sorted(changed)):
            found |= self._enrolments([self._here, _among(ids)])
        return found

    def _enrolments(self, filters: Sequence[tuple[str, str]]) -> Enrolments:
        found: dict[str, list[Row]] = defaultdict(list)
        rows = self._rosario.rows("student_enrollment", COLUMNS["student_enrollment"], "id", filters)
        for row in rows:
            found[given(row, "student_id")].append(row)
        return found

    def _newest_year(self) -> str:
        part = self._rosario.part("student_enrollment", ["syear"], ["syear,desc"], [self._here], size=1)
        return given(part.rows[0], "syear") if part.rows else ""

    def _ended(self, year: str) -> date | None:
        """The last school day of a year; who has no enrolment in a later one left with it."""
        if year not in self._ends:
            days = school_days(self._rosario, self._own.school_id)
            of_year = [*days, ("filter", f"syear,eq,{year}")]
            part = self._rosario.part(
                "attendance_calendar", ["school_date"], ["school_date,desc"], of_year, size=1
            )
            self._ends[year] = day_of(part.rows[0], "school_date") if part.rows else None
        return self._ends[year]


def _chunks(ids: Sequence[str]) -> Iterator[Collection[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _among(ids: Collection[str]) -> tuple[str, str]:
    return "filter", f"student_id,in,{','.join(ids)}"
