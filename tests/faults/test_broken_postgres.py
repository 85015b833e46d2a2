"""A PostgreSQL that is full, read-only, locked or dead stops all loudly; nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rp_connect.errors import StoreError
from rp_connect.services import check_installation
from rp_connect.storage.owners import this_process
from rp_connect.wiring.office import build_office
from tests.cli.installation import Answer
from tests.drop_school import DropSchool
from tests.faults.ailing_server import (
    Strike,
    Watch,
    administer,
    following_another,
    locked,
    locked_from_now,
    outside,
    prepared,
    read_only_from_now,
    ready_for,
    set_to_be_read,
)
from tests.faults.killing import NOW
from tests.faults.reporting import COMMANDS, ReportingStore
from tests.faults.test_broken_stores import (
    FULL,
    FULL_DISK,
    Disk,
    Undisturbed,
    assert_nothing_lost,
    program,
    undisturbed_run,
)
from tests.postgres_server import PostgresServer

READ_ONLY = "The store is read-only: nothing was written."
LOCKED = "The store is locked by another process and stayed so: nothing was written, try again."
pytestmark = pytest.mark.timeout(0 if FULL else 240)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return undisturbed_run(tmp_path_factory.mktemp("undisturbed"))


@pytest.fixture(scope="module")
def one_server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture
def fragile(one_server: PostgresServer) -> PostgresServer:
    """It runs, even where the test before this one ended while it was away."""
    one_server.start()
    return one_server


def assert_good_again(school: DropSchool, undisturbed: Undisturbed) -> None:
    """Nothing is lost, and what was written already is not written a second time."""
    before = outside(school)
    assert_nothing_lost(school, undisturbed)
    assert before <= outside(school)


@pytest.mark.parametrize("command", ["sync", "deliver"])
@pytest.mark.parametrize("how", [set_to_be_read, following_another])
def test_a_database_that_became_read_only_stops_the_run_and_nothing_is_lost(
    tmp_path: Path,
    fragile: PostgresServer,
    undisturbed: Undisturbed,
    command: str,
    how: Callable[[PostgresServer, str], AbstractContextManager[None]],
) -> None:
    name = f"read_{command}_{how.__name__}"
    school = ready_for(command, tmp_path, fragile, name)
    with how(fragile, name):
        for words in ([command], ["sync", "--preview"]):
            answer = program(school, *words)
            assert (answer.code, answer.err) == (1, f"{READ_ONLY}\n")
        assert program(school, "task", "list").code == 0  # who only reads is not stopped
        checked = json.loads(program(school, "check", "--json").out)
        assert (checked["ok"], checked["store"]) == (False, check_installation.READ_ONLY)
        assert "The store may only be read" in program(school, "check").out.replace("\n", " ")
    assert_good_again(school, undisturbed)


@pytest.fixture
def small_disk(fragile: PostgresServer) -> Iterator[Disk]:
    """One of which the server keeps a database; its log stays where there is room."""
    folder, data = fragile.folder / "small", (fragile.folder / "data").stat()
    folder.mkdir()
    how = f"size=24m,mode=700,uid={data.st_uid},gid={data.st_gid}"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", how, "rp-test", str(folder)], capture_output=True)
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("only an administrator of this machine can make a small disk here")
    place = folder / "place"
    place.mkdir(mode=0o700)
    os.chown(place, data.st_uid, data.st_gid)
    administer(
        fragile, f"CREATE TABLESPACE small LOCATION '{place}'", "CREATE DATABASE small TABLESPACE small"
    )
    yield Disk(folder)
    fragile.drop_database("small")
    administer(fragile, "CHECKPOINT", "DROP TABLESPACE small")
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    folder.rmdir()


@pytest.mark.parametrize(("command", "leave"), [("sync", 0), ("deliver", 0), ("deliver", 50_000)])
def test_a_full_disk_under_a_database_stops_the_run_and_nothing_is_lost(
    tmp_path: Path,
    fragile: PostgresServer,
    small_disk: Disk,
    undisturbed: Undisturbed,
    command: str,
    leave: int,
) -> None:
    school = prepared(command, tmp_path, fragile.url("small"))
    small_disk.fill(leave)
    answer = program(school, command)
    assert (answer.code, answer.err) == (1, FULL_DISK)
    small_disk.empty()
    assert_good_again(school, undisturbed)


@pytest.mark.slow
def test_a_table_that_stays_locked_stops_the_run_within_forty_seconds(
    tmp_path: Path,
    fragile: PostgresServer,
    undisturbed: Undisturbed,
) -> None:
    """Both commands wait side by side, as each waits half a minute."""
    schools = {name: ready_for(name, tmp_path, fragile, name) for name in ("sync", "deliver")}

    def tried(command: str) -> tuple[Answer, float]:
        began = time.monotonic()
        with locked(fragile, command):
            return program(schools[command], command), time.monotonic() - began

    with ThreadPoolExecutor() as threads:
        for answer, seconds in threads.map(tried, schools):
            assert (answer.code, answer.err) == (1, f"{LOCKED}\n")
            assert 25 < seconds < 40
    for school in schools.values():
        assert_good_again(school, undisturbed)


@pytest.mark.parametrize("command", ["sync", "deliver"])
def test_a_table_that_is_locked_for_a_moment_is_waited_for(
    tmp_path: Path,
    fragile: PostgresServer,
    undisturbed: Undisturbed,
    command: str,
) -> None:
    name = f"moment_{command}"
    school = ready_for(command, tmp_path, fragile, name)
    with locked(fragile, name) as holder:
        timer = threading.Timer(2.0, holder.rollback)
        timer.start()
        assert program(school, command).code == 0
        assert timer.finished.is_set()
    assert_good_again(school, undisturbed)


def moments(server: PostgresServer, folder: Path, command: str) -> int:
    """How many commits `command` begins and ends on an undisturbed copy."""
    school = ready_for(command, folder, server, f"count_{command}")
    watch = Watch(server.kill)
    _do(school, command, watch)
    server.drop_database(f"count_{command}")
    return watch.count


def _dead_worker() -> str:
    """This process stands in for one that died with the server, so nobody waits until its leases run out."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return f"{this_process().rsplit(':', 2)[0]}:{ended.pid}:0"


