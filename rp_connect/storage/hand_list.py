"""Outcomes to enter by hand: a CSV file a school, beside the configuration, for any spreadsheet."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from rp_connect.errors import AccessError, TryLaterError
from rp_connect.ports.hand_list import HandLine

HEADER = ("key", "case", "pupil_ids", "suspension_id", "held", "result", "enter_in_the_mis")
# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvHandList:
    """`path` need not exist yet. A byte order mark at its begin lets spreadsheets read accents."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def place(self) -> str:
        return str(self._path)

    def holds(self, key: str) -> bool:
        return any(row[:1] == [key] for row in csv.reader(io.StringIO(self._read())))

    def add(self, line: HandLine) -> None:
        text = io.StringIO(self._read(), newline="")
        text.seek(0, io.SEEK_END)
        writer = csv.writer(text)
        if text.tell() == 0:
            writer.writerow(HEADER)
        writer.writerow(_cells(line))
        with self._explained():
            self._replace(text.getvalue())

    def _read(self) -> str:
        with self._explained():
            return self._path.read_text(encoding="utf-8-sig") if self._path.exists() else ""

    def _replace(self, text: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._path.parent, prefix=".outcomes-", delete=False) as file:
            file.write(text.encode("utf-8-sig"))
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(self._path)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (PermissionError, UnicodeDecodeError):
            raise AccessError(
                f"{self._path} cannot be read or written: look at it, and who may use it."
            ) from None
        except OSError as fault:
            raise TryLaterError(f"{self._path} cannot be written now ({fault.strerror}).") from None


def _cells(line: HandLine) -> list[str]:
    outcome = line.outcome
    cells = [
        outcome.key,
        outcome.case,
        " ".join(line.pupil_ids),
        line.suspension_id or "",
        outcome.held_on.isoformat(),
        outcome.result.value,
        outcome.text,
    ]
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
