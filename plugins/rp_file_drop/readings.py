"""From an open file to a reading: unchanged, unusable, or all of its records by pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import BinaryIO

from rp_connect.ports.mis import Cursor, Kind, Page, Reading, Refusal
from rp_file_drop import attendance
from rp_file_drop.cells import Cells, Sheet, cells_of
from rp_file_drop.gather import Outcome, Place
from rp_file_drop.header import UnusableFileError
from rp_file_drop.incidents import read_incidents
from rp_file_drop.layout import Layout
from rp_file_drop.neighbours import Neighbours
from rp_file_drop.pages import chunks_of, page_count, pages_of
from rp_file_drop.pupils import read_pupils
from rp_file_drop.rows import Row
from rp_file_drop.scan import fingerprint, scan
from rp_file_drop.staff import read_staff
from rp_file_drop.suspensions import read_suspensions
from rp_file_drop.terms import read_terms

Pages = Callable[[Cursor, int], Iterator[Page]]

_READERS: dict[Kind, Callable[[Iterable[Cells], Place], Outcome]] = {
    Kind.CALENDAR: read_terms,
    Kind.PUPIL: read_pupils,
    Kind.STAFF: read_staff,
    Kind.INCIDENT: read_incidents,
    Kind.SUSPENSION: read_suspensions,
}


def read(kind: Kind, file: BinaryIO, layout: Layout, near: Neighbours, cursor: Cursor | None) -> Reading:
    """Everything in the file, unless it reads just as it did when `cursor` was given out."""
    drop, label = near.drop, near.drop.path(layout).name
    scanned = scan(file)
    done: Cursor = {"digest": fingerprint(drop.reads_as(layout, scanned), near.site, near.reads_as)}
    if cursor is not None and cursor.get("digest") == done["digest"]:
        return Reading(label, no_pages, keys=cursor.get("keys"), unchanged=True, bytes_total=scanned.size)
    try:
        sheet, rows = drop.open(file, layout, scanned)
    except UnusableFileError as error:
        return _unusable(label, str(error), scanned.size)
    place = Place(near.sites(), [])
    pages, keys = _marks(rows, sheet, place) if kind is Kind.ATTENDANCE else _held(kind, rows, sheet, place)
    pages_to = partial(pages, {**done, "keys": keys}, scanned.size)
    return Reading(label, pages_to, keys=keys, bytes_total=scanned.size, unmapped=place.unmapped)


def no_pages() -> Iterator[Page]:
    return iter(())


def _held(kind: Kind, rows: Iterable[Row], sheet: Sheet, place: Place) -> tuple[Pages, int | None]:
    """For small files: their records in memory."""
    found = _READERS[kind](cells_of(rows, sheet), place)
    count = page_count(max(len(found.records), len(found.refusals)))

    def pages(done: Cursor, size: int) -> Iterator[Page]:
        return pages_of(chunks_of(found.records, found.refusals), count, done, size)

    return pages, found.keys


def _marks(rows: Iterable[Row], sheet: Sheet, place: Place) -> tuple[Pages, int]:
    """For attendance: sorted, on disk where there are many."""
    held = attendance.sorted_marks(rows, sheet, place)
    keys = held.keys()
    count = page_count(keys) + page_count(held.refused_names())

    def pages(done: Cursor, size: int) -> Iterator[Page]:
        return pages_of(attendance.chunks_of(held), count, done, size)

    return pages, keys


def _unusable(label: str, reason: str, size: int) -> Reading:
    """The file goes by its name, and is tried again at every sync: no keys, and no cursor."""
    page = Page(refusals=(Refusal(label, reason),), bytes_read=size)
    return Reading(label, lambda: iter((page,)), bytes_total=size)
