"""P5 on PostgreSQL, as durable as in production: `marks.put` beside a bare COPY and INSERT … ON CONFLICT."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from rp_connect.storage.store import open_store
from tests.benchmarks import marks_into_sqlite
from tests.benchmarks.bench import Bench
from tests.benchmarks.limits import lots, prepared, put
from tests.benchmarks.measure import Cost, interleaved, took
from tests.benchmarks.table import Line
from tests.benchmarks.trust import MIS, Mark, pupil_records
from tests.postgres_server import PostgresServer

TARGET = 1.5
BESIDE = "COPY of prepared text into a temporary table and INSERT … ON CONFLICT, in the same transactions"
_GIVEN = (
    "CREATE TEMP TABLE IF NOT EXISTS given (day integer, school_no smallint, half smallint,"
    " pupil_no integer, code text) ON COMMIT DELETE ROWS"
)
_UPSERT = """
    INSERT INTO attendance (day, school_no, half, pupil_no, code)
    SELECT day, school_no, half, pupil_no, code FROM given
    ON CONFLICT (day, school_no, half, pupil_no) DO UPDATE SET code = excluded.code"""


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
    return [_line(bench, url, given, size) for size in (1000, 10_000)]


def _line(bench: Bench, url: str, given: list[Mark], size: int) -> Line:
    ours = [("s001", some) for some in lots(given, size)]
    texts = ["".join(map(_copied, some)) for some in lots(prepared(1, given), size)]

    def put_afresh() -> Cost:
        _empty(url)
        return put(url, ours)

    def copy_afresh() -> Cost:
        _empty(url)
        return copy(url, texts)

    costs = interleaved({"ours": put_afresh, "raw": copy_afresh}, bench.runs)
    what = f"{bench.size.marks:,} marks into PostgreSQL, {size:,} a transaction"
    # A sync takes 1,000 at once; what larger transactions would bring is only for information.
    target = TARGET if size == 1000 else None
    return Line(figure="P5c", what=what, ours=costs["ours"], raw=costs["raw"], beside=BESIDE, target=target)


def copy(url: str, texts: Sequence[str]) -> Cost:
    """Each text a transaction."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection, connection.cursor() as cursor:

        def write() -> None:
            for text in texts:
                cursor.execute(_GIVEN)
                with cursor.copy("COPY given FROM STDIN") as lines:
                    lines.write(text)
                cursor.execute(_UPSERT)
                connection.commit()

        return took(write)


def _copied(row: tuple[int, int, int, int, str]) -> str:
    return "\t".join(map(str, row)).replace("\\", "\\\\") + "\n"


def _empty(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("TRUNCATE attendance, attendance_counts")
        connection.execute("CHECKPOINT")
