"""What periods and codes mean at this school: the mark in force of the periods that count for a session.

A school's short names are not the register's letters ("E" is an excused absence here, a suspension there):
what the configuration does not map is kept, in brackets where it would look like a register code, and so
means nothing until somebody says what.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rp_connect.domain.attendance import MEANINGS, Mark
from rp_connect.domain.calendar import Half
from rp_rosariosis.asked import COLUMNS
from rp_rosariosis.client import Rosario
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.values import BadRowError, Row, day_of, given, key_of, words_of


class MarkBook:
    """`periods` are the ids of those that count, and `several` says whether a session has more than one;
    `unmapped` are codes without a meaning, as they are read."""

    def __init__(self, rosario: Rosario, own: RosarioSettings) -> None:
        here = [("filter", f"school_id,eq,{own.school_id}")]
        named = {
            given(row, "period_id"): words_of(row, "short_name")
            for row in rosario.rows("school_periods", COLUMNS["school_periods"], "period_id", here)
        }
        self._halves = {
            period: [(half, names.index(name)) for half, names in _halves(own) if name in names]
            for period, name in named.items()
        }
        self.periods = sorted(period for period, halves in self._halves.items() if halves)
        halves = [half for held in self._halves.values() for half, _ in held]
        self.several = len(halves) > len(set(halves))
        self._codes = {
            given(row, "id"): words_of(row, "short_name")
            for row in rosario.rows("attendance_codes", COLUMNS["attendance_codes"], "id", here)
        }
        self._marks = own.attendance_marks
        self.unmapped: list[str] = []

    def choose(self, rows: Iterable[Row]) -> list[Row]:
        """Of the rows of whole pupils and days, one a session: that of the period which is named first.

        A code that is null was not entered; one that did not come at all is refused with its row.
        """
        best: dict[tuple[object, object, Half], tuple[int, Row]] = {}
        for row in rows:
            for half, rank in self._halves.get(str(row.get("period_id")), ()):
                place = (str(row.get("student_id")), str(row.get("school_date")), half)
                if row.get("attendance_code", "") is not None and (
                    place not in best or rank < best[place][0]
                ):
                    best[place] = rank, row
        return [{**row, "half": half} for (_, _, half), (_, row) in best.items()]

    def marks_of(self, row: Row) -> Iterator[Mark]:
        """Of a row that was chosen. Raises BadRowError."""
        day = day_of(row, "school_date")
        if day is None:
            raise BadRowError("school_date is missing")
        yield Mark(key_of(row, "student_id"), day, row["half"], self._meant(str(row.get("attendance_code"))))

    def _meant(self, code: str) -> str:
        name = self._codes.get(code)
        if not name:
            raise BadRowError("attendance_code is none of this school's codes")
        if name in self._marks:
            return self._marks[name].upper()
        kept = f"[{name}]".upper() if name.upper() in MEANINGS else name.upper()
        if kept not in self.unmapped:
            self.unmapped.append(kept)
        return kept


def mark_key(row: Row) -> str:
    return f"{row.get('student_id')}/{row.get('school_date')}/{row.get('period_id')}"


def _halves(own: RosarioSettings) -> Sequence[tuple[Half, Sequence[str]]]:
    return (Half.AM, own.am_periods), (Half.PM, own.pm_periods)
