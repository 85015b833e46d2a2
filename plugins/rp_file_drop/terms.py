"""The calendar file: terms, holidays, INSET days, closures and directed days. Its rows have no keys."""

from __future__ import annotations

from collections.abc import Iterable

from rp_connect.domain.calendar import Period, PeriodKind
from rp_file_drop.cells import Cells, UnreadableError
from rp_file_drop.gather import Outcome, Place, gather

_KINDS = {kind.value: kind for kind in PeriodKind}


def read_terms(rows: Iterable[Cells], place: Place) -> Outcome:
    found = gather(rows, (), to_period)
    return Outcome([*dict.fromkeys(found.records)], found.refusals, None)


def to_period(cells: Cells) -> Period:
    kind = _KINDS.get(cells.needed("kind").lower())
    if kind is None:
        raise UnreadableError(f"kind is none of {', '.join(_KINDS)}")
    first = cells.calendar_date("first")
    if first is None:
        raise UnreadableError("first is empty")
    last = cells.calendar_date("last") or first
    if last < first:
        raise UnreadableError("last is before first")
    return Period(first, last, kind, cells.text("label"))
