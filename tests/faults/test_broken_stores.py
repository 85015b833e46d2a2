"""A disk that is full, read-only or locked, or a server that dies, stops all loudly and loses nothing."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from rp_connect.errors import StoreError
from rp_connect.storage.owners import this_process
from rp_connect.wiring.office import build_office
from tests.cli.installation import Answer, environment, spawn
from tests.drop_school import DropSchool
from tests.faults.killing import NOW, Write, rich_school, standing
from tests.faults.reporting import COMMANDS, ReportingStore
from tests.postgres_server import PostgresServer

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
FULL_DISK = "The disk of the store is full: nothing was written.\n"
NO_ROOM_FOR_THE_LOG = "The disk of the store does not answer as it should: nothing was written.\n"
"""Where not even the index of SQLite's log can be made, it does not say that the disk is full."""
pytestmark = pytest.mark.timeout(0 if FULL else 240)


@dataclass(frozen=True)
class Undisturbed:
    """What a run on a sound disk ends with."""

    tasks: str
    files: set[Write]


def task_list(school: DropSchool) -> str:
    """`task list --json`, the workspace's own ids aside."""
    return json.dumps([task | {"external_id": None} for task in school.tasks()], indent=1)


def program(school: DropSchool, *words: str) -> Answer:
    """The real program; where it ends with 1 it says why in one sentence, on one line."""
    answer = spawn(
        "--config", str(school.folder / "rp-connect.toml"), "--now", NOW, *words, folder=school.folder
    )
    if answer.code == 1:
        assert answer.err.count("\n") == 1, answer.err
        assert answer.err.strip().endswith("."), answer.err
    return answer


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    school = rich_school(tmp_path_factory.mktemp("undisturbed"), "sqlite:///rp-connect.db")
    school.sync(NOW)
    school.deliver(NOW)
    return Undisturbed(task_list(school), standing(school.folder))


def assert_nothing_lost(school: DropSchool, undisturbed: Undisturbed) -> None:
    """A run on the mended disk makes everything good, and a second one finds nothing to do."""
    again = school.sync(NOW)
    assert (again.fault, again.refused) == (None, 0)
    deadline = time.monotonic() + 30
    while school.deliver(NOW).waiting and time.monotonic() < deadline:
        time.sleep(0.5)
    assert school.deliver(NOW).to_json() == {"done": 0, "waiting": 0, "parked": 0}
    assert task_list(school) == undisturbed.tasks
    assert {key for key, _ in standing(school.folder)} == {key for key, _ in undisturbed.files}


class Disk:
    """A small disk of the test's own, which can be filled, emptied and made read-only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, leave: int) -> None:
        with self._filler.open("wb") as file:
            while (free := os.statvfs(self.folder).f_bavail * os.statvfs(self.folder).f_bsize - leave) > 0:
                file.write(b"x" * min(free, 1 << 16))
                file.flush()

    def empty(self) -> None:
        self._filler.unlink()

    def remount(self, how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", self.folder], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "rp-test", str(folder)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only an administrator of this machine can make a small disk here")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("command", ["sync", "deliver"])
@pytest.mark.parametrize("leave", [0, 150_000])
def test_a_full_disk_under_the_store_stops_the_run_and_nothing_is_lost(
    tmp_path: Path, disk: Disk, undisturbed: Undisturbed, command: str, leave: int
) -> None:
    school = rich_school(tmp_path / "school", f"sqlite:///{disk.folder}/store.db")
    school.write()
    assert program(school, "sync" if command == "deliver" else "check").code == 0
    disk.fill(leave)
    answer = program(school, command)
    assert (answer.code, answer.err) in [(1, FULL_DISK), (1, NO_ROOM_FOR_THE_LOG)]
    disk.empty()
    assert_nothing_lost(school, undisturbed)


@pytest.mark.parametrize("command", ["sync", "deliver"])
def test_a_store_that_became_read_only_stops_the_run_and_nothing_is_lost(
    tmp_path: Path, disk: Disk, undisturbed: Undisturbed, command: str
) -> None:
    school = rich_school(tmp_path / "school", f"sqlite:///{disk.folder}/store.db")
    school.write()
    assert program(school, "sync" if command == "deliver" else "check").code == 0
    disk.remount("ro")
    for words in ([command], ["check"], ["task", "list"]):
        assert program(school, *words).code == 1, words
    disk.remount("rw")
    assert_nothing_lost(school, undisturbed)


def test_a_full_disk_under_the_workspace_keeps_what_is_to_be_sent(
    tmp_path: Path, disk: Disk, undisturbed: Undisturbed
) -> None:
    school = rich_school(tmp_path / "school", "sqlite:///rp-connect.db")
    (tmp_path / "school" / "workspace").symlink_to(disk.folder, target_is_directory=True)
    school.write()
    assert program(school, "sync").code == 0
    disk.fill(leave=100_000)
    report = json.loads(program(school, "deliver", "--json").out)
    assert (report["parked"], report["waiting"] > 0) == (0, True)
    assert not list(disk.folder.rglob(".rp-local-*"))
    assert (
        "is full" in program(school, "effect", "list").out + program(school, "effect", "list", "--json").out
    )
    disk.empty()
    assert_nothing_lost(school, undisturbed)


def test_files_that_may_not_grow_stop_the_run_and_nothing_is_lost(
    tmp_path: Path, undisturbed: Undisturbed
) -> None:
    """A quota that needs no administrator: no file may be larger than what the store has already."""
    school = rich_school(tmp_path, "sqlite:///rp-connect.db")
    school.write()
    assert program(school, "check").code == 0
    limit = (tmp_path / "rp-connect.db").stat().st_size + 20_000
    done = subprocess.run(
        [sys.executable, "-m", "rp_connect", "--now", NOW, "sync"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert_nothing_lost(school, undisturbed)


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Callable[[], sqlite3.Connection]]:
    """`locked()` takes the store's write lock, as another program might."""
    held: list[sqlite3.Connection] = []

    def take() -> sqlite3.Connection:
        connection = sqlite3.connect(
            tmp_path / "rp-connect.db", isolation_level=None, check_same_thread=False
        )
        connection.execute("BEGIN IMMEDIATE")
        held.append(connection)
        return connection

    yield take
    for connection in held:
        connection.close()


