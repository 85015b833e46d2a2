"""The register: attendance marks day by day, and within a day pupil by pupil.

Its key has three columns and its API knows only the first, so a list can be gone on with only where a pupil
of a day begins. Nothing here ever writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rp_connect.errors import TryLaterError
from rp_rosariosis.asked import COLUMNS
from rp_rosariosis.client import Filters, Part, Rosario
from rp_rosariosis.values import Row, given

TABLE = "attendance_period"
ORDER = ("school_date", "student_id", "period_id")


class Register:
    """`filters` apply to all of it: of which periods, and since when."""

    def __init__(self, rosario: Rosario, filters: Filters) -> None:
        self._rosario = rosario
        self._filters = filters

    def count(self) -> int:
        return self._rosario.count(TABLE, "student_id", self._filters)

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
        part = self._rosario.part(TABLE, COLUMNS[TABLE], ORDER, [*self._filters, *more]).once(ORDER)
        if not part.rows and not part.whole:
            raise TryLaterError("RosarioSIS counted marks that it did not give; it is asked again later.")
        for row in part.rows:
            _day(row)
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
