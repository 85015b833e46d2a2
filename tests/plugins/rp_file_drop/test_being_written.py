"""A file that somebody is writing is read again, then left. Size and time of change decide; no age does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from rp_connect.ports.mis import Kind
from rp_file_drop.snapshot import UnsettledError, steadily
from tests.plugins.rp_file_drop.folder import ATTENDANCE, PUPILS, SUSPENSIONS, DropFolder

Use = Callable[[BinaryIO], bytes]

FILES = {
    Kind.ATTENDANCE: ("attendance", ATTENDANCE, "P1,2026-11-02,AM,/"),
    Kind.SUSPENSION: ("suspensions", SUSPENSIONS, "S1,P1,SUSP"),
}


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


class Writer:
    """Somebody who adds a line to `path` whenever it is being opened, up to `times` times."""

    def __init__(self, path: Path, times: int) -> None:
        self.path, self.left, self.is_writing = path, times, False

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if event == "open" and self.left and not self.is_writing and str(args[0]) == str(self.path):
            self.left, self.is_writing = self.left - 1, True
            with self.path.open("ab") as file:
                file.write(b"\n")
            self.is_writing = False


def somebody_writes(path: Path, times: int) -> None:
    """The hook stays for the life of the process, and does nothing once it has written `times` times."""
    sys.addaudithook(Writer(path, times))


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


@pytest.mark.parametrize("kind", [Kind.ATTENDANCE, Kind.SUSPENSION])
def test_a_file_that_is_being_written_is_left_for_the_next_sync(drop: DropFolder, kind: Kind):
    drop.pause = (waited := list[float]()).append
    path = drop.lines(*FILES[kind])
    somebody_writes(path, times=3)

    taken = drop.take(kind)

    assert taken.reading.left == (
        f"{path.name} was still being written at the last of 3 looks and waits for the next sync."
    )
    assert (taken.reading.given, taken.reading.keys, taken.pages) == (True, None, [])
    assert waited == [1.0, 1.0]
    assert drop.take(kind).reading.keys == 1


@pytest.mark.parametrize("kind", [Kind.ATTENDANCE, Kind.SUSPENSION])
def test_a_file_whose_writer_finishes_is_read_in_the_same_sync(drop: DropFolder, kind: Kind):
    drop.pause = (waited := list[float]()).append
    somebody_writes(drop.lines(*FILES[kind]), times=2)

    taken = drop.take(kind)

    assert (taken.reading.left, taken.reading.keys, len(taken.records)) == (None, 1, 1)
    assert waited == [1.0, 1.0]


def test_a_file_whose_header_is_still_to_come_is_not_refused(drop: DropFolder):
    drop.pause = lambda _: None
    somebody_writes(drop.write("pupils", ""), times=3)

    taken = drop.take(Kind.PUPIL)

    assert taken.reading.left is not None
    assert taken.refused == {}


def test_other_files_wait_too_while_pupils_says_whose_they_are(drop: DropFolder):
    drop.site, drop.pause = "north", lambda _: None
    drop.lines(*FILES[Kind.SUSPENSION])
    somebody_writes(drop.lines("pupils", f"{PUPILS},site", "P1,Ada,Testperson,north"), times=3)

    taken = drop.take(Kind.SUSPENSION)

    assert taken.reading.left is not None
    assert taken.reading.left.startswith("pupils.csv was still being written")
    assert taken.pages == []


def test_a_brand_new_file_is_read_at_once(drop: DropFolder):
    assert drop.suspension().only().id == "S1"
