"""A drop folder for one test, and what the adapter makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.ports.mis import Cursor, Kind, MisSettings, Page, Reading
from rp_file_drop.adapter import FileDrop
from rp_file_drop.settings import FileDropSettings

LONDON = ZoneInfo("Europe/London")
PUPILS = "pupil_id,given_name,family_name"
SUSPENSIONS = "suspension_id,pupil_id,category"
INCIDENTS = "incident_id,occurred_at,type,pupil_id"
ATTENDANCE = "pupil_id,date,session,code"
CALENDAR = "kind,first,last,label"


class NoSecrets:
    def read(self, reference: str) -> str:
        raise AssertionError(f"a file drop needs no secret, {reference} was asked for")


def never(seconds: float) -> None:
    raise AssertionError(f"nothing is being written, so there is no reason to wait {seconds} s")


@dataclass(frozen=True)
class Taken:
    """A reading with its pages taken in. `refused` is key → reason, and no key may be refused twice."""

    reading: Reading
    pages: list[Page]

    @property
    def records(self) -> list[Any]:
        return [record for page in self.pages for record in page.records]

    @property
    def refused(self) -> dict[str, str]:
        refusals = [refusal for page in self.pages for refusal in page.refusals]
        assert len({refusal.key for refusal in refusals}) == len(refusals)
        return {refusal.key: refusal.reason for refusal in refusals}

    @property
    def cursor(self) -> Cursor | None:
        return self.pages[-1].cursor if self.pages else None

    def only(self) -> Any:
        """The one record, with nothing refused."""
        assert self.refused == {}
        (record,) = self.records
        return record

    def only_refused(self) -> str:
        """The key of the one refusal."""
        (key,) = self.refused
        return key


@dataclass
class DropFolder:
    root: Path
    site: str = ""
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    values: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    timezone: ZoneInfo = LONDON
    pause: Callable[[float], None] = never

    @property
    def path(self) -> Path:
        return self.root / "drop"

    def adapter(self) -> FileDrop:
        own = FileDropSettings(folder=Path("drop"), columns=self.columns, values=self.values)
        calendar = self.root / "calendar.csv"
        return FileDrop(
            MisSettings("northwick", self.site, self.timezone, calendar, self.root, own, NoSecrets()),
            self.pause,
        )

    def write(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        """`name` without ".csv"; the calendar stands beside the drop."""
        path = (self.root if name == "calendar" else self.path) / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def lines(self, name: str, *lines: str) -> Path:
        return self.write(name, "".join(f"{line}\n" for line in lines))

    def rows(self, name: str, *rows: Mapping[str, str]) -> Path:
        """A file with every column that any row has, unquoted."""
        columns = list(dict.fromkeys(column for row in rows for column in row))
        return self.lines(
            name, ",".join(columns), *(",".join(row.get(c, "") for c in columns) for row in rows)
        )

    def take(self, kind: Kind, cursor: Cursor | None = None) -> Taken:
        reading = self.adapter().changes(kind, cursor)
        return Taken(reading, list(reading.pages()))

    def pupils(self, *lines: str) -> Taken:
        """What the adapter makes of these lines of pupils.csv, the header first."""
        self.lines("pupils", *lines)
        return self.take(Kind.PUPIL)

    def suspension(self, **cells: str) -> Taken:
        """What it makes of one suspension S1 of pupil P1, with these cells."""
        self.rows("suspensions", {"suspension_id": "S1", "pupil_id": "P1", "category": "SUSP"} | cells)
        return self.take(Kind.SUSPENSION)

    def pupil(self, **cells: str) -> Taken:
        self.rows("pupils", {"pupil_id": "P1", "given_name": "Ada", "family_name": "Testperson"} | cells)
        return self.take(Kind.PUPIL)

    def incident(self, **cells: str) -> Taken:
        needed = {"incident_id": "I1", "occurred_at": "2026-11-02", "type": "Fight", "pupil_id": "P1"}
        self.rows("incidents", needed | cells)
        return self.take(Kind.INCIDENT)

    def mark(self, **cells: str) -> Taken:
        self.rows(
            "attendance", {"pupil_id": "P1", "date": "2026-11-02", "session": "AM", "code": "/"} | cells
        )
        return self.take(Kind.ATTENDANCE)


def ids(records: Sequence[Any]) -> list[str]:
    return [record.id for record in records]
