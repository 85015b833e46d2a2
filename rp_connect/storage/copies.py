"""On PostgreSQL a rehearsal plays on copies of its own, so that nobody waits for it, nor it for anybody.

The copies are temporary tables of one transaction under the names of the real ones, which they hide. Years
of marks are too many to copy: `attendance` and its counters are views of what stands and what is rehearsed.
"""

from __future__ import annotations

import sqlalchemy as sa

from rp_connect.storage.case_tables import effects
from rp_connect.storage.tables import attendance, attendance_counts

REHEARSED_MARKS = "rehearsed_marks"
REHEARSED_COUNTS = "rehearsed_counts"
"""Differences: what the rehearsal adds to a count, or takes from it."""

_MARKS = f"""
    CREATE TEMP TABLE {REHEARSED_MARKS} (LIKE {{real}}.attendance INCLUDING ALL);
    CREATE TEMP VIEW attendance AS
    SELECT day, school_no, half, pupil_no, code FROM {REHEARSED_MARKS}
    UNION ALL
    SELECT day, school_no, half, pupil_no, code FROM {{real}}.attendance AS held
    WHERE NOT EXISTS (
        SELECT 1 FROM {REHEARSED_MARKS} AS anew WHERE anew.day = held.day AND anew.school_no = held.school_no
        AND anew.half = held.half AND anew.pupil_no = held.pupil_no
    )"""  # noqa: S608 - both names are our own
_COUNTS = f"""
    CREATE TEMP TABLE {REHEARSED_COUNTS} (LIKE {{real}}.attendance_counts);
    CREATE TEMP VIEW attendance_counts AS
    SELECT pupil_no, school_year, code, sum(n)::integer AS n FROM (
        SELECT pupil_no, school_year, code, n FROM {{real}}.attendance_counts
        UNION ALL SELECT pupil_no, school_year, code, n FROM {REHEARSED_COUNTS}
    ) AS each GROUP BY pupil_no, school_year, code"""  # noqa: S608 - both names are our own


def play_on_copies(connection: sa.Connection) -> None:
    """In the transaction at hand, which must see one state of the store throughout, and be rolled back."""
    quote = connection.dialect.identifier_preparer.quote
    real = quote(str(connection.scalar(sa.func.current_schema())))
    for table in effects.metadata.sorted_tables:
        if table not in (attendance, attendance_counts):
            _copy(connection, real, quote(table.name))
    for statements in (_MARKS, _COUNTS):
        connection.exec_driver_sql(statements.format(real=real))


def _copy(connection: sa.Connection, real: str, name: str) -> None:
    """With its keys and defaults; numbers still come from the real sequence, for which nobody waits."""
    connection.exec_driver_sql(f"CREATE TEMP TABLE {name} (LIKE {real}.{name} INCLUDING ALL)")
    connection.exec_driver_sql(f"INSERT INTO pg_temp.{name} SELECT * FROM {real}.{name}")  # noqa: S608 - see above
