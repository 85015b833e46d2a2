"""Writing marks on SQLite: many rows a statement into a temporary table, then one statement a step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from rp_connect.domain.calendar import Half
from rp_connect.storage.session import Session

_ROW = 4
_AT_ONCE = 50

_NEW_TABLES = (
    "CREATE TEMP TABLE IF NOT EXISTS given (day INTEGER, half INTEGER, pupil_no INTEGER, code TEXT)",
    "CREATE TEMP TABLE IF NOT EXISTS compared (day INTEGER, half INTEGER, pupil_no INTEGER, code TEXT,"
    " old TEXT, PRIMARY KEY (day, half, pupil_no)) WITHOUT ROWID",
    "DELETE FROM given",
    "DELETE FROM compared",
)
_GIVE_ONE = "INSERT INTO given VALUES (?, ?, ?, ?)"
_GIVE_MANY = _GIVE_ONE + ", (?, ?, ?, ?)" * (_AT_ONCE - 1)
_COMPARE = """
    INSERT OR REPLACE INTO compared
    SELECT given.day, given.half, given.pupil_no, given.code, held.code
    FROM given LEFT JOIN attendance AS held
    ON held.day = given.day AND held.school_no = ?
    AND held.half = given.half AND held.pupil_no = given.pupil_no"""
_WRITE = """
    INSERT INTO attendance (day, school_no, half, pupil_no, code)
    SELECT day, ?, half, pupil_no, code FROM compared WHERE old IS NOT code
    ON CONFLICT DO UPDATE SET code = excluded.code"""
_COUNT = """
    INSERT INTO attendance_counts (pupil_no, school_year, code, n)
    SELECT pupil_no, (day - 801) / 10000, code, 1 FROM compared WHERE old IS NOT code
    ON CONFLICT DO UPDATE SET n = n + 1"""
_COUNT_LESS = """
    UPDATE attendance_counts SET n = attendance_counts.n - less.n
    FROM (SELECT pupil_no, (day - 801) / 10000 AS school_year, old, count(*) AS n
          FROM compared WHERE old <> code GROUP BY 1, 2, 3) AS less
    WHERE attendance_counts.pupil_no = less.pupil_no AND attendance_counts.school_year = less.school_year
    AND attendance_counts.code = less.old"""


def write(
    session: Session, school_no: int, rows: Iterable[tuple[int, date, Half, str]], days: Mapping[date, int]
) -> set[int]:
    """The pupils with a mark that is new or changed."""
    for statement in _NEW_TABLES:
        session.sql(statement)
    _give(session, [value for no, day, half, code in rows for value in (days[day], int(half), no, code)])
    session.sql(_COMPARE, (school_no,))
    session.sql(_WRITE, (school_no,))
    session.sql(_COUNT)
    session.sql(_COUNT_LESS)
    return {no for (no,) in session.sql("SELECT DISTINCT pupil_no FROM compared WHERE old IS NOT code").all()}


def _give(session: Session, values: list[int | str]) -> None:
    """`values` has one row after the other; taking many at once is what saves the time."""
    wide = _ROW * _AT_ONCE
    whole = len(values) - len(values) % wide
    for statement, width, first, last in (
        (_GIVE_MANY, wide, 0, whole),
        (_GIVE_ONE, _ROW, whole, len(values)),
    ):
        lots = [tuple(values[start : start + width]) for start in range(first, last, width)]
        if lots:
            session.sql(statement, lots)
