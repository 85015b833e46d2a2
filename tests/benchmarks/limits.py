"""Marks into SQLite: our way, and the raw limit of the same prepared tuples."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from rp_connect.storage.day_numbers import number_of_day
from rp_connect.storage.store import open_store
from tests.benchmarks.measure import Cost, took
from tests.benchmarks.trust import Mark

UPSERT = """
    INSERT INTO attendance (day, school_no, half, pupil_no, code) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET code = excluded.code"""

COUNT = """
    INSERT INTO attendance_counts (pupil_no, school_year, code, n) VALUES (?, ?, ?, 1)
    ON CONFLICT DO UPDATE SET n = n + 1"""

T = TypeVar("T")
Tuple = tuple[int, int, int, int, str]
"""Day, school, half, pupil and code, as the table has them."""


def lots(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def prepared(school_no: int, marks: Iterable[Mark]) -> list[Tuple]:
    return [(number_of_day(day), school_no, int(half), no, code) for no, day, half, code in marks]


def put(url: str, transactions: Sequence[tuple[str, Sequence[Mark]]]) -> Cost:
    """`work.marks.put`, each school's lot in a transaction of its own."""
    store = open_store(url)

    def write() -> None:
        for school, marks in transactions:
            with store.begin() as work:
                work.marks.put(school, marks)
                work.commit()

    try:
        return took(write)
    finally:
        store.close()


def upsert(path: Path, transactions: Sequence[Sequence[Tuple]], synchronous: str = "FULL") -> Cost:
    """A bare `executemany`, without counters and without asking what is there."""
    return many(path, [{UPSERT: rows} for rows in transactions], synchronous)


def counted(transactions: Sequence[Sequence[Tuple]]) -> list[dict[str, Sequence[tuple[object, ...]]]]:
    """The same with the counters: the least that our schema asks for, where every mark is new."""
    return [
        {UPSERT: rows, COUNT: [(no, (day - 801) // 10000, code) for day, _, _, no, code in rows]}
        for rows in transactions
    ]


def many(
    path: Path,
    transactions: Sequence[Mapping[str, Sequence[tuple[object, ...]]]],
    synchronous: str = "FULL",
) -> Cost:
    """One `executemany` for each statement of each transaction."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA synchronous = {synchronous}")

        def write() -> None:
            for statements in transactions:
                connection.execute("BEGIN IMMEDIATE")
                for statement, rows in statements.items():
                    connection.executemany(statement, rows)
                connection.execute("COMMIT")

        return took(write)


def settle(path: Path) -> None:
    """Move the write-ahead log into the file, so that the next run begins without one."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
