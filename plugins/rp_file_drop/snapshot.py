"""Reading a file that somebody may be writing: size and time of change are taken before and after.

If they differ, the file is read again after a second, three times at most; then `UnsettledError`.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

from rp_connect.errors import AccessError, ConfigError

TRIES = 3
PAUSE_S = 1.0

T = TypeVar("T")
Pause = Callable[[float], None]


class UnsettledError(Exception):
    """The file changed under every attempt to read it; it is left for the next sync."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was still being written at the last of {TRIES} looks and waits for the next sync."
        )


def steadily(path: Path, use: Callable[[BinaryIO], T], pause: Pause) -> T:
    """What `use` makes of the open file, once it did not change meanwhile. Raises FileNotFoundError.

    `use` must not raise over contents: what it saw may be half a file.
    """
    with os_faults(path.name):
        for attempt in range(TRIES):
            if attempt:
                pause(PAUSE_S)
            before = _stamp(path)
            with path.open("rb") as file:
                result = use(file)
            if _stamp(path) == before:
                return result
    raise UnsettledError(path.name)


def whole(file: BinaryIO) -> bytes:
    return file.read()


@contextmanager
def os_faults(name: str) -> Iterator[None]:
    """Turn the operating system's refusals into a sentence; a missing file stays FileNotFoundError."""
    try:
        yield
    except FileNotFoundError:
        raise
    except PermissionError:
        raise AccessError(f"{name} may not be read or written by this program: permission denied.") from None
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise ConfigError(f"{name}: a file stands where a folder should be, or the reverse.") from None
    except OSError as error:
        raise AccessError(
            f"{name} cannot be read: {(error.strerror or 'the system refused').lower()}."
        ) from None


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ConfigError(f"{path.name} is not a file.")
    return status.st_size, status.st_mtime_ns
