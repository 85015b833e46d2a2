"""A temporary database on disk that sorts a file of marks by day, half and pupil, in little memory.

It has no name in the file system, and is gone with the object.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

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
_SORTED = """
    SELECT session, pupil, MIN(code), MAX(code) FROM mark GROUP BY session, pupil ORDER BY session, pupil
"""
_REFUSED = "SELECT name, reason, MIN(line) FROM refused GROUP BY name ORDER BY MIN(line)"


Entry = tuple[int, str, str | None]
"""Session, pupil and code; no code where the row has no mark or is refused: its key counts all the same."""

Refused = tuple[int, str, str]
"""Line, name (the key or the line) and reason."""


class Group(NamedTuple):
    """All rows of one key. No code: nothing readable; two codes: the rows differ."""

    session: int
    pupil: str
    code: str | None
    other: str | None


class Spool:
    """Filled once, then sorted, then read as often as wanted."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._database.close)
        with _disk_faults():
            for statement in (*_SETTINGS, *_TABLES, "BEGIN"):
                self._database.execute(statement)

    def add(self, marks: Iterable[Entry], refused: Iterable[Refused]) -> None:
        with _disk_faults():
            self._database.executemany("INSERT INTO mark VALUES (?, ?, ?)", marks)
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
        cursor = self._database.execute(_SORTED)
        while rows := cursor.fetchmany(size):
            yield [Group._make(row) for row in rows]

    def refusals(self, size: int) -> Iterator[list[tuple[str, str]]]:
        cursor = self._database.execute(_REFUSED)
        while rows := cursor.fetchmany(size):
            yield [(name, reason) for name, reason, _ in rows]

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
            "There is no room in the temporary folder for sorting the attendance marks."
        ) from None
