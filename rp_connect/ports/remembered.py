"""What the store remembers beside the records: of schools, of their sources, of refusals and of changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from rp_connect.ports.mis import Cursor, Refusal

ACCESS, MIGRATION = "access", "migration"
"""Kinds of SourceState beside those of records: what the MIS's vendor told about the school itself."""


@dataclass(frozen=True, slots=True)
class SchoolState:
    """What is remembered of a school between syncs.

    `passes` counts the syncs that ended well: a sync that was killed is the same pass when it runs again.
    `basis` is a digest of the calendar and the settings that duties depend on; `calendar_until` the last
    loaded school day; `unmapped` the MIS's words that mean nothing to us.
    """

    school: str
    live_from: date | None = None
    passes: int = 0
    last_full: date | None = None
    last_success: datetime | None = None
    basis: str = ""
    calendar_until: date | None = None
    unmapped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is remembered of one kind of record of one school: cursor, keys of the last complete reading,
    and `held` (a sentence) while a person must look at it, or `left` while it could not be read."""

    school: str
    mis: str
    kind: str
    label: str = ""
    cursor: Cursor | None = None
    keys: int | None = None
    held: str | None = None
    left: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal as it is kept, with the day and hour of its first appearance."""

    school: str
    source: str
    kind: str
    key: str
    reason: str
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who changed a case, when, and what kind of change; never its contents."""

    case: str | None
    school: str
    who: str
    at: datetime
    what: str


class Refusals(Protocol):
    def replace(self, school: str, source: str, kind: str, found: Sequence[Refusal], now: datetime) -> None:
        """After a complete reading: exactly these stand; one that stood already keeps its first_seen."""
        ...

    def add(self, school: str, source: str, kind: str, found: Sequence[Refusal], now: datetime) -> None:
        """While a reading goes on: these stand too."""
        ...

    def every(self, school: str | None = None) -> Sequence[Refused]: ...
    def counts(self, schools: Collection[str]) -> Mapping[str, int]:
        """How many stand for each of these schools; one without any may be absent."""
        ...


class Audit(Protocol):
    def write(self, row: AuditRow) -> None: ...
    def of_case(self, ref: str) -> Sequence[AuditRow]: ...
