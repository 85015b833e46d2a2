"""What a row of a file looks like: for telling a field of several lines from a quotation mark left open."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

from rp_file_drop.dates import is_date_or_moment
from rp_file_drop.header import Header
from rp_file_drop.layout import Layout


@dataclass(frozen=True, slots=True)
class Shape:
    """`moment` and `key` are places of columns; in those of `single_lines` no line break may stand.

    `has_prose` says that there is a column in which one may.
    """

    delimiter: str
    width: int
    key: int
    moment: int | None
    single_lines: tuple[int, ...]
    has_prose: bool

    @classmethod
    def of(cls, header: Header, layout: Layout) -> Shape:
        places = header.places
        single = tuple(place for column, place in places.items() if column not in layout.prose)
        key, moment = places[layout.needed[0]], places.get(layout.moment)
        return cls(header.delimiter, header.width, key, moment, single, len(single) < len(places))

    def begins_a_row(self, text: str) -> bool:
        """Whether `text` is surely a row by itself, or one up to a field that goes on over the line's end.

        The last line of a long field may have as many columns as a row; but its quotation marks are odd.
        """
        try:
            cells = next(csv.reader([text], delimiter=self.delimiter, strict=True), [])
        except csv.Error as error:
            return "unexpected end" in str(error) and self._has_its_moment(salvaged(text, self.delimiter))
        if len(cells) != self.width or text.count('"') % 2:
            return False
        return self._has_its_key(cells) if self.moment is None else self._has_its_moment(cells)

    def is_broken(self, cells: Sequence[str], lines: Sequence[str]) -> bool:
        """Whether `cells`, read from one line and the further `lines`, are more than one row after all."""
        if len(cells) != self.width:
            return True
        has_break = any("\n" in cells[place].strip() for place in self.single_lines)
        return has_break and any(self._could_be_a_row(line) for line in lines)

    def may_be_a_rest(self, text: str) -> bool:
        """Whether `text`, after something broken, may be the last line of a long text rather than a row."""
        return self.has_prose and text.count('"') % 2 == 1

    def _could_be_a_row(self, text: str) -> bool:
        try:
            return len(next(csv.reader([text], delimiter=self.delimiter, strict=True), [])) == self.width
        except csv.Error:
            return False

    def _has_its_moment(self, cells: Sequence[str]) -> bool:
        place = self.moment
        return place is not None and place < len(cells) and is_date_or_moment(cells[place])

    def _has_its_key(self, cells: Sequence[str]) -> bool:
        return len(cells[self.key].split()) == 1


def salvaged(text: str, delimiter: str) -> list[str]:
    """The cells of a broken line, up to the first with an odd quotation mark; the last one may be cut."""
    cells = []
    for cell in text.split(delimiter)[:-1]:
        if '"' in cell and not (cell.count('"') == 2 and cell[0] == cell[-1] == '"'):
            break
        cells.append(cell.strip('"'))
    return cells
