"""A temporary database on disk that sorts a file of marks by day, half and pupil, in little memory.

It has no name in the file system, and is gone with the object.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from rp_connect.errors import StoreError

_SETTINGS = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA temp_store = FILE",
    "PRAGMA cache_size = -2048",
)
_TABLES = (
    "CREATE TABLE mark (session INTEGER, pupil TEXT, code TEXT)",
    "CREATE TABLE refused (line INTEGER, name TEXT, reason TEXT)",
)
_UNIQUE = "SELECT session, pupil, code, code FROM mark ORDER BY session, pupil"
_GROUPED = """
    SELECT session, pupil, MIN(code), MAX(code) FROM mark GROUP BY session, pupil ORDER BY session, pupil
"""
_REFUSED = "SELECT name, reason, MIN(line) FROM refused GROUP BY name ORDER BY MIN(line)"

_AT_ONCE = 300
"""Rows in one INSERT: twice as fast as one by one, and within the 999 parameters of an old SQLite."""

Entry = tuple[int, str, str | None]
"""Session, pupil and code; no code where the row has no mark or is refused: its key counts all the same."""

Refused = tuple[int, str, str]
"""Line, name (the key or the line) and reason."""


Group = tuple[int, str, str | None, str | None]
"""All rows of one key: session, pupil, least and greatest code. None: no use; two codes: the rows differ."""


class Spool:
    """Filled once, then sorted, then read as often as wanted."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._database.close)
        with _disk_faults():
            for statement in (*_SETTINGS, *_TABLES, "BEGIN"):
                self._database.execute(statement)

    def add(self, marks: Sequence[Entry], refused: Sequence[Refused]) -> None:
        with _disk_faults():
            for at in range(0, len(marks), _AT_ONCE):
                some = marks[at : at + _AT_ONCE]
                values = ", ".join(["(?, ?, ?)"] * len(some))
                self._database.execute(f"INSERT INTO mark VALUES {values}", [*chain.from_iterable(some)])  # noqa: S608
            self._database.executemany("INSERT INTO refused VALUES (?, ?, ?)", refused)

    def sort(self) -> None:
        with _disk_faults():
            self._database.execute("CREATE INDEX by_key ON mark (session, pupil, code)")
            self._database.execute("COMMIT")

    def keys(self) -> int:
        return self._count("SELECT DISTINCT session, pupil FROM mark")

    def refused_names(self) -> int:
        return self._count("SELECT DISTINCT name FROM refused")

    def groups(self, size: int) -> Iterator[list[Group]]:
        """In order. Where no key is there twice, nothing needs grouping, which is twice as fast."""
        is_unique = self.keys() == self._count("SELECT 1 FROM mark")
        return self._fetched(_UNIQUE if is_unique else _GROUPED, size)

    def refusals(self, size: int) -> Iterator[list[tuple[str, str, int]]]:
        """Name, reason and first line; in order of lines."""
        return self._fetched(_REFUSED, size)

    def _fetched(self, query: str, size: int) -> Iterator[list[Any]]:
        with _disk_faults():
            cursor = self._database.execute(query)
            while rows := cursor.fetchmany(size):
                yield rows

    def _count(self, query: str) -> int:
        with _disk_faults():
            count: int = self._database.execute(f"SELECT COUNT(*) FROM ({query})").fetchone()[0]  # noqa: S608
        return count


@contextmanager
def _disk_faults() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error:
        raise StoreError(
            "The attendance marks cannot be sorted in the temporary folder; is its disk full?"
        ) from None
