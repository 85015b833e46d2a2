"""The invented school as the files of a drop."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rp_connect.domain.calendar import Half, Period
from rp_connect.domain.incident import IncidentRecord
from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_connect.domain.suspension import SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.ports.mis import Kind
from rp_connect.testing.mis_kit import Can, Held, MisUnderTest, School
from rp_file_drop.layout import ATTENDANCE, CALENDAR, INCIDENTS, PUPILS, STAFF, SUSPENSIONS, Layout
from rp_file_drop.plugin import SPEC

FILES = {
    Kind.CALENDAR: CALENDAR,
    Kind.PUPIL: PUPILS,
    Kind.STAFF: STAFF,
    Kind.INCIDENT: INCIDENTS,
    Kind.SUSPENSION: SUSPENSIONS,
    Kind.ATTENDANCE: ATTENDANCE,
}
UNREADABLE = {
    Kind.PUPIL: "date_of_birth",
    Kind.INCIDENT: "occurred_at",
    Kind.SUSPENSION: "start_date",
    Kind.ATTENDANCE: "code",
}
Row = dict[str, str]


class FileDropRig(MisUnderTest):
    """A drop cannot say what changed or was deleted, and takes nothing; the calendar stands beside it."""

    spec = SPEC
    page = 1_000
    deletable = ()
    can = frozenset(
        {
            *(Can.TEXT_IDS, Can.SHARED_INCIDENTS, Can.SPOIL, Can.WITHHOLD),
            *(Can.UNKNOWN_CATEGORIES, Can.UNKNOWN_ROLES, Can.UNKNOWN_CODES),
        }
    )

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities - {"calendar"}

    def settings(self) -> Mapping[str, object]:
        return {"folder": "drop"}

    def count_keys(self, kind: Kind, school: School) -> int:
        """An incident has a row, and a key, for each of its pupils."""
        if kind is Kind.INCIDENT:
            return sum(len(incident.involved) for incident in school.incidents)
        return super().count_keys(kind, school)

    def publish(self) -> None:
        for kind, layout in FILES.items():
            place = self.folder if kind is Kind.CALENDAR else self.folder / "drop"
            place.mkdir(exist_ok=True)
            path = place / f"{layout.stem}.csv"
            if kind in self.mis.withheld:
                path.unlink(missing_ok=True)
                continue
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, layout.columns)
                writer.writeheader()
                writer.writerows(row for held in self.mis.of(kind) for row in rows_of(kind, held, layout))

    def standing(self) -> object:
        return {path.name: path.read_bytes() for path in self.folder.rglob("*.csv")}


def rows_of(kind: Kind, held: Held, layout: Layout) -> Iterator[Row]:
    for cells in cells_of(held.record):
        row = {name: text_of(cells[name]) for name in layout.columns if name in cells}
        yield row | ({UNREADABLE[kind]: "31/31/2031"} if held.spoilt else {})


def cells_of(record: Any) -> list[dict[str, Any]]:
    if isinstance(record, PupilRecord):
        return [dict(record) | {"pupil_id": record.id}]
    if isinstance(record, StaffRecord):
        return [dict(record) | {"staff_id": record.id}]
    if isinstance(record, IncidentRecord):
        return incident_cells(record)
    if isinstance(record, SuspensionRecord):
        return [suspension_cells(record)]
    if isinstance(record, Period):
        return [{"kind": record.kind, "first": record.first, "last": record.last, "label": record.label}]
    return [{"pupil_id": record.pupil_id, "date": record.day, "session": record.half, "code": record.code}]


def incident_cells(record: IncidentRecord) -> list[dict[str, Any]]:
    own = dict(record) | {
        "incident_id": record.id,
        "occurred_at": record.occurred,
        "recorded_at": record.recorded,
        "type": record.kind,
    }
    return [own | dict(one) | {"role": one.role_word} for one in record.involved]


def suspension_cells(record: SuspensionRecord) -> dict[str, Any]:
    dates = record.dates
    return dict(record) | {
        "suspension_id": record.id,
        **{f"reason_{n}": reason for n, reason in enumerate(record.reasons, start=1)},
        "decided_at": record.decided,
        "start_date": dates.start,
        "start_session": dates.start_half,
        "end_date": dates.end,
        "end_session": dates.end_half,
        "sessions": dates.sessions,
        "exam_date": record.exam,
        "representations_at": record.representations,
        "cancelled_at": record.cancelled,
    }


def text_of(value: Any) -> str:
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, Half):
        return value.name
    if isinstance(value, When):
        return value.to_text()
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
