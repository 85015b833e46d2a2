"""One row by our column names, and what its cells mean. A cell that means nothing is `UnreadableError`.

The reasons name the column and never quote the cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

from rp_connect.domain.calendar import Half
from rp_connect.domain.when import When
from rp_file_drop.dates import to_date, to_when
from rp_file_drop.header import Header
from rp_file_drop.rows import Row
from rp_file_drop.text import BREAK, is_sane_id, surely_an_id, tidy
from rp_file_drop.words import Words

EVENTS = (date(2000, 1, 1), date(2100, 12, 31))
BIRTHS = (date(1900, 1, 1), date(2100, 12, 31))

_FLAGS = dict.fromkeys(("y", "yes", "true", "1"), True) | dict.fromkeys(("n", "no", "false", "0"), False)
_HALVES = {half.name: half for half in Half}
_WORD_LENGTH = 100
_SESSIONS = 1000

T = TypeVar("T")


class UnreadableError(Exception):
    """This row cannot be used; the message is the reason for a person."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is the same for all rows of a file. `words` is column → the school's words for ours."""

    header: Header
    timezone: ZoneInfo
    words: Mapping[str, Words]


class Cells:
    """A row, read through its sheet."""

    __slots__ = ("_cells", "_sheet", "fault", "line")

    def __init__(self, row: Row, sheet: Sheet) -> None:
        self.line, self._cells, self.fault = row
        self._sheet = sheet

    def raw(self, column: str) -> str:
        """The cell as the file has it, trimmed; empty where the file has no such column."""
        place = self._sheet.header.places.get(column)
        return "" if place is None or place >= len(self._cells) else tidy(self._cells[place])

    def prose(self, column: str) -> str:
        """Free text; line breaks and tabs are part of it."""
        text, words = self.raw(column), self._sheet.words
        if column in words:
            text = words[column].ours(text)
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def text(self, column: str) -> str:
        text = self.prose(column)
        if not text.isprintable() and BREAK.search(text):
            raise UnreadableError(f"{column} holds a line break or a tab")
        return text

    def needed(self, column: str) -> str:
        if text := self.text(column):
            return text
        raise UnreadableError(f"{column} is empty")

    def word(self, column: str) -> str:
        """A short word of the MIS, such as a category."""
        text = self.text(column)
        if len(text) > _WORD_LENGTH:
            raise UnreadableError(f"{column} is longer than {_WORD_LENGTH} characters")
        return text

    def id(self, column: str) -> str:
        text = self.needed(column)
        if not is_sane_id(text):
            raise UnreadableError(f"{column} is too long, or holds characters that cannot be printed")
        return text

    def id_or_none(self, column: str) -> str | None:
        return self.id(column) if self.text(column) else None

    def key(self, column: str) -> str:
        """The id for saying which row is meant; empty where it cannot be read or may be something else."""
        text = self.prose(column)
        if self.fault:
            return surely_an_id(text)
        return text if is_sane_id(text) else ""

    def calendar_date(self, column: str, between: tuple[date, date] = EVENTS) -> date | None:
        return self._parsed(column, lambda text: _within(to_date(text), between, column), "a date")

    def when(self, column: str) -> When | None:
        """A date or a moment."""
        return self._parsed(column, lambda text: self._to_when(text, column), "a date or a moment")

    def day(self, column: str) -> date | None:
        """A date, or the local date of a moment."""
        when = self.when(column)
        return None if when is None else when.day

    def flag(self, column: str) -> bool | None:
        return self._parsed(column, lambda text: _FLAGS[text.lower()], "Y, N or empty")

    def half(self, column: str) -> Half | None:
        return self._parsed(column, lambda text: _HALVES[text.upper()], "AM or PM")

    def count(self, column: str) -> int | None:
        return self._parsed(column, _to_count, f"a whole number from 0 to {_SESSIONS}")

    def _parsed(self, column: str, parse: Callable[[str], T], expected: str) -> T | None:
        text = self.text(column)
        if not text:
            return None
        try:
            return parse(text)
        except (ValueError, KeyError, OverflowError):
            raise UnreadableError(f"{column} is not {expected}") from None

    def _to_when(self, text: str, column: str) -> When:
        when = to_when(text, self._sheet.timezone)
        _within(when.day, EVENTS, column)
        return when


def cells_of(rows: Iterable[Row], sheet: Sheet) -> Iterator[Cells]:
    return (Cells(row, sheet) for row in rows)


def _within(day: date, between: tuple[date, date], column: str) -> date:
    first, last = between
    if first <= day <= last:
        return day
    raise UnreadableError(f"{column} is outside {first.year} to {last.year}")


def _to_count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and int(text) <= _SESSIONS):
        raise ValueError("not a count")
    return int(text)
