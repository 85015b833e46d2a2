"""A school made for one test: a drop folder, a calendar and a configuration, synced like a real one."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rp_connect.services.deliver_effects import Delivered, deliver_effects
from rp_connect.services.office import Office
from rp_connect.services.pull_tasks import SchoolPull, pull_tasks
from rp_connect.services.sync_report import SchoolSync
from rp_connect.services.sync_schools import sync_schools
from rp_connect.services.to_json import task_json
from rp_connect.wiring.office import build_office
from tests.laid_out_store import lay_out

CAL_A: tuple[tuple[str, str, str], ...] = (
    ("term", "2026-09-02", "2026-12-18"),
    ("term", "2027-01-04", "2027-03-25"),
    ("term", "2027-04-12", "2027-07-21"),
    ("holiday", "2026-10-26", "2026-10-30"),
    ("holiday", "2027-02-15", "2027-02-19"),
    ("holiday", "2027-05-31", "2027-06-04"),
    ("holiday", "2027-05-03", "2027-05-03"),
    ("inset", "2026-09-02", "2026-09-02"),
    ("inset", "2026-11-27", "2026-11-27"),
    ("inset", "2027-01-04", "2027-01-04"),
    ("inset", "2027-04-12", "2027-04-12"),
)
"""CAL-A of the scenarios: 190 school days, with their INSET days, half-terms and bank holidays."""

STORE = "sqlite:///rp-connect.db"
Row = Mapping[str, object]


@dataclass
class DropSchool:
    """One school in `folder`. Each `sync` writes the rows as they now are and runs one real pass."""

    folder: Path
    store_url: str = STORE
    live_from: str = "2026-09-01"
    calendar: Sequence[tuple[str, str, str]] = CAL_A
    pupils: list[Row] = field(default_factory=list)
    incidents: list[Row] = field(default_factory=list)
    suspensions: list[dict[str, object]] = field(default_factory=list)
    attendance: list[Row] = field(default_factory=list)
    more: str = ""

    def __post_init__(self) -> None:
        (self.folder / "drop").mkdir(parents=True, exist_ok=True)
        if not self.pupils:
            self.pupils = [pupil("P1"), pupil("P2")]

    def write(self) -> None:
        if self.store_url == STORE:
            lay_out(self.folder / "rp-connect.db")
        (self.folder / "rp-connect.toml").write_text(self._configuration(), encoding="utf-8")
        calendar = [{"kind": k, "first": a, "last": b} for k, a, b in self.calendar]
        write_rows(self.folder / "calendar.csv", calendar)
        for name in ("pupils", "incidents", "suspensions", "attendance"):
            rows = getattr(self, name)
            if rows:
                write_rows(self.folder / "drop" / f"{name}.csv", rows)

    def _configuration(self) -> str:
        return f"""
[trust]
name = "Test Trust"
[store]
url = "{self.store_url}"
[[school]]
id = "northwick"
name = "Northwick High School"
kind = "academy"
calendar = "calendar.csv"
policy = "england"
mis = "file_drop"
workspace = "local"
live_from = {self.live_from}
{self.more}
[school.file_drop]
folder = "drop"
[school.local]
folder = "workspace"
[school.people]
lead = ["lead@northwick.example"]
"""

    def office(self, now: str) -> Office:
        return build_office(self.folder / "rp-connect.toml", now=now)

    def sync(self, now: str, **how: Any) -> SchoolSync:
        """Write the rows, then one pass at `now` on the school's clock."""
        self.write()
        office = self.office(now)
        try:
            return sync_schools(office, **how)[0]
        finally:
            office.store.close()

    def deliver(self, now: str) -> Delivered:
        office = self.office(now)
        try:
            return deliver_effects(office)
        finally:
            office.store.close()

    def pull(self, now: str) -> SchoolPull:
        office = self.office(now)
        try:
            return pull_tasks(office)[0]
        finally:
            office.store.close()

    def tasks(self) -> list[dict[str, Any]]:
        """All tasks in the shape of `task list --json`."""
        office = self.office("2026-11-12T09:00")
        try:
            with office.store.read() as work:
                found = []
                for task in work.tasks.every():
                    case = work.cases.get(task.case)
                    suspension = work.suspensions.get(case.suspension_no or 0)
                    found.append(task_json(task, suspension, office.school(task.school).timezone))
                listed: list[dict[str, Any]] = json.loads(json.dumps(found))
                return listed
        finally:
            office.store.close()

    def due(self, case: str = "RP-2026-0001", state: str = "open") -> dict[str, list[str | None]]:
        """What is due of each duty of a case, as written: "2026-11-12" or "2026-11-12 15:15"."""
        found: dict[str, list[str | None]] = {}
        for task in self.tasks():
            if task["case"] == case and task["state"] == state:
                due = task["due"]
                found.setdefault(task["duty"], []).append(due[:16].replace("T", " ") if due else None)
        return found

    def notes(self, case: str = "RP-2026-0001") -> dict[str, str | None]:
        return {t["id"]: t["due_note"] for t in self.tasks() if t["case"] == case}


def pupil(pupil_id: str, **more: object) -> Row:
    return {
        "pupil_id": pupil_id,
        "given_name": "Ada",
        "family_name": f"Testperson{pupil_id}",
        "date_of_birth": "2013-05-04",
        **more,
    }


def suspension(
    suspension_id: str, start: str | None, sessions: int | None = None, **more: object
) -> dict[str, object]:
    """A SUSP of pupil P1, decided on its start unless `more` says otherwise."""
    return {
        "suspension_id": suspension_id,
        "pupil_id": "P1",
        "category": "SUSP",
        "decided_at": start,
        "start_date": start,
        "sessions": sessions,
        **more,
    }


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """A CSV with every column that any row has."""
    held = list(rows)
    columns = list(dict.fromkeys(column for row in held for column in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(held)
