"""One transaction as the repositories see it: results come whole, and faults leave as StoreError."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql.expression import Executable

from rp_connect.errors import StoreError
from rp_connect.storage.faults import explained

Row = sa.Row[Any]
Values = Mapping[str, Any]
Select = sa.Select[Any]
T = TypeVar("T")

# Both databases take more, but not without limit.
AT_ONCE = 1000


class Insert(Protocol):
    """What the two dialects' `insert` have in common beyond SQLAlchemy's own."""

    excluded: Any

    def on_conflict_do_update(self, **how: Any) -> Executable: ...
    def on_conflict_do_nothing(self, **how: Any) -> Executable: ...
    def values(self, *args: Any, **values: Any) -> Insert: ...


class Dialect(Protocol):
    """Where the two databases differ."""

    postgres: bool

    def insert(self, table: sa.Table) -> Insert: ...
    def now(self, connection: sa.Connection) -> datetime: ...


class Session:
    """`writing` False: a reading transaction. After `end()` it refuses to work."""

    def __init__(self, connection: sa.Connection, dialect: Dialect, *, writing: bool) -> None:
        self._connection = connection
        self._dialect = dialect
        self._over = False
        self.writing = writing
        self.postgres = dialect.postgres
        self.known_schools: dict[str, int] = {}

    @property
    def connection(self) -> sa.Connection:
        if self._over:
            raise StoreError("This unit of work is over: nothing more can be read or written in it.")
        return self._connection

    def end(self) -> None:
        self._over = True

    def now(self) -> datetime:
        with explained():
            return self._dialect.now(self.connection)

    def rows(self, statement: Executable, values: Values | None = None) -> Sequence[Row]:
        with explained():
            return self.connection.execute(statement, values).all()

    def first(self, statement: Executable, values: Values | None = None) -> Row | None:
        with explained():
            return self.connection.execute(statement, values).first()

    def run(self, statement: Executable, values: Values | Sequence[Values] | None = None) -> int:
        """How many rows it touched."""
        with explained():
            return int(self.connection.execute(statement, values).rowcount)

    def sql(self, statement: str, values: Any = None) -> sa.CursorResult[Any]:
        """A statement in the driver's own words, for what must be fast."""
        with explained():
            return self.connection.exec_driver_sql(statement, values)

    def each(self, statement: Callable[[Collection[T]], Select], keys: Collection[T]) -> Iterator[Row]:
        """The rows of `statement` for all `keys`, some of them at a time."""
        for some in in_lots(keys):
            yield from self.rows(statement(some))

    def for_change(self, statement: Select) -> Select:
        """In a writing transaction nobody else changes what this reads until it ends (SQLite: always so)."""
        return statement.with_for_update(key_share=True) if self.writing and self.postgres else statement

    def upsert(self, table: sa.Table, keys: Sequence[str], rows: Sequence[Values]) -> None:
        """Insert, or replace all but the keys."""
        if not rows:
            return
        insert = self._dialect.insert(table)
        kept = {name: insert.excluded[name] for name in rows[0] if name not in keys}
        self.run(insert.on_conflict_do_update(index_elements=keys, set_=kept), rows)

    def insert(self, table: sa.Table) -> Insert:
        return self._dialect.insert(table)


def in_lots(keys: Collection[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    left = iter(keys)
    while some := list(islice(left, size)):
        yield some
