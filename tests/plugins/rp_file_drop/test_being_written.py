"""A file that somebody is writing is read again, and then left. Size and time of change decide; no age does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from rp_connect.ports.mis import Kind
from rp_file_drop.snapshot import UnsettledError, steadily
from tests.plugins.rp_file_drop.folder import ATTENDANCE, PUPILS, SUSPENSIONS, DropFolder

Use = Callable[[BinaryIO], bytes]


def growing(path: Path, looks: int) -> Use:
    """Reads the file, while somebody else adds a byte at each of the first `looks` looks."""
    left = [looks]

    def use(file: BinaryIO) -> bytes:
        content = file.read()
        if left[0]:
            left[0] -= 1
            path.write_bytes(path.read_bytes() + b"x")
        return content

    return use


@contextmanager
def somebody_writing(path: Path) -> Iterator[threading.Event]:
    """Adds to the file without end, until the event is set."""
    done = threading.Event()

    def write() -> None:
        with path.open("ab", buffering=0) as file:
            while not done.is_set():
                file.write(b"\n")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield done
    finally:
        done.set()
        writer.join()


@pytest.mark.parametrize("looks", [0, 1, 2])
def test_a_file_that_comes_to_rest_is_read_after_a_second_each(tmp_path: Path, looks: int):
    path, waited = tmp_path / "pupils.csv", list[float]()
    path.write_bytes(b"a")

    assert steadily(path, growing(path, looks), waited.append) == b"a" + b"x" * looks
    assert waited == [1.0] * looks


def test_a_file_that_never_rests_is_looked_at_three_times(tmp_path: Path):
    path, waited = tmp_path / "pupils.csv", list[float]()
    path.write_bytes(b"a")

    with pytest.raises(UnsettledError):
        steadily(path, growing(path, 3), waited.append)
    assert path.read_bytes() == b"axxx"
    assert waited == [1.0] * 2


def test_a_file_rewritten_with_as_many_bytes_is_noticed(tmp_path: Path):
    path, seen = tmp_path / "pupils.csv", list[bytes]()
    path.write_bytes(b"a")

    def use(file: BinaryIO) -> bytes:
        seen.append(file.read())
        if len(seen) == 1:
            other = tmp_path / "new"
            other.write_bytes(b"b")
            other.replace(path)
        return seen[-1]

    assert steadily(path, use, lambda _: None) == b"b"


def test_a_file_taken_away_meanwhile_is_a_missing_file(tmp_path: Path):
    path = tmp_path / "pupils.csv"
    path.write_bytes(b"a")

    def use(file: BinaryIO) -> bytes:
        path.unlink()
        return file.read()

    with pytest.raises(FileNotFoundError):
        steadily(path, use, lambda _: None)


@pytest.fixture
def long_file(drop: DropFolder) -> Path:
    """Long enough that somebody who writes all the time is bound to write while it is read."""
    days = (f"2026-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 29))
    return drop.lines("attendance", ATTENDANCE, *(f"P{n},{day},AM,/" for day in days for n in range(60)))


def test_a_file_that_is_being_written_is_left_for_the_next_sync(drop: DropFolder, long_file: Path):
    waited = list[float]()
    drop.pause = waited.append
    with somebody_writing(long_file):
        taken = drop.take(Kind.ATTENDANCE)

    assert taken.reading.left == (
        "attendance.csv was still being written at the last of 3 looks and waits for the next sync."
    )
    assert (taken.reading.given, taken.reading.keys, taken.pages) == (True, None, [])
    assert waited == [1.0, 1.0]


def test_a_file_whose_writer_finishes_is_read_in_the_same_sync(drop: DropFolder, long_file: Path):
    with somebody_writing(long_file) as done:
        drop.pause = lambda _: done.set()
        taken = drop.take(Kind.ATTENDANCE)

    assert taken.reading.left is None
    assert taken.reading.keys == len(taken.records) == 12 * 28 * 60


def test_other_files_wait_too_while_pupils_says_whose_they_are(drop: DropFolder):
    drop.site, drop.pause = "north", lambda _: None
    drop.lines("suspensions", SUSPENSIONS, "S1,P1,SUSP")
    names = (f"P{n},Ada,Testperson,north" for n in range(200_000))
    path = drop.lines("pupils", f"{PUPILS},site", *names)
    with somebody_writing(path):
        taken = drop.take(Kind.SUSPENSION)

    assert taken.reading.left is not None
    assert taken.reading.left.startswith("pupils.csv was still being written")
    assert taken.pages == []


def test_a_brand_new_file_is_read_at_once(drop: DropFolder):
    assert drop.suspension().only().id == "S1"