def _do(school: DropSchool, command: str, watch: Watch) -> None:
    office = build_office(school.folder / "rp-connect.toml", now=NOW)
    store: Any = ReportingStore(office.store, watch)  # type: ignore[arg-type]
    try:
        COMMANDS[command](replace(office, store=store, worker=_dead_worker()))
    finally:
        try:
            office.store.close()
        except StoreError:
            assert watch.at


def _fault(school: DropSchool, command: str, watch: Watch) -> str:
    """What the command says is wrong, if anything is."""
    try:
        _do(school, command, watch)
    except StoreError as fault:
        return str(fault)
    return ""


@pytest.mark.trial
@pytest.mark.parametrize("command", ["sync", "deliver"])
def test_a_database_server_that_dies_in_the_middle_loses_nothing(
    tmp_path: Path,
    fragile: PostgresServer,
    undisturbed: Undisturbed,
    command: str,
) -> None:
    every = moments(fragile, tmp_path, command)
    chosen = range(1, every + 1) if FULL else [2 * every // 3]
    noticed = 0
    for at in chosen:
        name = f"dies_{command}_{at}"
        school = ready_for(command, tmp_path, fragile, name)
        watch = Watch(fragile.kill, at)
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
        assert_good_again(school, undisturbed)
        fragile.drop_database(name)
    # What ends at about the same time is stored at once, so that one run has a few commits more than another.
    assert noticed >= 0.8 * len(chosen)


@pytest.mark.parametrize("command", ["sync", "deliver"])
@pytest.mark.parametrize(
    ("how", "sentence"),
    [(read_only_from_now, READ_ONLY), (locked_from_now, LOCKED)],
    ids=["read-only", "locked"],
)
def test_a_database_that_takes_nothing_more_in_the_middle_stops_the_run_and_loses_nothing(
    tmp_path: Path,
    fragile: PostgresServer,
    undisturbed: Undisturbed,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    how: Callable[[PostgresServer, str], AbstractContextManager[Strike]],
    sentence: str,
) -> None:
    monkeypatch.setattr("rp_connect.storage.postgres.PATIENCE", "1s")
    name = f"{how.__name__}_{command}"
    school = ready_for(command, tmp_path, fragile, name)
    with how(fragile, name) as strike:
        assert _fault(school, command, Watch(strike, at=5)) == sentence
    assert_good_again(school, undisturbed)
