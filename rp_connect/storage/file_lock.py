"""A lock that is a file: one holder over all processes and threads, freed when its process dies.

The file itself stays: who removed it could remove another's.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rp_connect.errors import BusyError, StoreError

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def file_lock(path: Path, name: str) -> Iterator[None]:
    """Raises BusyError at once where somebody else holds it."""
    handle = _open(path)
    try:
        try:
            _take(handle)
        except OSError:
            raise BusyError(f"Another process is at “{name}” already: nothing was done here.") from None
        yield
    finally:
        os.close(handle)


@contextmanager
def patient_file_lock(path: Path, name: str, seconds: float) -> Iterator[None]:
    """Waits for it; raises StoreError where that takes longer than `seconds`."""
    handle = _open(path)
    try:
        _take_within(handle, name, time.monotonic() + seconds)
        yield
    finally:
        os.close(handle)


def _take_within(handle: int, name: str, deadline: float) -> None:
    while True:
        try:
            return _take(handle)
        except OSError:
            if time.monotonic() > deadline:
                raise StoreError(f"Another process has been at “{name}” for too long: try again.") from None
            time.sleep(0.02)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        raise StoreError(f"The lock file {path.name} cannot be opened: {error.strerror}.") from None
