"""Lines become rows, tolerantly: whatever is wrong with a row costs that row and no other.

A quoted field may go on over several lines. A quotation mark that is never closed would swallow the rest of
the file; so the rows after it are recognised, and only the line with the open mark is refused.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence

from rp_file_drop.lines import Line
from rp_file_drop.shape import Shape, salvaged
from rp_file_drop.text import CONTROL

FIELD_LIMIT = 100_000
LINES_LIMIT = 200
JOINED_LIMIT = 1 << 16
_SALVAGED = 4096

_OPEN = "has a quotation mark that is never closed or stands in the wrong place"
_LONG = "has a field of more than 100,000 characters"
_CONTROL = "holds a control character"

Row = tuple[int, Sequence[str], str]
"""Line number, cells and fault: where there is one, the cells are what could be saved, few or shifted."""


class Rows:
    """The rows below the header. Behind a broken one, until one is whole, it is in doubt what is a row."""

    def __init__(self, lines: Iterator[Line], shape: Shape) -> None:
        self._lines = lines
        self._waiting: deque[Line] = deque()
        self._shape = shape
        self._delimiter, self._width = shape.delimiter, shape.width
        self._between = f'"{shape.delimiter}"'
        self._in_doubt = False

    def __iter__(self) -> Iterator[Row]:
        width = self._width
        for line in self._every_line():
            no, text, fault = line
            cells = [] if fault else self._simple(text)
            if len(cells) == width and cells[0].strip():
                self._in_doubt = False
                yield no, cells, ""
            elif fault or not self._is_blank(text):
                yield self._careful(line)

    def _every_line(self) -> Iterator[Line]:
        while True:
            if self._waiting:
                yield self._waiting.popleft()
            elif line := next(self._lines, None):
                yield line
            else:
                return

    def _simple(self, text: str) -> list[str]:
        """The cells of a line that needs no care: of harmless text, with no quotation marks or all around."""
        if len(text) > FIELD_LIMIT or not (text.isprintable() or not CONTROL.search(text)):
            return []
        if '"' not in text:
            return text.split(self._delimiter)
        if text.count('"') == 2 * self._width and text[0] == text[-1] == '"':
            return text[1:-1].split(self._between)
        return []

    def _is_blank(self, text: str) -> bool:
        """Nothing in it, or nothing in any of its cells."""
        return not text.strip(self._delimiter + ' \t"') and text.count('"') % 2 == 0

    def _careful(self, line: Line) -> Row:
        no, text, fault = line
        taken: list[Line] = []
        cells, broken = ([], fault) if fault else self._parsed(line, taken)
        if broken:
            self._waiting.extendleft(reversed(taken))
        fault = broken or self._fault(cells)
        self._in_doubt = broken == _OPEN or (self._in_doubt and fault != "")
        return no, salvaged(text[:_SALVAGED], self._delimiter) if fault else cells, fault

    def _parsed(self, line: Line, taken: list[Line]) -> tuple[list[str], str]:
        """The cells, and what is wrong with their quotation marks; further lines go into `taken`."""
        try:
            cells = next(csv.reader(self._feed(line, taken), delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            return [], _LONG if "limit" in str(error) else _OPEN
        if taken:
            is_broken = self._shape.is_broken(cells, [text for _, text, _ in taken])
        else:
            is_broken = self._in_doubt and self._shape.may_be_a_rest(line[1])
        return cells, _OPEN if is_broken else ""

    def _feed(self, line: Line, taken: list[Line]) -> Iterator[str]:
        """`line`, and what may belong to it for as long as a quotation mark is open."""
        yield line[1] + "\n"
        size = len(line[1])
        for more in self._every_line():
            taken.append(more)
            _, text, fault = more
            size += len(text)
            if fault or len(taken) > LINES_LIMIT or size > JOINED_LIMIT or self._shape.begins_a_row(text):
                return
            yield text + "\n"

    def _fault(self, cells: Sequence[str]) -> str:
        if len(cells) != self._width:
            has = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
            return f"has {has} where the header has {self._width}"
        if any(len(cell) > FIELD_LIMIT for cell in cells):
            return _LONG
        return _CONTROL if any(CONTROL.search(cell) for cell in cells) else ""
