"""P5 on PostgreSQL, as durable as in production: `marks.put` beside a bare COPY and INSERT … ON CONFLICT."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from rp_connect.storage.store import open_store
from tests.benchmarks import marks_into_sqlite
from tests.benchmarks.bench import Bench
from tests.benchmarks.limits import lots, prepared, put
from tests.benchmarks.measure import Cost, Variant, interleaved, took
from tests.benchmarks.table import Line
from tests.benchmarks.trust import MIS, Mark, pupil_records
from tests.postgres_server import PostgresServer

TARGET = 1.5
BARE, COUNTED = "COPY", "COPY, counters too"
"""The raw limits: prepared text copied into a temporary table and an INSERT … ON CONFLICT of it, in the same
transactions; and the same with a bare upsert of the counters."""

_GIVEN = (
    "CREATE TEMP TABLE IF NOT EXISTS given (day integer, school_no smallint, half smallint,"
    " pupil_no integer, code text) ON COMMIT DELETE ROWS"
)
_UPSERT = """
    INSERT INTO attendance (day, school_no, half, pupil_no, code)
    SELECT day, school_no, half, pupil_no, code FROM given
    ON CONFLICT (day, school_no, half, pupil_no) DO UPDATE SET code = excluded.code"""

_COUNT = """
    INSERT INTO attendance_counts (pupil_no, school_year, code, n)
    SELECT pupil_no, (day - 801) / 10000, code, count(*) FROM given GROUP BY 1, 2, 3
    ON CONFLICT (pupil_no, school_year, code) DO UPDATE SET n = attendance_counts.n + excluded.n"""


def measure(bench: Bench) -> list[Line]:
    with PostgresServer() as server:
        server.create_database("bench")
        return compare(bench, server.url("bench"))


def compare(bench: Bench, url: str) -> list[Line]:
    """`url` is an empty database."""
    store = open_store(url)
    with store.begin() as work:
        work.pupils.put("s001", MIS, pupil_records(bench.size.marks_pupils))
        work.commit()
    store.close()
    given = marks_into_sqlite.marks(bench)
    return [line for size in (1000, 10_000) for line in _lines(bench, url, given, size)]


def _lines(bench: Bench, url: str, given: list[Mark], size: int) -> list[Line]:
    """A sync takes 1,000 marks at once; what larger transactions would bring is only for information."""
    ours = [("s001", some) for some in lots(given, size)]
    texts = ["".join(map(_copied, some)) for some in lots(prepared(1, given), size)]
    costs = interleaved(
        {
            "ours": _afresh(url, lambda: put(url, ours)),
            BARE: _afresh(url, lambda: copy(url, texts, [_UPSERT])),
            COUNTED: _afresh(url, lambda: copy(url, texts, [_UPSERT, _COUNT])),
        },
        bench.runs,
    )
    what = f"{bench.size.marks:,} marks into PostgreSQL, {size:,} a transaction"
    return [
        Line(
            figure="P5c",
            what=what,
            ours=costs["ours"],
            raw=costs[limit],
            beside=limit,
            target=TARGET if limit == BARE and size == 1000 else None,
        )
        for limit in (BARE, COUNTED)
    ]


def copy(url: str, texts: Sequence[str], statements: Sequence[str]) -> Cost:
    """Each text a transaction, with all the statements."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection, connection.cursor() as cursor:

        def write() -> None:
            for text in texts:
                cursor.execute(_GIVEN)
                with cursor.copy("COPY given FROM STDIN") as lines:
                    lines.write(text)
                for statement in statements:
                    cursor.execute(statement.encode())
                connection.commit()

        return took(write)


def _copied(row: tuple[int, int, int, int, str]) -> str:
    return "\t".join(map(str, row)).replace("\\", "\\\\") + "\n"


def _afresh(url: str, work: Variant) -> Variant:
    def run() -> Cost:
        _empty(url)
        return work()

    return run


def _empty(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("TRUNCATE attendance, attendance_counts")
        connection.execute("CHECKPOINT")
