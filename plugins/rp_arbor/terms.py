"""The school calendar: terms and holidays. A school year without terms counts as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rp_arbor.listing import Listing
from rp_arbor.settings import ArborSettings
from rp_arbor.values import BadRowError, Row, day, id_of, shown, words
from rp_connect.domain.calendar import Period, PeriodKind
from rp_connect.ports.mis import Cursor, Page, Reading, Refusal

YEAR, TERM, HOLIDAY = "AcademicYear", "Term", "AcademicHoliday"


def read_calendar(listing: Listing, own: ArborSettings) -> Reading:
    """One small reading, whole each time."""
    if not (listing.granted(TERM) and listing.granted(HOLIDAY)):
        return Reading("terms", lambda: iter(()), given=False)

    def pages() -> Iterator[Page]:
        yield _page(listing, own, {"read": True})

    return Reading("terms", pages)


def _page(listing: Listing, own: ArborSettings, done: Cursor) -> Page:
    records: list[Period] = []
    refusals: list[Refusal] = []
    terms = _rows(listing, TERM, needed=True)
    years = _rows(listing, YEAR)
    with_terms = {id_of(row.get("academicYear")) for row in terms}
    alone = [row for row in years if id_of(row) not in with_terms]
    for entity, rows in ((TERM, terms), (YEAR, alone), (HOLIDAY, _rows(listing, HOLIDAY, needed=True))):
        for row in rows:
            try:
                records.append(_period(entity, row, own))
            except BadRowError as error:
                refusals.append(Refusal(f"{entity}/{id_of(row) or '?'}", str(error)))
    return Page(records=list(dict.fromkeys(records)), refusals=refusals, cursor=done)


def _period(entity: str, row: Row, own: ArborSettings) -> Period:
    first, last = day(row, "startDate"), day(row, "endDate")
    if first is None or last is None:
        raise BadRowError("startDate or endDate is missing")
    if last < first or (last - first).days > 400:
        raise BadRowError("endDate does not follow startDate within a year")
    if entity != HOLIDAY:
        return Period(first, last, PeriodKind.TERM, words(row, "termName") or words(row, "code"))
    kind = own.holiday_types.get(shown(row, "academicHolidayType"), "holiday")
    return Period(first, last, PeriodKind(kind), words(row, "holidayLabel"))


def _rows(listing: Listing, entity: str, *, needed: bool = False) -> Sequence[Row]:
    found = {}
    for page in listing.pages(entity, needed=needed):
        for at, row in enumerate(page):
            found[id_of(row) or f"?{at}"] = listing.filled(entity, row) or {}
    return list(found.values())
