"""What befalls a PostgreSQL server that schools use, and how a school is seen to have lost nothing by it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.drop_school import DropSchool
from tests.faults.killing import NOW, rich_school
from tests.postgres_server import PostgresServer

Connection = psycopg.Connection[Any]
Strike = Callable[[], None]
LOCK = "LOCK TABLE effects IN ACCESS EXCLUSIVE MODE"


def connected(server: PostgresServer, name: str = "postgres", *, autocommit: bool = True) -> Connection:
    return psycopg.connect(server.url(name).replace("+psycopg", ""), autocommit=autocommit)


def administer(server: PostgresServer, *statements: str) -> None:
    with connected(server) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def ready_for(command: str, folder: Path, server: PostgresServer, name: str) -> DropSchool:
    """A school in a database of its own, for which `command` has everything to do."""
    server.create_database(name)
    return prepared(command, folder / name, server.url(name))


def prepared(command: str, folder: Path, url: str) -> DropSchool:
    school = rich_school(folder, url)
    if command == "deliver":
        school.sync(NOW)
    else:
        school.write()
        school.office(NOW).store.close()
    return school


def outside(school: DropSchool) -> set[tuple[Path, int]]:
    """What stands in the workspace, and when it was written."""
    return {(path, path.stat().st_mtime_ns) for path in (school.folder / "workspace").glob("*/*.ics")}


@contextmanager
def set_to_be_read(server: PostgresServer, name: str) -> Iterator[None]:
    """As an administrator does, and a provider whose disk is nearly full."""
    administer(server, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    yield
    administer(server, f"ALTER DATABASE {name} RESET default_transaction_read_only")


@contextmanager
def following_another(server: PostgresServer, name: str) -> Iterator[None]:
    """As a copy that a fail-over has not made the first server yet."""
    signal, data = server.folder / "data" / "standby.signal", (server.folder / "data").stat()
    signal.touch()
    os.chown(signal, data.st_uid, data.st_gid)
    server.restart()
    yield
    administer(server, "SELECT pg_promote()")


@contextmanager
def locked(server: PostgresServer, name: str) -> Iterator[Connection]:
    """Somebody works at the table that every writer needs, and lets nobody near it."""
    with connected(server, name, autocommit=False) as holder:
        holder.execute(LOCK)
        yield holder
        holder.rollback()


@contextmanager
def read_only_from_now(server: PostgresServer, name: str) -> Iterator[Strike]:
    """Even those who are connected are told; they notice in their next transaction."""

    def tell(change: str) -> None:
        administer(server, f"ALTER SYSTEM {change}", "SELECT pg_reload_conf()")
        time.sleep(0.2)

    yield lambda: tell("SET default_transaction_read_only = on")
    tell("RESET default_transaction_read_only")


@contextmanager
def locked_from_now(server: PostgresServer, name: str) -> Iterator[Strike]:
    """Who writes at this moment may still end; everybody after that waits."""
    asked = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND pid = %s"
    with connected(server, name, autocommit=False) as holder, ThreadPoolExecutor() as threads:

        def strike() -> None:
            threads.submit(holder.execute, LOCK)
            with connected(server) as looking:
                while looking.execute(asked, [holder.info.backend_pid]).fetchone() == (0,):
                    time.sleep(0.01)

        yield strike
        holder.rollback()


@dataclass
class Watch:
    """At the n-th moment before or after a commit the server is struck."""

    strike: Strike
    at: int = 0
    count: int = 0
    last: str = ""

    def __call__(self, event: str, key: str = "", revision: int = 0) -> None:
        self.count += 1
        self.last = event
        if self.count == self.at:
            self.strike()
