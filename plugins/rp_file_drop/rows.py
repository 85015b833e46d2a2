"""Lines become rows, tolerantly: whatever is wrong with a row costs that row and no other.

A quoted field may go on over several lines. A quotation mark that is never closed would swallow the rest of
the file; so the rows after it are recognised, and only the line with the open mark is refused.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rp_file_drop.dates import is_date_or_moment
from rp_file_drop.header import Header
from rp_file_drop.lines import Line
from rp_file_drop.text import CONTROL

FIELD_LIMIT = 100_000
LINES_LIMIT = 200
JOINED_LIMIT = 1 << 16
_SALVAGED = 4096

_OPEN = "has a quotation mark that is never closed or stands in the wrong place"
_LONG = "has a field of more than 100,000 characters"
_CONTROL = "holds a control character"


class Row(NamedTuple):
    """Where there is a `fault`, `cells` is what could be saved of the row: short, or shifted."""

    line: int
    cells: Sequence[str]
    fault: str = ""


class Rows:
    """The rows below the header. `moment` is a column that holds a date in every row (empty: none)."""

    def __init__(self, lines: Iterator[Line], header: Header, moment: str = "") -> None:
        self._lines = lines
        self._waiting: deque[Line] = deque()
        self._delimiter = header.delimiter
        self._width = header.width
        self._moment = header.places.get(moment)

    def __iter__(self) -> Iterator[Row]:
        delimiter, width = self._delimiter, self._width
        for line in self._every_line():
            no, text, fault = line
            if fault or '"' in text or len(text) > FIELD_LIMIT or not _is_plain(text):
                yield self._careful(line)
                continue
            cells = text.split(delimiter)
            if len(cells) == width and cells[0]:
                yield Row(no, cells)
            elif any(cell.strip() for cell in cells):
                yield self._checked(line, cells)

    def _every_line(self) -> Iterator[Line]:
        while True:
            if self._waiting:
                yield self._waiting.popleft()
            elif (line := next(self._lines, None)) is not None:
                yield line
            else:
                return

    def _careful(self, line: Line) -> Row:
        if line.fault:
            return self._refused(line, line.fault)
        taken: list[Line] = []
        try:
            cells = next(csv.reader(self._feed(line, taken), delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            self._waiting.extendleft(reversed(taken))
            return self._refused(line, _LONG if "limit" in str(error) else _OPEN)
        if taken and len(cells) != self._width:
            self._waiting.extendleft(reversed(taken))
            return self._refused(line, _OPEN)
        return self._checked(line, cells)

    def _feed(self, line: Line, taken: list[Line]) -> Iterator[str]:
        """`line`, and what may belong to it for as long as a quotation mark is open."""
        yield line.text + "\n"
        size = len(line.text)
        for more in self._every_line():
            taken.append(more)
            size += len(more.text)
            if (
                more.fault
                or len(taken) >= LINES_LIMIT
                or size > JOINED_LIMIT
                or self._begins_a_row(more.text)
            ):
                return
            yield more.text + "\n"

    def _begins_a_row(self, text: str) -> bool:
        try:
            cells = next(csv.reader([text], delimiter=self._delimiter, strict=True), [])
        except csv.Error:
            return False
        return len(cells) == self._width and (self._moment is None or is_date_or_moment(cells[self._moment]))

    def _checked(self, line: Line, cells: Sequence[str]) -> Row:
        if len(cells) != self._width:
            return self._refused(line, f"has {len(cells)} columns where the header has {self._width}")
        if any(len(cell) > FIELD_LIMIT for cell in cells):
            return self._refused(line, _LONG)
        if any(CONTROL.search(cell) for cell in cells):
            return self._refused(line, _CONTROL)
        return Row(line.no, cells)

    def _refused(self, line: Line, reason: str) -> Row:
        head = line.text[:_SALVAGED]
        try:
            cells = next(csv.reader([head], delimiter=self._delimiter), [])
        except csv.Error:
            cells = []
        is_cut = line.fault or len(head) < len(line.text)
        return Row(line.no, cells[:-1] if is_cut else cells, reason)


def _is_plain(text: str) -> bool:
    return text.isprintable() or not CONTROL.search(text)
