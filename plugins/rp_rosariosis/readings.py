"""Readings of RosarioSIS, kind by kind. A page is what one answer gave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from rp_connect.domain.incident import IncidentRecord
from rp_connect.domain.people import StaffRecord
from rp_connect.domain.suspension import SuspensionRecord
from rp_connect.errors import TryLaterError
from rp_connect.ports.mis import Cursor, Kind, Page, Reading
from rp_rosariosis.asked import COLUMNS
from rp_rosariosis.calendars import school_days
from rp_rosariosis.catalogue import names_of, read_catalogues
from rp_rosariosis.client import Filters, Rosario
from rp_rosariosis.marks import MarkBook, mark_key
from rp_rosariosis.paging import paged
from rp_rosariosis.people import ASKED_STAFF, newest_staff, staff_of
from rp_rosariosis.referrals import (
    Catalogues,
    incident_columns,
    incident_of,
    suspension_columns,
    suspension_of,
    unmapped_labels,
)
from rp_rosariosis.register import Register
from rp_rosariosis.roll import Roll
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.since import changed_since, cursor_now
from rp_rosariosis.values import BadRowError, Row, given
from rp_rosariosis.years import periods_of

REFERRALS = "discipline_referrals"
Reader = Callable[[Cursor | None, Cursor], Reading]


class Readings:
    """One reading each time it is asked; nothing is kept between two."""

    def __init__(self, rosario: Rosario, own: RosarioSettings) -> None:
        self._rosario = rosario
        self._own = own
        self._here = ("filter", f"school_id,eq,{own.school_id}")

    def read(self, kind: Kind, cursor: Cursor | None) -> Reading:
        """`cursor` None: everything, with its number of keys."""
        readers: dict[Kind, Reader] = {
            Kind.CALENDAR: self._calendar,
            Kind.PUPIL: Roll(self._rosario, self._own).read,
            Kind.STAFF: self._staff,
            Kind.INCIDENT: self._incidents,
            Kind.SUSPENSION: self._suspensions,
            Kind.ATTENDANCE: self._attendance,
        }
        done = cursor_now()
        return readers[kind](cursor, done)

    # The calendar and the staff are small: they are read whole each time.

    def _calendar(self, cursor: Cursor | None, done: Cursor) -> Reading:
        """Not given where it is empty: the school's own file then says which days are school days."""
        label = "attendance_calendar"
        filters = school_days(self._rosario, self._own.school_id)
        if not self._rosario.count(label, "school_date", filters):
            return Reading(label, lambda: iter(()), given=False)

        def pages() -> Iterator[Page]:
            rows = self._rosario.rows(label, COLUMNS[label], "school_date", filters)
            yield Page(records=periods_of(_days(rows)), cursor=done)

        return Reading(label, pages)

    def _staff(self, cursor: Cursor | None, done: Cursor) -> Reading:
        rows = self._rosario.rows("staff", COLUMNS["staff"], "staff_id", ASKED_STAFF)
        people = list(newest_staff(rows, self._own.school_id))

        def to_records(row: Row) -> Iterator[StaffRecord]:
            yield staff_of(row)

        def pages() -> Iterator[Page]:
            return paged([people], lambda row: given(row, "staff_id"), to_records, done)

        return Reading("staff", pages, keys=len(people) if cursor is None else None)

    # Referrals by what changed, or all of them.

    def _incidents(self, cursor: Cursor | None, done: Cursor) -> Reading:
        catalogues = read_catalogues(self._rosario, self._own)
        filters = [self._here, *changed_since(cursor)]

        def to_records(row: Row) -> Iterator[IncidentRecord]:
            yield incident_of(row, catalogues, self._own)

        def pages() -> Iterator[Page]:
            rows = self._rosario.pages(REFERRALS, incident_columns(catalogues), "id", filters)
            return paged(rows, lambda row: given(row, "id"), to_records, done)

        keys = self._rosario.count(REFERRALS, "id", filters) if cursor is None else None
        return Reading(f"{REFERRALS} (incidents)", pages, keys=keys)

    def _suspensions(self, cursor: Cursor | None, done: Cursor) -> Reading:
        """Not given where no referral field bears a label that the configuration knows."""
        label = f"{REFERRALS} (suspensions)"
        catalogues = read_catalogues(self._rosario, self._own)
        names = names_of(column for c in catalogues.values() for column in c.suspends)
        if not names:
            return Reading(label, lambda: iter(()), given=False)
        filters = [self._here, *changed_since(cursor), *_with_a_label(names, cursor)]
        unmapped = sorted({o for c in catalogues.values() for o in c.options} - self._own.labels)

        def to_records(row: Row) -> Iterator[SuspensionRecord]:
            record = suspension_of(row, catalogues, self._own)
            unmapped.extend(
                word for word in unmapped_labels(row, catalogues, self._own) if word not in unmapped
            )
            if record is not None:
                yield record

        def pages() -> Iterator[Page]:
            rows = self._rosario.pages(REFERRALS, suspension_columns(catalogues), "id", filters)
            return paged(rows, lambda row: given(row, "id"), to_records, done)

        if cursor is not None:
            return Reading(label, pages, unmapped=unmapped)
        return Reading(
            label,
            pages,
            keys=self._rosario.count(REFERRALS, "id", filters),
            unmapped=unmapped,
            confirm_gone=lambda referral: self._is_gone(referral, catalogues),
        )

    def _is_gone(self, referral: str, catalogues: Catalogues) -> bool:
        """RosarioSIS deletes without a trace; a referral that lost its label is a suspension no more."""
        row = self._rosario.one(REFERRALS, referral, suspension_columns(catalogues))
        if row is None:
            return True
        try:
            return suspension_of(row, catalogues, self._own) is None
        except BadRowError:
            return False

    # Attendance.

    def _attendance(self, cursor: Cursor | None, done: Cursor) -> Reading:
        """Not given where no period counts for a session."""
        book = MarkBook(self._rosario, self._own)
        if not book.periods:
            return Reading("attendance_period", lambda: iter(()), given=False)
        counting = ("filter", f"period_id,in,{','.join(book.periods)}")
        register = Register(self._rosario, [counting], changed_since(cursor))

        def pages() -> Iterator[Page]:
            found = register.whole_days() if book.several else register.pages()
            chosen = (book.choose(rows) for rows in found)
            return paged(chosen, mark_key, book.marks_of, done)

        keys = register.count() if cursor is None else None
        return Reading("attendance_period", pages, keys=keys, unmapped=book.unmapped)


def _days(rows: Iterator[Row]) -> Iterator[date]:
    """Raises TryLaterError for a day that is none: RosarioSIS keeps dates as dates."""
    for row in rows:
        try:
            yield date.fromisoformat(given(row, "school_date")[:10])
        except ValueError:
            raise TryLaterError("RosarioSIS garbled its calendar; it is asked again later.") from None


def _with_a_label(names: Sequence[str], cursor: Cursor | None) -> Filters:
    """Only referrals with something in the place of suspensions. Several places are joined by "or", for
    which there is room only once: a list of changes of such a school is looked through here."""
    if len(names) == 1:
        return [("filter", f"{names[0]},neq,")]
    if cursor is not None:
        return []
    return [(f"filter{n}", f"{name},neq,") for n, name in enumerate(names, start=1)]
