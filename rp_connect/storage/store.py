"""The store: opening it, and the transactions on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from rp_connect.errors import ConfigError, StoreError
from rp_connect.ports.store import Begin, UnitOfWork
from rp_connect.storage.copies import play_on_copies
from rp_connect.storage.faults import explained
from rp_connect.storage.rehearsal import Rehearsal
from rp_connect.storage.schema import bring_up_to_date
from rp_connect.storage.session import Dialect, Session
from rp_connect.storage.unit_of_work import SqlUnitOfWork


class Database(Dialect, Protocol):
    """One of the two kinds of database, with a pool of connections for writing and one for reading."""

    @property
    def writer(self) -> sa.Engine: ...
    @property
    def reader(self) -> sa.Engine: ...
    @property
    def rehearser(self) -> sa.Engine | None:
        """For rehearsals that play on copies; None where they have the whole store to themselves."""
        ...

    def turn(self) -> AbstractContextManager[None]: ...
    def keep_writers_out(self, session: Session) -> None:
        """Of every table, until the session's transaction ends."""
        ...

    def lock(self, name: str) -> AbstractContextManager[None]: ...
    def read_only(self) -> bool: ...
    def upgrading(self) -> AbstractContextManager[sa.Connection]: ...


class SqlStore:
    """The store of `ports.store` on either database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._schools: dict[str, int] = {}
        """Numbers of schools that were committed: given once, and never taken back."""

    def bring_up_to_date(self) -> None:
        """Create or upgrade the schema, one process at a time."""
        bring_up_to_date(self._database)

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        with self._transaction(self._database.writer, writing=True) as session:

            def commit() -> None:
                with explained():
                    session.connection.commit()
                self._schools |= session.known_schools
                session.end()

            yield SqlUnitOfWork(session, commit)

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        with self._transaction(self._database.reader, writing=False) as session:
            yield SqlUnitOfWork(session, _cannot_commit)

    @contextmanager
    def rehearse(self) -> Iterator[Begin]:
        rehearsal = Rehearsal(self._rehearsed)
        try:
            yield rehearsal.begin
        finally:
            rehearsal.end()

    def lock(self, name: str) -> AbstractContextManager[None]:
        return self._database.lock(name)

    @contextmanager
    def alone(self) -> Iterator[Session]:
        """A writing transaction beside which nobody else writes, into any table; others may read."""
        with self._transaction(self._database.writer, writing=True) as session:
            self._database.keep_writers_out(session)
            yield session

    def now(self) -> datetime:
        with explained(), self._database.reader.connect() as connection:
            return self._database.now(connection)

    def read_only(self) -> bool:
        with explained():
            return self._database.read_only()

    def close(self) -> None:
        with explained():
            for engine in (self._database.reader, self._database.writer):
                engine.dispose()

    @contextmanager
    def _rehearsed(self) -> Iterator[Session]:
        engine = self._database.rehearser
        if engine is None:
            with self._transaction(self._database.writer, writing=True) as session:
                yield session
            return
        with self._transaction(engine, writing=True, rehearsing=True) as session:
            with explained():
                play_on_copies(session.connection)
            yield session

    @contextmanager
    def _transaction(
        self, engine: sa.Engine, *, writing: bool, rehearsing: bool = False
    ) -> Iterator[Session]:
        """Rolls back whatever was not committed."""
        with self._database.turn() if writing else nullcontext():
            with explained():
                connection = engine.connect()
                connection.begin()
            session = Session(connection, self._database, writing=writing, rehearsing=rehearsing)
            session.known_schools |= self._schools
            try:
                yield session
            finally:
                session.end()
                with explained():
                    connection.close()


def open_store(url: str, clock: Callable[[], datetime] | None = None) -> SqlStore:
    """Creates or upgrades the schema. `clock` stands in for the store's own in tests.

    Raises ConfigError for an address that we cannot use, StoreError where the store does not open.
    """
    store = SqlStore(_database(url, clock))
    try:
        store.bring_up_to_date()
    except BaseException:
        store.close()
        raise
    return store


def _database(url: str, clock: Callable[[], datetime] | None) -> Database:
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise ConfigError(
            "store.url is not an address: sqlite:///… or postgresql+psycopg://… is needed."
        ) from None
    kind = address.get_backend_name()
    # Each is loaded only where it is used: a command should start quickly.
    if kind == "sqlite":
        from rp_connect.storage.sqlite import SqliteDatabase  # noqa: PLC0415 - see above

        return SqliteDatabase(address, clock)
    if kind == "postgresql":
        from rp_connect.storage.postgres import PostgresDatabase  # noqa: PLC0415 - see above

        return PostgresDatabase(address, clock)
    raise ConfigError(f"store.url names “{kind}”: only sqlite and postgresql+psycopg are known.")


def _cannot_commit() -> None:
    raise StoreError("This is a reading transaction: there is nothing in it to commit.")
