"""What we need from a management information system, and the shape of what it gives.

An adapter reads one school. It knows nothing of cases or of the store: the core matches people, opens cases
and keeps the cursor. Everything is lazy: a reading yields pages, and holds no more than a page of marks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Period
from rp_connect.domain.incident import IncidentRecord
from rp_connect.domain.outcome import Outcome
from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_connect.domain.suspension import SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.ports.register import Register
from rp_connect.ports.secrets import Secrets


class Kind(StrEnum):
    """The kinds of record, in the order in which a sync reads them."""

    CALENDAR = "calendar"
    PUPIL = "pupil"
    STAFF = "staff"
    INCIDENT = "incident"
    SUSPENSION = "suspension"
    ATTENDANCE = "attendance"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that cannot be read: its key (or its line) and why, never its contents."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tombstone:
    """The MIS says that this record was deleted, and when."""

    id: str
    deleted: When


Record = Period | PupilRecord | StaffRecord | IncidentRecord | SuspensionRecord | Mark
Cursor = Mapping[str, Any]
"""Whatever the adapter needs to go on from there; survives JSON; never changed once given."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some records of one kind. `cursor` is where to go on once they are stored (None: not yet a safe place).

    `bytes_read` is what this page adds towards the reading's `bytes_total`, for the progress bar.
    """

    records: Sequence[Record] = ()
    refusals: Sequence[Refusal] = ()
    tombstones: Sequence[Tombstone] = ()
    cursor: Cursor | None = None
    bytes_read: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of one kind.

    `label` is what a person calls the source ("suspensions.csv"). `keys` is the number of distinct keys of a
    complete reading, known before the first page (None: this is only a list of changes); the core's shrink
    guard compares it with the last one. `unchanged` says that there is nothing new since the cursor.
    `left` is a sentence where the source could not be read now and is left for the next sync.
    `unmapped` are words of the MIS that mean nothing to us, verbatim; filled while pages are read.
    `confirm_gone` asks the MIS for one id alone and says whether it is really no longer there; it is given
    only with a complete reading, by an MIS whose deletions leave no trace. Without it what is missing stays.
    """

    label: str
    pages: Callable[[], Iterator[Page]]
    keys: int | None = None
    unchanged: bool = False
    given: bool = True
    left: str | None = None
    bytes_total: int = 0
    unmapped: list[str] = field(default_factory=list)
    confirm_gone: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """What this MIS can do for this school, and what the school has not granted (vendor's words).

    A capability is a kind that can be read ("calendar", "pupils", "staff", "incidents", "suspensions",
    "attendance"), "outcomes" where `write_outcome` works, or "marks" where the register takes single marks.
    """

    capabilities: Sequence[str] = ()
    not_granted: Sequence[str] = ()
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True, repr=False)
class OutcomeNote:
    """An outcome with the records that it belongs to, by their ids in this MIS."""

    outcome: Outcome
    pupil_ids: Sequence[str] = ()
    suspension_id: str | None = None
    incident_id: str | None = None

    @property
    def key(self) -> str:
        return self.outcome.key

    def __repr__(self) -> str:
        return f"<OutcomeNote {self.key}>"


class MisAdapter(Protocol):
    """One school's MIS. Read-only but for `write_outcome`."""

    def probe(self) -> Probe:
        """Ask cheaply what is there. Raises AccessError, TryLaterError or ConfigError."""
        ...

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        """What changed since `cursor` (None: everything).

        Raises AccessError, TryLaterError (with seconds where the MIS gives them) or ConfigError; a record
        that cannot be read is a Refusal in its page, never an exception.
        """
        ...

    def everything(self, kind: Kind) -> Reading:
        """A full reading, with `keys` as proof that it is complete."""
        ...

    def find_outcome(self, note: OutcomeNote) -> str | None:
        """The MIS's id of what was written under this note's key; None where nothing was.

        Raises UnsupportedError where outcomes cannot be written at all.
        """
        ...

    def write_outcome(self, note: OutcomeNote) -> str:
        """Add an outcome to what the MIS holds; answers its id. Never called twice for a key without
        `find_outcome` in between. Raises UnsupportedError where this MIS, or this school, takes none."""
        ...


@dataclass(frozen=True, slots=True)
class MisSettings:
    """What an adapter is built from: the school, its own table (validated), and where paths count from."""

    school: str
    site: str
    timezone: ZoneInfo
    calendar: Path
    folder: Path
    own: BaseModel
    secrets: Secrets


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field that an adapter asks its MIS for, in the vendor's words, and why (data minimisation).

    `special` marks special-category data (UK GDPR article 9) or what is as sensitive to a child.
    """

    kind: str
    name: str
    reason: str
    special: bool = False


@dataclass(frozen=True, slots=True)
class MisSpec:
    """A registered MIS: the name that the configuration uses, the model of its table, its builder, and every
    field that it asks for.

    `calendar_file` builds, from the same settings but for `own`, a reader of the calendar file that a
    school's configuration names: schools whose own MIS has no term dates get theirs from there.
    `register` builds the register of a school, where this MIS takes single marks that a person chose; without
    it nothing is ever written there.
    """

    name: str
    settings: type[BaseModel]
    build: Callable[[MisSettings], MisAdapter]
    fields: Sequence[AskedField] = ()
    calendar_file: Callable[[MisSettings], MisAdapter] | None = None
    register: Callable[[MisSettings], Register] | None = None


RegisterMis = Callable[[MisSpec], None]
