"""SQLite: one file, which the processes of one machine share, and lock files beside it."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import Insert, insert

from rp_connect.errors import ConfigError, StoreError
from rp_connect.storage.faults import LOCKED, explained
from rp_connect.storage.file_lock import file_lock, patient_file_lock
from rp_connect.storage.session import Session

PATIENCE = 30.0
Clock = Callable[[], datetime]


class SqliteDatabase:
    """With a write-ahead log, so that reading never waits; one writer at a time, from its first moment on."""

    postgres = False
    rehearser = None

    def __init__(self, url: sa.URL, clock: Clock | None) -> None:
        self._path = _path(url)
        self._clock = clock or _system_clock
        self._turn = threading.Lock()
        self.writer = _engine(self._path, "BEGIN IMMEDIATE", query_only=False)
        self.reader = _engine(self._path, "BEGIN", query_only=True)

    def insert(self, table: sa.Table) -> Insert:
        return insert(table)

    def now(self, connection: sa.Connection) -> datetime:
        return self._clock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Threads of this process queue for the one place of a writer: the file's own way of waiting, a nap
        now and then, would let them sleep past their turn."""
        if not self._turn.acquire(timeout=PATIENCE):
            raise StoreError(LOCKED)
        try:
            yield
        finally:
            self._turn.release()

    def keep_writers_out(self, session: Session) -> None:
        """A writing transaction does so from its first moment on."""

    def lock(self, name: str) -> AbstractContextManager[None]:
        return file_lock(self._beside(f"{_file_name(name)}.lock"), name)

    def read_only(self) -> bool:
        """By the file's rights and its folder's, in which the log stands."""
        return not all(os.access(place, os.W_OK) for place in (self._path, self._path.parent))

    @contextmanager
    def upgrading(self) -> Iterator[sa.Connection]:
        """A writing transaction on a file that keeps a write-ahead log; one process at a time."""
        with patient_file_lock(self._beside("schema.lock"), "schema", PATIENCE), explained():
            _keep_a_log(self.writer)
            with self.writer.begin() as connection:
                yield connection

    def _beside(self, ending: str) -> Path:
        return self._path.with_name(f"{self._path.name}.{ending}")


def _path(url: sa.URL) -> Path:
    if url.database in (None, "", ":memory:"):
        raise ConfigError("store.url names no file: the store needs one, as in sqlite:///rp-connect.db.")
    path = Path(str(url.database)).absolute()
    if not path.parent.is_dir():
        raise StoreError(f"The folder of the store does not exist: {path.parent}.")
    return path


def _engine(path: Path, begin: str, *, query_only: bool) -> sa.Engine:
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": PATIENCE})

    def connected(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in ("foreign_keys = ON", "synchronous = FULL", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        if query_only:
            connection.execute("PRAGMA query_only = ON")

    def begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    sa.event.listen(engine, "connect", connected)
    sa.event.listen(engine, "begin", begun)
    return engine


def _keep_a_log(engine: sa.Engine) -> None:
    connection = engine.raw_connection()  # SQLite changes this outside of transactions only
    try:
        with explained(engine.dialect.loaded_dbapi.Error):
            connection.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _file_name(name: str) -> str:
    if re.fullmatch(r"[a-z0-9-]{1,60}", name):
        return name
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _system_clock() -> datetime:
    return datetime.now(UTC)