@pytest.mark.slow
def test_a_store_that_stays_locked_stops_the_run_within_forty_seconds(
    tmp_path: Path, undisturbed: Undisturbed, locked: Callable[[], sqlite3.Connection]
) -> None:
    school = rich_school(tmp_path, "sqlite:///rp-connect.db")
    school.write()
    assert program(school, "check").code == 0
    holder, began = locked(), time.monotonic()
    answer = program(school, "sync")
    assert (answer.code, "locked" in answer.err) == (1, True)
    assert 25 < time.monotonic() - began < 40
    assert program(school, "task", "list").code == 0  # reading never waits
    holder.execute("ROLLBACK")
    assert_nothing_lost(school, undisturbed)


def test_a_store_that_is_locked_for_a_moment_is_waited_for(
    tmp_path: Path, undisturbed: Undisturbed, locked: Callable[[], sqlite3.Connection]
) -> None:
    school = rich_school(tmp_path, "sqlite:///rp-connect.db")
    school.write()
    assert program(school, "check").code == 0
    holder = locked()
    timer = threading.Timer(2.0, lambda: holder.execute("ROLLBACK"))
    timer.start()
    assert program(school, "sync").code == 0
    timer.join()
    assert_nothing_lost(school, undisturbed)


@pytest.fixture(scope="module")
def one_server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture
def fragile(one_server: PostgresServer) -> PostgresServer:
    """It runs, even where the test before this one ended while it was away."""
    one_server.start()
    return one_server


@dataclass
class DeathOfServer:
    """At the n-th moment before or after a commit the server crashes."""

    server: PostgresServer
    at: int
    count: int = 0
    last: str = ""

    def __call__(self, event: str, key: str = "", revision: int = 0) -> None:
        self.count += 1
        self.last = event
        if self.count == self.at:
            self.server.kill()


def moments(server: PostgresServer, folder: Path, command: str) -> int:
    """How many commits and writes `command` begins and ends on an undisturbed copy."""
    name = f"count_{command}"
    server.create_database(name)
    school = rich_school(folder, server.url(name))
    school.write()
    watch = DeathOfServer(server, 0)
    if command == "deliver":
        _do(school, "sync", DeathOfServer(server, 0))
    _do(school, command, watch)
    server.drop_database(name)
    return watch.count


def _dead_worker() -> str:
    """This process stands in for one that died with the server, so nobody waits until its leases run out."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return f"{this_process().rsplit(':', 2)[0]}:{ended.pid}:0"


def _do(school: DropSchool, command: str, watch: DeathOfServer) -> None:
    office = build_office(school.folder / "rp-connect.toml", now=NOW)
    store: Any = ReportingStore(office.store, watch)  # type: ignore[arg-type]
    try:
        COMMANDS[command](replace(office, store=store, worker=_dead_worker()))
    finally:
        try:
            office.store.close()
        except StoreError:
            assert watch.at


def _fault(school: DropSchool, command: str, watch: DeathOfServer) -> str:
    """What the command says is wrong, if anything is."""
    try:
        _do(school, command, watch)
    except StoreError as fault:
        return str(fault)
    return ""


@pytest.mark.trial
@pytest.mark.parametrize("command", ["sync", "deliver"])
def test_a_database_server_that_dies_in_the_middle_loses_nothing(
    tmp_path: Path, fragile: PostgresServer, undisturbed: Undisturbed, command: str
) -> None:
    every = moments(fragile, tmp_path / "counted", command)
    chosen = range(1, every + 1) if FULL else [2 * every // 3]
    noticed = 0
    for at in chosen:
        name = f"dies_{command}_{at}"
        fragile.create_database(name)
        school = rich_school(tmp_path / name, fragile.url(name))
        school.write()
        if command == "deliver":
            school.sync(NOW)
        watch = DeathOfServer(fragile, at)
        fault = _fault(school, command, watch)
        if fault:
            noticed += 1
            assert fault.startswith("The connection to the database server was lost")
        else:  # the server was asked for nothing more: all that this command does was committed
            assert watch.last == "after commit"
            assert watch.count <= at
        if at == chosen[0]:  # the server is still away
            assert program(school, command).code == 1
        fragile.start()
        assert_nothing_lost(school, undisturbed)
        fragile.drop_database(name)
    # What ends at about the same time is stored at once, so that one run has a few commits more than another.
    assert noticed >= 0.8 * len(chosen)
