"""PostgreSQL: a server that many processes share; its clock is the store's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine.interfaces import DBAPIConnection

from rp_connect.errors import BusyError, ConfigError
from rp_connect.storage.case_tables import effects
from rp_connect.storage.door import Door
from rp_connect.storage.faults import explained

PATIENCE = "30s"
RECYCLED_S = 1800
"""No connection is kept for longer: behind a name that moved in a fail-over stands another server."""
SCHEMA_LOCK = "rp-connect schema"
if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

    from rp_connect.storage.session import Session

Clock = Callable[[], datetime]
# A connection whose other end vanished is noticed, and the locks that it held are known to be lost.
CONNECTION = {
    "connect_timeout": 10,
    "prepare_threshold": None,  # a plan that was made for an empty table would be kept for a full one
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "application_name": "rp-connect",
}


class PostgresDatabase:
    """Writers meet only where they touch the same rows; a lock is a session of its own.

    A pooler between us and the server must pool sessions, not transactions: locks live as long as a session.
    """

    postgres = True

    def __init__(self, url: sa.URL, clock: Clock | None) -> None:
        self._clock = clock
        door = Door(url)
        self.writer = _engine(door, pool_pre_ping=True, pool_recycle=RECYCLED_S, **door.pool)
        self.reader = self.writer.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self.rehearser = self.writer.execution_options(isolation_level="REPEATABLE READ")
        self._locks = _engine(door, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")

    def insert(self, table: sa.Table) -> Insert:
        return cast("Insert", insert(table))

    def now(self, connection: sa.Connection) -> datetime:
        if self._clock:
            return self._clock()
        return cast(datetime, connection.scalar(sa.text("SELECT clock_timestamp()"))).astimezone(UTC)

    def turn(self) -> AbstractContextManager[None]:
        """Writers need not queue."""
        return nullcontext()

    def keep_writers_out(self, session: Session) -> None:
        """Waits for those who are writing, and raises StoreError where one of them takes too long."""
        quote = session.connection.dialect.identifier_preparer.quote
        names = ", ".join(quote(table.name) for table in effects.metadata.sorted_tables)
        session.sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        with explained():
            connection = self._locks.connect()
        try:
            with explained():
                taken = connection.scalar(sa.select(sa.func.pg_try_advisory_lock(number_of(name))))
            if not taken:
                raise BusyError(f"Another process is at “{name}” already: nothing was done here.")
            yield
        finally:
            connection.invalidate()  # ends the session, and the lock with it
            connection.close()

    def read_only(self) -> bool:
        """As one that was set to be, Azure's while its disk is nearly full, and one that follows another."""
        with self.writer.connect() as connection:
            return bool(connection.scalar(sa.text("SHOW transaction_read_only")) == "on")

    @contextmanager
    def upgrading(self) -> Iterator[sa.Connection]:
        """A writing transaction; one process at a time."""
        with explained(), self.writer.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number_of(SCHEMA_LOCK))))
            yield connection


def number_of(name: str) -> int:
    """The server's advisory locks are known by 64-bit numbers."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


def _engine(door: Door, **how: object) -> sa.Engine:
    try:
        engine = sa.create_engine(
            door.url.set(drivername="postgresql+psycopg"), connect_args=CONNECTION, **cast(Any, how)
        )
    except ModuleNotFoundError:
        raise ConfigError("PostgreSQL needs its driver: pip install rp-connect[postgres].") from None
    sa.event.listen(engine, "connect", _connected)
    sa.event.listen(engine, "checkin", _given_back)
    door.keep(engine)
    return engine


def _connected(connection: DBAPIConnection, record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("SET TIME ZONE 'UTC'")
    cursor.execute(f"SET lock_timeout = '{PATIENCE}'")
    cursor.execute("SET random_page_cost = 1.1")  # no server of today looks things up on a spinning disk
    cursor.close()
    connection.commit()


def _given_back(connection: DBAPIConnection | None, record: object) -> None:
    """Else SQLAlchemy says READ WRITE at every beginning, once somebody has read. That overrules a server
    that was set to be read, as Azure's is while its disk is nearly full, and no copy of one can take it."""
    if connection is not None:
        connection.read_only = None
