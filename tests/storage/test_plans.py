"""With a trust's history behind it the store still goes by its indexes: asked of the databases themselves.

What is explained are the very statements of the store, as they are about to run, on tables of 160,000 marks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from rp_connect.domain.calendar import Half, Session
from rp_connect.storage.day_numbers import number_of_day
from rp_connect.storage.store import open_store

PUPILS, DAYS = 200, 20
FIRST = date(2026, 9, 2)
TODAY = FIRST + timedelta(days=DAYS)
BIG = {"attendance", "attendance_counts", "pupils", "effects"}
"""No statement may read one of these from end to end."""

_FILL = (
    """CREATE TEMP TABLE one AS WITH RECURSIVE one (n) AS (
        SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < 200
    ) SELECT n FROM one""",
    """INSERT INTO schools (no, school, passes, basis, unmapped)
    SELECT n, 's' || n, 0, '', '[]' FROM one WHERE n <= 20""",
    """INSERT INTO pupils (no, school, mis, id, given_name, family_name, preferred_name, upn, year_group,
    reg_group, key_adult_email)
    SELECT (schools.no - 1) * 200 + n, school, 'file_drop', 'P' || n, 'Ada', 'M', '', '', '', '', ''
    FROM schools CROSS JOIN one""",
    """INSERT INTO attendance (day, school_no, half, pupil_no, code)
    SELECT 20260901 + one.n, schools.no, half.half, pupils.no, '/'
    FROM one CROSS JOIN schools JOIN pupils ON pupils.school = schools.school
    CROSS JOIN (SELECT 0 AS half UNION SELECT 1) AS half WHERE one.n <= 20""",
    """INSERT INTO attendance_counts (pupil_no, school_year, code, n)
    SELECT pupils.no, 2023 + year.n, 'c' || code.n, 9
    FROM pupils CROSS JOIN one AS year CROSS JOIN one AS code WHERE year.n <= 3 AND code.n <= 5""",
    """INSERT INTO effects (school, kind, key, revision, state, attempt, look_first)
    SELECT school, 'task', id || school || part.n, 1, 'done', 1, false
    FROM pupils CROSS JOIN one AS part WHERE part.n <= 2""",
    "DROP TABLE one",
    "ANALYZE",
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def history(request, tmp_path_factory, postgres):
    """A store with a past, whose database knows how large its tables are. Tests may add to it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('plans') / 'store.db'}"
    if request.param == "postgresql":
        postgres.create_database("plans")
        url = postgres.url("plans")
    with closing(open_store(url)) as store:
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            for statement in _FILL:
                connection.execute(sa.text(statement))
        engine.dispose()
        yield store
    if request.param == "postgresql":
        postgres.drop_database("plans")


class Plans:
    """Table and way of reading of every statement that ran meanwhile."""

    def __init__(self) -> None:
        self.ways: list[tuple[str, str]] = []
        self._asking = False

    def ask(self, connection, cursor, statement, parameters, context, executemany) -> None:
        words = statement.lstrip().upper()
        if self._asking or executemany or not words.startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            return
        self._asking = True
        try:
            sqlite = connection.dialect.name == "sqlite"
            how = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN (FORMAT JSON) "
            asked = connection.connection.driver_connection.cursor()
            rows = asked.execute(how + statement, parameters or ()).fetchall()
            self.ways += _of_sqlite(rows) if sqlite else _of_postgres(rows[0][0])
        finally:
            self._asking = False

    def read_whole(self) -> set[str]:
        return {table for table, way in self.ways if way == "whole"} & BIG

    def by_index(self) -> set[str]:
        return {table for table, way in self.ways if way == "index"}


def _of_sqlite(rows) -> Iterator[tuple[str, str]]:
    for *_, detail in rows:
        way, _, rest = detail.partition(" ")
        if way in ("SCAN", "SEARCH"):
            yield rest.split()[0], "whole" if way == "SCAN" and "USING" not in rest else "index"


def _of_postgres(plan) -> Iterator[tuple[str, str]]:
    for node in plan if isinstance(plan, list) else json.loads(plan):
        yield from _nodes(node["Plan"])


def _nodes(node) -> Iterator[tuple[str, str]]:
    if "Relation Name" in node and node["Node Type"] not in ("ModifyTable", "Tid Scan"):
        yield node["Relation Name"], "whole" if node["Node Type"] == "Seq Scan" else "index"
    if node["Node Type"] == "Bitmap Index Scan":
        yield node["Index Name"], "index"
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


@contextmanager
def explained() -> Iterator[Plans]:
    plans = Plans()
    sa.event.listen(sa.Engine, "before_cursor_execute", plans.ask)
    try:
        yield plans
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", plans.ask)


def day_of_school(no: int, day: date) -> list[tuple[int, date, Half, str]]:
    first = (no - 1) * PUPILS + 1
    return [(pupil, day, half, "/") for half in Half for pupil in range(first, first + PUPILS)]


@pytest.mark.parametrize("day", [TODAY, TODAY - timedelta(days=3)], ids=["a new day", "a day known already"])
def test_a_day_of_marks_is_put_beside_a_year_by_its_key(history, day):
    with explained() as plans, history.begin() as work:
        work.marks.put("s7", day_of_school(7, day))
        work.commit()

    assert plans.read_whole() == set()
    if plans.ways and any(table == "attendance" for table, _ in plans.ways):
        assert {"attendance", "attendance_counts"} <= plans.by_index()


def test_the_marks_of_a_suspension_are_looked_up_one_by_one(history):
    sessions = [Session(FIRST + timedelta(days=n), half) for n in range(10) for half in Half]
    with explained() as plans, history.read() as work:
        found = work.marks.of("s7", 6 * PUPILS + 3, sessions)

    assert len(found) == len(sessions)
    assert plans.read_whole() == set()
    assert "attendance" in plans.by_index()


def test_a_schools_absence_is_read_from_its_own_pupils_counters(history):
    with explained() as plans, history.read() as work:
        found = list(work.marks.sums("s7", 2026, [["c1"], ["c2"]]))

    assert len(found) == PUPILS
    assert plans.read_whole() == set()
    assert {"pupils", "attendance_counts"} <= plans.by_index()


def test_what_waits_for_a_school_is_counted_without_reading_what_others_had_done(history):
    with explained() as plans, history.read() as work:
        counts = work.effects.counts("s7")

    assert sum(counts.values()) == 2 * PUPILS
    assert plans.read_whole() == set()
    assert "effects" in plans.by_index()


def test_what_is_parked_is_counted_without_reading_what_was_done(history):
    with explained() as plans, history.read() as work:
        parked = work.effects.parked([f"s{number}" for number in range(1, 21)])

    assert parked == {}
    assert plans.read_whole() == set()
    assert "effects" in plans.by_index()


def test_a_statement_that_reads_a_table_whole_would_be_found(history):
    with explained() as plans, history.alone() as session:
        session.rows(sa.text("SELECT count(*) FROM attendance WHERE code = 'I'"))

    assert plans.read_whole() == {"attendance"}


def test_the_key_of_a_mark_begins_with_its_day_so_that_a_day_lies_together():
    from rp_connect.storage.tables import attendance

    assert [column.name for column in attendance.primary_key][:2] == ["day", "school_no"]
    assert number_of_day(TODAY) > number_of_day(FIRST)
