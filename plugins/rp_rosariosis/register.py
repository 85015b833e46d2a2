"""The register: attendance marks day by day, and within a day pupil by pupil.

Its key has three columns and its API knows only the first, so a list can be gone on with only where a pupil
of a day begins. Nothing here ever writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain

from rp_connect.errors import TryLaterError
from rp_rosariosis.asked import COLUMNS
from rp_rosariosis.client import Filters, Part, Rosario
from rp_rosariosis.values import Row, given

TABLE = "attendance_period"
ORDER = ("school_date", "student_id", "period_id")
FIRST = "0"
"""No pupil is before it."""


class Register:
    """`counting` says of which periods, and `since` what changed since (nothing: all of it)."""

    def __init__(self, rosario: Rosario, counting: Filters, since: Filters = ()) -> None:
        self._rosario = rosario
        self._counting = counting
        self._since = since

    def count(self) -> int:
        return self._rosario.count(TABLE, "student_id", [*self._counting, *self._since])

    def whole_days(self) -> Iterator[list[Row]]:
        """Days on which anything changed, with what did not: of two periods of a session the one that counts
        may be the other one. Whole pupils on each page, day by day."""
        if not self._since:
            return self.pages()
        everything = Register(self._rosario, self._counting)
        return chain.from_iterable(everything._rest_of_day(day, FIRST) for day in self._days())

    def _days(self) -> Iterator[str]:
        """Each in its turn, by one short question, however many of its marks changed."""
        last = ""
        while (part := self._day_after(last)).rows:
            day = _day(part.rows[0]).isoformat()
            if day <= last:
                raise TryLaterError("RosarioSIS did not go on with its days; it is asked again later.")
            yield day
            last = day

    def _day_after(self, day: str) -> Part:
        after = [("filter", f"school_date,gt,{day}")] if day else []
        filters = [*self._counting, *self._since, *after]
        return _given(self._rosario.part(TABLE, ["school_date"], ["school_date"], filters, size=1))

    def pages(self) -> Iterator[list[Row]]:
        """Whole pupils and days on each page, in their order."""
        after: Filters = []
        while not (part := self._part(after)).whole:
            pupils, border = _cut(part)
            if pupils:
                yield pupils
            yield from self._rest_of_day(*border)
            after = [("filter", f"school_date,gt,{border[0]}")]
        if part.rows:
            yield part.rows

    def _rest_of_day(self, day: str, pupil: str) -> Iterator[list[Row]]:
        """From that pupil on."""
        of_day = ("filter", f"school_date,eq,{day}")
        while not (part := self._part([of_day, ("filter", f"student_id,ge,{pupil}")])).whole:
            pupils, (_, following) = _cut(part)
            if not pupils or following == pupil:
                raise TryLaterError("RosarioSIS did not go on with its marks; it is asked again later.")
            yield pupils
            pupil = following
        if part.rows:
            yield part.rows

    def _part(self, more: Filters) -> Part:
        filters = [*self._counting, *self._since, *more]
        part = _given(self._rosario.part(TABLE, COLUMNS[TABLE], ORDER, filters).once(ORDER))
        for row in part.rows:
            _day(row)
        return part


def _given(part: Part) -> Part:
    if not part.rows and not part.whole:
        raise TryLaterError("RosarioSIS counted marks that it did not give; it is asked again later.")
    return part


def _cut(part: Part) -> tuple[list[Row], tuple[str, str]]:
    """The rows before the last pupil of the last day, who may go on in the next part; and that border."""
    border = _place(part.rows[-1])
    return [row for row in part.rows if _place(row) != border], border


def _day(row: Row) -> date:
    try:
        return date.fromisoformat(given(row, "school_date"))
    except ValueError:
        raise TryLaterError("RosarioSIS garbled the day of a mark; it is asked again later.") from None


def _place(row: Row) -> tuple[str, str]:
    return given(row, "school_date"), given(row, "student_id")
