"""The marks of a small file, sorted in memory: what a `Spool` does on disk, without its start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import TypeVar

from rp_file_drop.spool import Entry, Group, Refused, Spool

HOLDS = 20_000
"""Rows. A school's day or week is less; a hundred bytes each."""

_KEY = itemgetter(0, 1)
T = TypeVar("T")


class Tray:
    """Filled once, then read as often as wanted; it answers as a `Spool` would."""

    def __init__(self) -> None:
        self._marks: list[Entry] = []
        self._refused: list[Refused] = []

    @property
    def is_full(self) -> bool:
        return len(self._marks) + len(self._refused) > HOLDS

    def add(self, marks: Sequence[Entry], refused: Sequence[Refused]) -> None:
        self._marks += marks
        self._refused += refused

    def sort(self) -> None:
        self._marks.sort(key=_KEY)

    def keys(self) -> int:
        return len({_KEY(mark) for mark in self._marks})

    def refused_names(self) -> int:
        return len({name for _, name, _ in self._refused})

    def groups(self, size: int) -> Iterator[list[Group]]:
        return _in_lots(map(_group, (list(rows) for _, rows in groupby(self._marks, _KEY))), size)

    def refusals(self, size: int) -> Iterator[list[tuple[str, str, int]]]:
        first: dict[str, tuple[str, str, int]] = {}
        for line, name, reason in sorted(self._refused, key=itemgetter(0)):
            first.setdefault(name, (name, reason, line))
        return _in_lots(iter(first.values()), size)

    def onto_disk(self) -> Spool:
        spool = Spool()
        spool.add(self._marks, self._refused)
        return spool


def _group(rows: Sequence[Entry]) -> Group:
    session, pupil, _ = rows[0]
    codes = [code for _, _, code in rows if code is not None]
    return session, pupil, min(codes, default=None), max(codes, default=None)


def _in_lots(rows: Iterator[T], size: int) -> Iterator[list[T]]:
    while some := list(islice(rows, size)):
        yield some
