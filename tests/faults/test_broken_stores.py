"""A file of SQLite on a disk that is full, read-only or locked stops all loudly and loses nothing."""

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
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.installation import Answer, environment, spawn
from tests.drop_school import DropSchool
from tests.faults.killing import NOW, Write, rich_school, standing

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


def undisturbed_run(folder: Path) -> Undisturbed:
    school = rich_school(folder, "sqlite:///rp-connect.db")
    school.sync(NOW)
    school.deliver(NOW)
    return Undisturbed(task_list(school), standing(school.folder))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return undisturbed_run(tmp_path_factory.mktemp("undisturbed"))


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
