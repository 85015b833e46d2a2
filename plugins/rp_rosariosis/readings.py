"""Readings of RosarioSIS, kind by kind. Pages follow ranges of a unique key and hold at most 1,000 rows.

RosarioSIS has two clocks: its pages write the school's time, its API the database server's, neither with an
offset. So the watermark is our own clock's, and the window of a reading begins as long before it as any two
zones lie apart; what is read twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from rp_connect.domain.attendance import Mark
from rp_connect.ports.mis import Cursor, Kind, Page, Reading, Record, Refusal
from rp_rosariosis.asked import COLUMNS
from rp_rosariosis.catalogue import Catalogue, read_catalogues
from rp_rosariosis.client import SIZE, Rosario
from rp_rosariosis.marks import MarkBook
from rp_rosariosis.people import pupil_of, staff_of
from rp_rosariosis.referrals import incident_of, suspension_of
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.values import BadRowError, day_of, key_of
from rp_rosariosis.years import periods_of

Row = Mapping[str, Any]
OVERLAP = timedelta(hours=27)
"""Zones lie at most 26 hours apart (UTC-12 to UTC+14); a transaction's stamp is that of its beginning."""


class Readings:
    """One reading each time it is asked; nothing is kept between two."""

    def __init__(self, rosario: Rosario, own: RosarioSettings) -> None:
        self._rosario = rosario
        self._own = own
        self._here = ("filter", f"school_id,eq,{own.school_id}")

    def read(self, kind: Kind, cursor: Cursor | None) -> Reading:
        """`cursor` None: everything, with its number of keys."""
        done = {"since": (datetime.now(UTC) - OVERLAP).strftime("%Y-%m-%d %H:%M:%S")}
        readers: dict[Kind, Callable[[Cursor | None, Cursor], Reading]] = {
            Kind.CALENDAR: self._calendar,
            Kind.PUPIL: self._pupils,
            Kind.STAFF: self._staff,
            Kind.INCIDENT: self._incidents,
            Kind.SUSPENSION: self._suspensions,
            Kind.ATTENDANCE: self._attendance,
        }
        return readers[kind](cursor, done)

    # The calendar, pupils and staff are small: they are read whole each time.

    def _calendar(self, cursor: Cursor | None, done: Cursor) -> Reading:
        def pages() -> Iterator[Page]:
            rows = self._rosario.rows(
                "attendance_calendar", COLUMNS["attendance_calendar"], "school_date", [self._here]
            )
            days = [day for day in (day_of(row, "school_date") for row in rows) if day is not None]
            yield Page(records=periods_of(days), cursor=done)

        return Reading("attendance_calendar", pages)

    def _pupils(self, cursor: Cursor | None, done: Cursor) -> Reading:
        enrolments = self._enrolments()
        columns = [*COLUMNS["students"], *([self._own.upn_field] if self._own.upn_field else [])]
        grades = {
            key_of(row, "id"): str(row.get("short_name") or "")
            for row in self._rosario.rows(
                "school_gradelevels", COLUMNS["school_gradelevels"], "id", [self._here]
            )
        }

        def to_record(row: Row) -> Record | None:
            held = enrolments.get(key_of(row, "student_id"))
            return pupil_of(row, held, grades, self._own) if held else None

        rows = self._rosario.rows("students", columns, "student_id")
        return Reading("students", _paged(rows, "student_id", to_record, done), keys=len(enrolments))

    def _enrolments(self) -> Mapping[str, Sequence[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        rows = self._rosario.rows("student_enrollment", COLUMNS["student_enrollment"], "id", [self._here])
        for row in rows:
            found[key_of(row, "student_id")].append(row)
        return found

    def _staff(self, cursor: Cursor | None, done: Cursor) -> Reading:
        """A member of staff has one row a school year: the newest counts."""
        newest: dict[str, tuple[str, Row]] = {}
        for row in self._rosario.rows("staff", COLUMNS["staff"], "staff_id"):
            email, year = str(row.get("email") or "").lower(), str(row.get("syear") or "")
            if email and year >= newest.get(email, ("", row))[0]:
                newest[email] = (year, row)
        rows = iter([row for _, row in newest.values()])
        return Reading("staff", _paged(rows, "staff_id", staff_of, done), keys=len(newest))

    # Referrals by what changed, or all of them.

    def _incidents(self, cursor: Cursor | None, done: Cursor) -> Reading:
        def to_record(row: Row, catalogue: Catalogue) -> Record | None:
            return incident_of(row, catalogue, self._own)

        return self._referrals("incidents", cursor, done, to_record)

    def _suspensions(self, cursor: Cursor | None, done: Cursor) -> Reading:
        def to_record(row: Row, catalogue: Catalogue) -> Record | None:
            return suspension_of(row, catalogue, self._own)

        return self._referrals("suspensions", cursor, done, to_record)

    def _referrals(
        self,
        label: str,
        cursor: Cursor | None,
        done: Cursor,
        to_record: Callable[[Row, Catalogue], Record | None],
    ) -> Reading:
        catalogues = read_catalogues(self._rosario, self._own)
        filters = [self._here, *_since(cursor)]
        keys = self._rosario.count("discipline_referrals", "id", filters) if cursor is None else None
        rows = self._rosario.rows("discipline_referrals", referral_columns(catalogues), "id", filters)
        pages = _paged(rows, "id", lambda row: to_record(row, _of_year(row, catalogues)), done)
        unmapped = sorted({o for c in catalogues.values() for o in c.unmapped(self._own.suspension_labels)})
        return Reading(f"discipline_referrals ({label})", pages, keys=keys, unmapped=unmapped)

    # Attendance: day by day, since numbered pages end at a hundred and its key has three columns.

    def _attendance(self, cursor: Cursor | None, done: Cursor) -> Reading:
        book = MarkBook(self._rosario, self._own)
        if not book.halves:
            return Reading("attendance_period", lambda: iter(()), given=False)
        keys = self._rosario.count("attendance_period", "student_id") if cursor is None else None

        def pages() -> Iterator[Page]:
            rows = self._marks(cursor)
            yield from _paged(rows, "student_id", book.mark_of, done, key=_mark_key)()

        return Reading("attendance_period", pages, keys=keys, unmapped=book.unmapped)

    def _marks(self, cursor: Cursor | None) -> Iterator[Row]:
        calendar = self._rosario.rows(
            "attendance_calendar", COLUMNS["attendance_calendar"], "school_date", [self._here]
        )
        for day in sorted({str(row["school_date"]) for row in calendar}):
            yield from self._marks_of(day, _since(cursor))

    def _marks_of(self, day: str, since: Sequence[tuple[str, str]]) -> Iterator[Row]:
        """By ranges of pupils; the pupil at a border is read again whole."""
        last, seen = "0", set[tuple[str, str]]()
        while True:
            filters = [("filter", f"school_date,eq,{day}"), ("filter", f"student_id,ge,{last}"), *since]
            found = self._rosario.page(
                "attendance_period", COLUMNS["attendance_period"], ["student_id", "period_id"], filters
            )
            for row in found:
                key = (key_of(row, "student_id"), key_of(row, "period_id"))
                if key not in seen:
                    seen.add(key)
                    yield row
            if len(found) < SIZE:
                return
            last = key_of(found[-1], "student_id")


def referral_columns(catalogues: Mapping[str, Catalogue]) -> list[str]:
    """The fixed columns, and those that this school uses."""
    own = sorted({name for catalogue in catalogues.values() for name in catalogue.names})
    return [*COLUMNS["discipline_referrals"], *own]


def _of_year(row: Row, catalogues: Mapping[str, Catalogue]) -> Catalogue:
    catalogue = catalogues.get(key_of(row, "syear"))
    if catalogue is None:
        raise BadRowError("its school year has no referral fields")
    return catalogue


def _since(cursor: Cursor | None) -> list[tuple[str, str]]:
    """`updated_at` is empty until the first edit, so both are asked; numbered filters are joined by "or"."""
    since = (cursor or {}).get("since")
    if not isinstance(since, str):
        return []
    return [("filter1", f"updated_at,ge,{since}"), ("filter2", f"created_at,ge,{since}")]


def _mark_key(row: Row) -> str:
    return f"{row.get('student_id')}/{row.get('school_date')}/{row.get('period_id')}"


def _paged(
    rows: Iterator[Row],
    column: str,
    to_record: Callable[[Row], Record | None],
    done: Cursor,
    *,
    key: Callable[[Row], str] | None = None,
) -> Callable[[], Iterator[Page]]:
    """Pages of at most 1,000; the cursor with the last of them, when nothing can be missing any more."""

    def pages() -> Iterator[Page]:
        while some := list(islice(rows, SIZE)):
            yield _page(some, column, to_record, key)
        yield Page(cursor=done)

    return pages


def _page(
    rows: Iterable[Row],
    column: str,
    to_record: Callable[[Row], Record | None],
    key: Callable[[Row], str] | None,
) -> Page:
    records: list[Record] = []
    refusals: list[Refusal] = []
    for row in rows:
        try:
            record = to_record(row)
        except (BadRowError, ValueError) as error:
            reason = str(error) if isinstance(error, BadRowError) else "it cannot be read"
            refusals.append(Refusal(key(row) if key else str(row.get(column)), reason))
            continue
        if record is not None:
            records.append(record)
    return Page(records=records, refusals=refusals)


__all__ = ["Mark", "Readings", "referral_columns"]
