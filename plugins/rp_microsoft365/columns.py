"""The columns of the list of cases: what a Lead filters and sorts by, and no more about a child than that.

Names are SharePoint's internal ones, which never change; people see the labels and may rename them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from rp_connect.errors import BadRecordError
from rp_connect.ports.workspace import CaseRecord
from rp_microsoft365.plain_text import one_line, plain

KEY = "CaseReference"
REVISION = "Revision"
LONGEST_LINE = 255
TEXT: Mapping[str, Any] = {"text": {"maxLength": 255}}
LONG: Mapping[str, Any] = {"text": {"allowMultipleLines": True, "textType": "plain"}}
NUMBER: Mapping[str, Any] = {"number": {"decimalPlaces": "none"}}
DAY: Mapping[str, Any] = {"dateTime": {"format": "dateOnly"}}
MOMENT: Mapping[str, Any] = {"dateTime": {"format": "dateTime"}}


def noon(text: str) -> str:
    """A local date as a moment that is the same day in every time zone a site may be set to, -11 to +11."""
    return datetime.combine(date.fromisoformat(text), time(12), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_utc(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def line(text: str) -> str:
    """What one line of SharePoint holds."""
    return one_line(text)[:LONGEST_LINE]


@dataclass(frozen=True, slots=True)
class Column:
    """`fact` is the key in `CaseRecord.columns`; `read` makes the value that the column's type asks for."""

    name: str
    label: str
    fact: str
    type: Mapping[str, Any]
    read: Callable[[str], str | int] = line
    indexed: bool = False
    unique: bool = False

    def definition(self) -> dict[str, Any]:
        """What creates it (columnDefinition)."""
        return {
            "name": self.name,
            "displayName": self.label,
            "indexed": self.indexed,
            "enforceUniqueValues": self.unique,
            "required": self.unique,
            **self.type,
        }


ALWAYS = (
    Column(KEY, "Case reference", "", TEXT, indexed=True, unique=True),
    Column(REVISION, "Revision", "", NUMBER),
    Column("School", "School", "school", TEXT, indexed=True),
    Column("CaseKind", "Kind", "kind", TEXT, indexed=True),
    Column("Stage", "Stage", "stage", TEXT, indexed=True),
    Column("Opened", "Opened", "opened", DAY, noon, indexed=True),
    Column("Pupils", "Pupils (MIS ids)", "pupils", LONG, plain),
    Column("AwayFrom", "Away from", "from", DAY, noon),
    Column("AwayTo", "Away to", "to", DAY, noon),
    Column("HalfDays", "Half days", "half_days", NUMBER, int),
    Column("Meeting", "Meeting", "meeting", MOMENT, in_utc, indexed=True),
    Column("TasksOpen", "Open tasks", "tasks_open", NUMBER, int),
    Column("TasksDone", "Done tasks", "tasks_done", NUMBER, int),
)
NAMES = Column("PupilNames", "Pupils", "pupil_names", LONG, plain)
"""Only where the school says `record_names = true`."""
LIBRARY = (Column(REVISION, "Revision", "", NUMBER),)
"""What a summary's file carries beside its name."""


def case_columns(*, names: bool) -> tuple[Column, ...]:
    return (*ALWAYS, NAMES) if names else ALWAYS


def fields_of(record: CaseRecord, columns: Iterable[Column]) -> dict[str, Any]:
    """Every field of ours, an unknown one as null, so that what is no longer so does not stay behind."""
    facts = {name.lower(): text for name, text in record.columns.items()}
    fields: dict[str, Any] = {"Title": line(record.title), KEY: record.key, REVISION: record.revision}
    for column in columns:
        if column.fact:
            text = facts.get(column.fact, "")
            fields[column.name] = read(column, text) if text else None
    return fields


def read(column: Column, text: str) -> str | int | None:
    """None for what is not of the column's type: a table shows nothing rather than something wrong."""
    try:
        return column.read(text)
    except ValueError:
        return None


def checked_key(key: str, forbidden: Collection[str] = (), longest: int = LONGEST_LINE) -> str:
    """Raises BadRecordError for what SharePoint could not hold as it is."""
    if not key or len(key) > longest or not key.isprintable() or set(forbidden) & set(key):
        raise BadRecordError(key[:40] if key.isprintable() else "A record", "SharePoint cannot hold its key.")
    return key
