"""suspensions.csv, in the order of decision (else start), start and id."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from rp_connect.domain.suspension import Category, Dates, SuspensionRecord
from rp_file_drop.cells import Cells, UnreadableError
from rp_file_drop.gather import Outcome, Place, gather
from rp_file_drop.words import note

_OURS = frozenset(category.value for category in Category)
_CATEGORIES = {word: word for word in _OURS} | {"FIXD": Category.SUSPENSION.value}


def read_suspensions(rows: Iterable[Cells], place: Place) -> Outcome:
    found = gather(place.sites.ours(rows), ("suspension_id",), to_suspension)
    for record in found.records:
        if record.category not in _OURS:
            note(record.category, place.unmapped)
    records = sorted(found.records, key=_order)
    return Outcome([*records], found.refusals, len(found.keys))


def to_suspension(cells: Cells) -> SuspensionRecord:
    category = _category(cells)
    reasons = (cells.text(f"reason_{n}").upper() for n in (1, 2, 3))
    return SuspensionRecord(
        id=cells.id("suspension_id"),
        pupil_id=cells.id("pupil_id"),
        category=category,
        reasons=tuple(reason for reason in reasons if reason),
        decided=cells.when("decided_at"),
        dates=_dates(cells, category),
        exam=cells.day("exam_date"),
        notice_received=cells.day("notice_received"),
        representations=cells.day("representations_at"),
        cancelled=cells.when("cancelled_at"),
        incident_id=cells.id_or_none("incident_id"),
    )


def _category(cells: Cells) -> str:
    word = cells.word("category")
    if not word:
        raise UnreadableError("category is empty")
    return _CATEGORIES.get(word.upper(), word)


def _dates(cells: Cells, category: str) -> Dates:
    """No sessions at all is no length; only a lunchtime suspension has a length whatever is written."""
    sessions = cells.count("sessions")
    dates = Dates(
        start=cells.calendar_date("start_date"),
        start_half=cells.half("start_session"),
        end=cells.calendar_date("end_date"),
        end_half=cells.half("end_session"),
        sessions=sessions if sessions or category == Category.LUNCHTIME else None,
    )
    if dates.first is not None and dates.final is not None and dates.final < dates.first:
        raise UnreadableError("the end is before the start")
    return dates


def _order(record: SuspensionRecord) -> tuple[date, date, str]:
    start = record.dates.start or date.max
    return record.decided.day if record.decided else start, start, record.id
