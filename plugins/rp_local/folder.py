"""One folder of files named by our keys: written whole or not at all, and every fault is a sentence."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rp_connect.errors import (
    AccessError,
    ConfigError,
    ConflictError,
    GoneError,
    RpConnectError,
    TryLaterError,
    UnclearError,
)

KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,118}[A-Za-z0-9])?")
OUR_REFERENCE = re.compile(r"RP-\d{4}-\d{4,}(?:\.[a-z0-9-]+)*")
UNFINISHED = re.compile(r"\.rp-local-[0-9a-f]{16}\.tmp")
UNFINISHED_KEPT_S = 24 * 60 * 60
LARGEST = 32 * 1024 * 1024

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
REFUSED = {errno.EACCES, errno.EPERM}
MISPLACED = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP}
NO_HARD_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}
OPEN_ELSEWHERE = {32, 33}  # Windows: sharing and lock violations


def version_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:24]


def fault(exc: OSError, where: str) -> RpConnectError:
    """What a person or the machine does next; the system's own words are left out, they may quote a name."""
    if exc.errno in FULL:
        return TryLaterError(f"The disk that holds {where} is full; it is tried again later.")
    if getattr(exc, "winerror", None) in OPEN_ELSEWHERE:
        return TryLaterError(f"Another program has a file in {where} open; it is tried again later.")
    if exc.errno == errno.EROFS:
        return AccessError(f"The disk that holds {where} is read-only; a person must make it writable.")
    if exc.errno in REFUSED:
        return AccessError(
            f"The account that runs rp-connect may not read or write {where}; a person must allow it."
        )
    if exc.errno in MISPLACED:
        return AccessError(
            f"The folder {where} is not there; connect its disk or run `rp-connect setup local`."
        )
    name = errno.errorcode.get(exc.errno or 0, "an unknown fault")
    return TryLaterError(f"The disk that holds {where} does not answer ({name}); it is tried again later.")


class Folder:
    """`shown` is how sentences call it: the folder as it stands in the configuration."""

    def __init__(self, path: Path, shown: str, suffix: str) -> None:
        self.path = path
        self.shown = shown
        self.suffix = suffix

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            raise fault(exc, self.shown) from None

    def file(self, key: str) -> Path:
        """Where the thing of that key stands; raises ConfigError for what cannot be a file's name."""
        if not KEY.fullmatch(key):
            raise ConfigError(
                f"The key {key[:60]!a} cannot name a file in {self.shown}: up to 120 letters, digits,"
                " dots, hyphens and underscores can, with a letter or digit at either end."
            )
        return self.path / f"{key}{self.suffix}"

    def read(self, key: str) -> bytes | None:
        """The bytes under `key`; None where there is no such file."""
        file = self.file(key)
        with self._explained():
            try:
                found = file.lstat()
            except FileNotFoundError:
                self.check()
                return None
            if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
                raise self.unreadable(key)
            try:
                return file.read_bytes()
            except FileNotFoundError:
                return None

    def check(self) -> None:
        """Raises where the folder itself is gone, which is not the same as an empty one."""
        with self._explained(), os.scandir(self.path):
            pass

    def stems(self) -> list[str]:
        """The names of all files of this kind, without their ending; ours and others', but none hidden."""
        with self._explained(), os.scandir(self.path) as entries:
            return sorted(
                entry.name.removesuffix(self.suffix)
                for entry in entries
                if entry.name.endswith(self.suffix) and not entry.name.startswith(".")
            )

    def create(self, key: str, data: bytes) -> None:
        """Never writes over a file, not even one that appears this very moment."""
        file = self.file(key)
        with self._explained(), self._unfinished(data) as unfinished:
            try:
                self._name_first(unfinished, file)
            except FileExistsError:
                raise ConflictError(f"{self.shown} already holds {key}.") from None
        self._keep(key)

    @staticmethod
    def _name_first(unfinished: Path, file: Path) -> None:
        """A hard link fails where the name is taken, which a rename does not."""
        try:
            os.link(unfinished, file)
        except FileExistsError:
            raise
        except OSError as exc:
            if exc.errno not in NO_HARD_LINKS:
                raise
            if file.exists():
                raise FileExistsError from None
            os.replace(unfinished, file)

    def replace(self, key: str, data: bytes, held: bytes) -> None:
        """Writes over the file that was read as `held`, unless somebody changed it since."""
        file = self.file(key)
        with self._explained(), self._unfinished(data) as unfinished:
            with suppress(OSError):
                shutil.copymode(file, unfinished)
            now = self.read(key)
            if now is None:
                raise self.gone(key)
            if now != held:
                raise ConflictError(f"{key} in {self.shown} was changed while it was being written.")
            os.replace(unfinished, file)
        self._keep(key)

    @contextmanager
    def _unfinished(self, data: bytes) -> Iterator[Path]:
        file = self.path / f".rp-local-{secrets.token_hex(8)}.tmp"
        try:
            with file.open("xb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            yield file
        finally:
            with suppress(OSError):
                file.unlink()

    def _keep(self, key: str) -> None:
        """Makes the new name last. By now the file stands there, so a fault leaves the outcome open."""
        if not hasattr(os, "O_DIRECTORY"):
            return
        try:
            number = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(number)
            finally:
                os.close(number)
        except OSError:
            raise UnclearError(
                f"{key} may or may not have reached the disk that holds {self.shown}."
            ) from None

    def prepare(self) -> bool:
        """Creates the folder; False where it was there."""
        with self._explained():
            if self.path.is_dir():
                return False
            self.path.mkdir(parents=True, exist_ok=True)
            return True

    def sweep(self) -> int:
        """Removes what killed processes left unfinished, once no process can still be at it."""
        swept = 0
        with self._explained(), os.scandir(self.path) as entries:
            for entry in entries:
                if UNFINISHED.fullmatch(entry.name):
                    swept += self._removed_if_old(Path(entry.path))
        return swept

    @staticmethod
    def _removed_if_old(file: Path) -> bool:
        try:
            old = time.time() - file.stat().st_mtime > UNFINISHED_KEPT_S
            if old:
                file.unlink()
        except FileNotFoundError:  # its process finished, or another one sweeps too
            return False
        return old

    def try_writing(self) -> None:
        """Raises what a write would."""
        with self._explained(), self._unfinished(b"rp-connect tries whether it may write here\n"):
            pass

    def gone(self, key: str) -> GoneError:
        return GoneError(f"{key} is no longer in {self.shown}.")

    def unreadable(self, key: str) -> ConflictError:
        return ConflictError(
            f"{key}{self.suffix} in {self.shown} cannot be read; a person must mend it or take it away."
        )
