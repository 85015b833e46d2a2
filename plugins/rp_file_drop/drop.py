"""The drop of one school: where its files are, how they are called there, and reading them steadily."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar
from zoneinfo import ZoneInfo

from rp_connect.ports.mis import MisSettings
from rp_file_drop.cells import Sheet
from rp_file_drop.header import read_header
from rp_file_drop.layout import CALENDAR, Layout
from rp_file_drop.lines import lines_of
from rp_file_drop.rows import Row, Rows
from rp_file_drop.scan import Scan, fingerprint
from rp_file_drop.settings import FileDropSettings
from rp_file_drop.shape import Shape
from rp_file_drop.snapshot import Pause, os_faults, steadily
from rp_file_drop.words import Words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Drop:
    folder: Path
    calendar: Path
    timezone: ZoneInfo
    own: FileDropSettings
    pause: Pause

    @classmethod
    def of(cls, settings: MisSettings, pause: Pause) -> Drop:
        own = settings.own
        if not isinstance(own, FileDropSettings):
            raise TypeError("the file drop is built from its own settings")
        folder, calendar = settings.folder / own.folder, settings.folder / settings.calendar
        return cls(folder, calendar, settings.timezone, own, pause)

    def ensure(self) -> None:
        with os_faults(f"The drop folder {self.folder}"):
            self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, layout: Layout) -> Path:
        return self.calendar if layout.stem == CALENDAR.stem else self.folder / f"{layout.stem}.csv"

    def holds(self, layout: Layout) -> bool:
        path = self.path(layout)
        with os_faults(path.name):
            return path.exists()

    def take(self, layout: Layout, use: Callable[[BinaryIO], T]) -> T:
        """What `use` makes of the file, read steadily. Raises FileNotFoundError and UnsettledError."""
        return steadily(self.path(layout), use, self.pause)

    def open(self, file: BinaryIO, layout: Layout, scan: Scan) -> tuple[Sheet, Iterator[Row]]:
        """The sheet and the rows of a file that has just been scanned. Raises UnusableFileError."""
        lines = lines_of(file, scan.encoding)
        header = read_header(lines, layout, self.own.columns.get(layout.stem, {}))
        words = {column: Words(words) for column, words in self.own.values.get(layout.stem, {}).items()}
        return Sheet(header, self.timezone, words), iter(Rows(lines, Shape.of(header, layout)))

    def reads_as(self, layout: Layout, scan: Scan) -> str:
        """Changes whenever the file would read differently: its bytes, or the settings that apply to it."""
        columns, values = self.own.columns.get(layout.stem), self.own.values.get(layout.stem)
        return fingerprint(layout.stem, scan.digest, columns, values, self.timezone.key)
