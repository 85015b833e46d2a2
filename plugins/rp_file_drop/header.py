"""The header row: which delimiter the file uses, and at which place each of our columns stands."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rp_file_drop.layout import Layout
from rp_file_drop.lines import Line
from rp_file_drop.text import CONTROL

DELIMITERS = (",", ";", "\t")
_FOREIGN = ("\xff\xfe", "\xfe\xff", "PK\x03\x04", "%PDF", "\xd0\xcf\x11\xe0")
"""How UTF-16, a spreadsheet, a PDF and an old spreadsheet begin, read as Windows-1252."""


class UnusableFileError(Exception):
    """The whole file cannot be used; the reason is for a person."""


@dataclass(frozen=True, slots=True)
class Header:
    """`places` is where each of our columns stands; `width` counts every column of the file."""

    delimiter: str
    width: int
    places: Mapping[str, int]


def read_header(lines: Iterator[Line], layout: Layout, mapped: Mapping[str, str]) -> Header:
    """Take lines up to the header row. `mapped` is ours → theirs where the names differ."""
    text = _first_line(lines)
    theirs = {ours: fold(mapped.get(ours, ours)) for ours in layout.columns}
    rows = [(delimiter, _names(text, delimiter)) for delimiter in DELIMITERS]
    delimiter, names = max(rows, key=lambda row: len(set(theirs.values()).intersection(row[1])))
    _check(names, layout, mapped, theirs)
    places = {ours: names.index(name) for ours, name in theirs.items() if name in names}
    return Header(delimiter, len(names), places)


def fold(word: str) -> str:
    """What two spellings of one word have in common: case, outer spaces and composition do not count."""
    return unicodedata.normalize("NFC", word.strip()).casefold()


def _first_line(lines: Iterator[Line]) -> str:
    for _, text, fault in lines:
        if text.startswith(_FOREIGN) or "\0" in text:
            raise UnusableFileError("is not a text file; save it as CSV (UTF-8)")
        if fault or "\r" in text or CONTROL.search(text):
            raise UnusableFileError("has a header row that cannot be read; save it as CSV (UTF-8)")
        if text.strip():
            return text
    raise UnusableFileError("is empty")


def _names(text: str, delimiter: str) -> Sequence[str]:
    try:
        return [fold(name) for name in next(csv.reader([text], delimiter=delimiter))]
    except csv.Error:
        return []


def _check(
    names: Sequence[str], layout: Layout, mapped: Mapping[str, str], theirs: Mapping[str, str]
) -> None:
    missing = [_called(ours, mapped) for ours in layout.needed if theirs[ours] not in names]
    if missing:
        is_are = "the column {} is missing" if len(missing) == 1 else "the columns {} are missing"
        raise UnusableFileError(is_are.format(", ".join(missing)))
    double = [_called(ours, mapped) for ours, name in theirs.items() if names.count(name) > 1]
    if double:
        raise UnusableFileError(f"the column {double[0]} is there more than once")


def _called(ours: str, mapped: Mapping[str, str]) -> str:
    return f"{mapped[ours]} ({ours})" if ours in mapped else ours
