"""The numbers that a table gives by itself: the last one that was given, even where its row is gone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from rp_connect.storage.session import Session


def last_number(session: Session, table: sa.Table, column: sa.Column[Any]) -> int:
    """0 where none was given yet."""
    row = session.first(sa.select(sa.func.max(column)))
    highest = int(row[0] or 0) if row else 0
    return max(
        highest, _of_postgres(session, table, column) if session.postgres else _of_sqlite(session, table)
    )


def put_last_number(session: Session, table: sa.Table, column: sa.Column[Any], last: int) -> None:
    """The next number of `table` is the one after `last`."""
    if last == 0:
        return
    if session.postgres:
        session.rows(sa.select(sa.func.setval(_sequence(session, table, column), last)))
    elif table.dialect_options["sqlite"]["autoincrement"]:
        session.sql("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
        session.sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, last))


def _of_sqlite(session: Session, table: sa.Table) -> int:
    if not table.dialect_options["sqlite"]["autoincrement"]:
        return 0
    found = session.sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)).scalar()
    return int(found or 0)


def _of_postgres(session: Session, table: sa.Table, column: sa.Column[Any]) -> int:
    sequence = _sequence(session, table, column)
    given = f"SELECT last_value FROM {sequence} WHERE is_called"  # noqa: S608 - the server's own name for it
    return int(session.sql(given).scalar() or 0)


def _sequence(session: Session, table: sa.Table, column: sa.Column[Any]) -> str:
    row = session.first(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name)))
    return str(row[0]) if row else ""
