"""P7: a day of a trust of 100 schools, in random order of schools, into the marks of its year so far."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from rp_connect.storage.day_numbers import number_of_day
from rp_connect.storage.store import open_store
from tests.benchmarks.bench import SEED, Bench, Size
from tests.benchmarks.limits import Tuple, counted, lots, many, prepared, put, settle, upsert
from tests.benchmarks.measure import Cost, interleaved
from tests.benchmarks.table import Line
from tests.benchmarks.trust import FIRST_DAY, Mark, days_from, marks_of

SECONDS = 0.5
BARE, COUNTED, AT_ONCE = "executemany", "executemany, counters too", "executemany, one transaction"
"""The raw limits, into the very same table: each school's marks in the same transactions of 1,000 rows; the
same with a bare upsert of the counters; all marks of the day in one transaction."""

_PUPILS = """
    INSERT INTO pupils (no, school, mis, id, given_name, family_name,
                        preferred_name, upn, year_group, reg_group, key_adult_email)
    WITH RECURSIVE place (at) AS (VALUES (1) UNION ALL SELECT at + 1 FROM place WHERE at < :pupils)
    SELECT (schools.no - 1) * :pupils + at, school, 'file_drop', 'P' || at, 'Ada', 'Made', '', '', '', '', ''
    FROM schools CROSS JOIN place"""
_PATTERN = (
    "CREATE TEMP TABLE pattern (day INTEGER, half INTEGER, at INTEGER, code TEXT,"
    " PRIMARY KEY (day, half, at)) WITHOUT ROWID"
)
_YEAR = """
    INSERT INTO attendance (day, school_no, half, pupil_no, code)
    SELECT pattern.day, schools.no, pattern.half, (schools.no - 1) * ? + pattern.at, pattern.code
    FROM schools CROSS JOIN pattern WHERE pattern.day = ? ORDER BY schools.no, pattern.half, pattern.at"""
_COUNTS = """
    INSERT INTO attendance_counts (pupil_no, school_year, code, n)
    SELECT (schools.no - 1) * ? + one.at, one.year, one.code, one.n
    FROM schools CROSS JOIN (
        SELECT at, (day - 801) / 10000 AS year, code, count(*) AS n FROM pattern GROUP BY 1, 2, 3
    ) AS one ORDER BY 1, 2, 3"""


def measure(bench: Bench) -> list[Line]:
    room, size = bench.room("year"), bench.size
    begun = time.monotonic()
    path = a_year(room, size)
    rows = size.year_day * size.year_days
    note = f"the table was built in {time.monotonic() - begun:.0f} s and is {path.stat().st_size >> 20:,} MiB"
    costs = interleaved(variants(path, size), bench.runs)
    what = f"a day of {size.year_day:,} marks into {rows / 1e6:.1f} M"
    # The seconds are those of the whole day of a trust.
    seconds = SECONDS if size.year_day >= 200_000 else None
    return [
        Line(
            figure="P7",
            what=what,
            ours=costs["ours"],
            raw=costs[limit],
            beside=limit,
            seconds=seconds,
            note=note if limit == BARE else "",
        )
        for limit in (BARE, COUNTED, AT_ONCE)
    ]


def a_year(room: Path, size: Size) -> Path:
    """A store of our own schema, filled by SQL: every school has the same codes, and the counters agree."""
    path = room / "rp-connect.db"
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -262144"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("BEGIN")
        _fill(connection, size)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
    return path


def _fill(connection: sqlite3.Connection, size: Size) -> None:
    schools = [(no, f"s{no:03}") for no in range(1, size.year_schools + 1)]
    connection.executemany(
        "INSERT INTO schools (no, school, passes, basis, unmapped) VALUES (?, ?, 0, '', '[]')", schools
    )
    connection.execute(_PUPILS, {"pupils": size.year_pupils})
    connection.execute(_PATTERN)
    days = days_from(FIRST_DAY, size.year_days)
    pattern = marks_of(range(1, size.year_pupils + 1), days, SEED)
    rows = ((number_of_day(day), int(half), at, code) for at, day, half, code in pattern)
    connection.executemany("INSERT INTO pattern VALUES (?, ?, ?, ?)", rows)
    for day in days:
        connection.execute(_YEAR, (size.year_pupils, number_of_day(day)))
    connection.execute(_COUNTS, (size.year_pupils,))


def variants(path: Path, size: Size) -> dict[str, Callable[[], Cost]]:
    """Each run brings the next day, so that nothing needs taking back."""
    days = _after(size)

    def ours() -> Cost:
        settle(path)
        day = a_day(size, next(days))
        return put(
            f"sqlite:///{path}", [(f"s{no:03}", some) for no, marks in day for some in lots(marks, 1000)]
        )

    def tuples() -> list[Sequence[Tuple]]:
        settle(path)
        day = a_day(size, next(days))
        return [some for no, marks in day for some in lots(prepared(no, marks), 1000)]

    return {
        "ours": ours,
        BARE: lambda: upsert(path, tuples()),
        COUNTED: lambda: many(path, counted(tuples())),
        AT_ONCE: lambda: upsert(path, [[row for some in tuples() for row in some]]),
    }


def a_day(size: Size, day: date) -> list[tuple[int, Sequence[Mark]]]:
    """The marks of each school, the schools as they come."""
    schools = list(range(1, size.year_schools + 1))
    random.Random(day.toordinal()).shuffle(schools)
    first = {no: (no - 1) * size.year_pupils + 1 for no in schools}
    return [
        (no, marks_of(range(first[no], first[no] + size.year_pupils), [day], SEED + no + day.toordinal()))
        for no in schools
    ]


def _after(size: Size) -> Iterator[date]:
    day = days_from(FIRST_DAY, size.year_days)[-1]
    while True:
        day += timedelta(days=1)
        yield day
