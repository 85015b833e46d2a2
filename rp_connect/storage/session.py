"""One transaction as the repositories see it: results come whole, and faults leave as StoreError."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.sql.expression import Executable

from rp_connect.errors import StoreError
from rp_connect.storage.faults import explained

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert  # PostgreSQL's takes the same words

Row = sa.Row[Any]
Values = Mapping[str, Any]
Select = sa.Select[Any]
T = TypeVar("T")

# Both databases take more, but not without limit.
AT_ONCE = 1000

_UPSERTS: dict[tuple[bool, str, tuple[str, ...], tuple[str, ...]], Insert] = {}


class Dialect(Protocol):
    """Where the two databases differ."""

    postgres: bool

    def insert(self, table: sa.Table) -> Insert: ...
    def now(self, connection: sa.Connection) -> datetime: ...


class Session:
    """`writing` False: a reading transaction; `rehearsing`: it writes into copies that nobody else sees.
    After `end()` it refuses to work."""

    def __init__(
        self, connection: sa.Connection, dialect: Dialect, *, writing: bool, rehearsing: bool = False
    ) -> None:
        self._connection = connection
        self._dialect = dialect
        self._over = False
        self.writing = writing
        self.rehearsing = rehearsing
        self.postgres = dialect.postgres
        self.known_schools: dict[str, int] = {}

    def part(self) -> Session:
        """A session of its own in the same transaction."""
        return Session(self.connection, self._dialect, writing=self.writing, rehearsing=self.rehearsing)

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

    def sql(self, statement: str, values: object = None) -> sa.CursorResult[Any]:
        """A statement in the driver's own words, for what must be fast."""
        with explained():
            return self.connection.exec_driver_sql(statement, cast(Any, values))

    def driver_rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The same past SQLAlchemy, whose rows would cost more than SQLite's work behind them."""
        with explained(self.connection.dialect.loaded_dbapi.Error):
            driver: Any = self.connection.connection.driver_connection
            rows: list[tuple[Any, ...]] = driver.execute(statement, values).fetchall()
            return rows

    def copy(self, statement: str, lines: str) -> None:
        """PostgreSQL's own way of taking many rows, past SQLAlchemy."""
        with explained(self.connection.dialect.loaded_dbapi.Error):
            driver: Any = self.connection.connection.driver_connection
            with driver.cursor() as cursor, cursor.copy(statement) as copy:
                copy.write(lines)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What fails inside is undone by itself; the transaction goes on."""
        with explained():
            savepoint = self.connection.begin_nested()
        try:
            yield
            with explained():
                savepoint.commit()
        finally:
            with explained():
                savepoint.close()

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
        self.run(_upsert(self._dialect, table, tuple(keys), tuple(rows[0])), rows)

    def insert(self, table: sa.Table) -> Insert:
        return self._dialect.insert(table)


def _upsert(dialect: Dialect, table: sa.Table, keys: tuple[str, ...], names: tuple[str, ...]) -> Insert:
    """Kept, as there are few of them and building one takes longer than running it."""
    which = dialect.postgres, table.name, keys, names
    if which not in _UPSERTS:
        insert = dialect.insert(table)
        kept = {name: insert.excluded[name] for name in names if name not in keys}
        _UPSERTS[which] = insert.on_conflict_do_update(index_elements=keys, set_=kept)
    return _UPSERTS[which]


def in_lots(keys: Collection[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    left = iter(keys)
    while some := list(islice(left, size)):
        yield some
