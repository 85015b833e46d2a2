"""What we need from the collaboration suite. Each create carries our key; `find(key)` says if it is there.

A workspace is an outside system: it never sees the store, and effects reach it only through the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from rp_connect.domain.task import TaskState
from rp_connect.ports.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the workspace under our key: its own id, our revision that it shows, and its version.

    `version` is opaque; it changes whenever anybody changes the object there. `revision` is None where the
    workspace cannot tell.
    """

    external_id: str
    version: str
    revision: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class WorkspaceTask:
    """A task as the workspace should show it. `title` bears no name; `day` is a local date or None.

    `seen_version` is the version that we last wrote or read: an update finds another one there, a person
    changed it meanwhile, and ConflictError asks for a pull first (None: not known).
    """

    key: str
    revision: int
    title: str
    day: date | None
    state: TaskState
    role: str
    assignees: tuple[str, ...]
    details: str
    link: str
    closed_at: datetime | None = None
    seen_version: str | None = None

    def __repr__(self) -> str:
        return f"<WorkspaceTask {self.key} r{self.revision}>"


@dataclass(frozen=True, slots=True, repr=False)
class SeenTask:
    """A task as it stands in the workspace. `day` is what people see there; `assignees` None: not shown."""

    key: str
    external_id: str
    version: str
    done: bool
    day: date | None
    assignees: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        return f"<SeenTask {self.key}>"


@dataclass(frozen=True, slots=True, repr=False)
class WorkspaceMeeting:
    """A meeting as people should see it; `title` bears no name. `at` is UTC, shown in `timezone`."""

    key: str
    revision: int
    title: str
    at: datetime
    minutes: int
    timezone: ZoneInfo
    place: str
    invited: tuple[str, ...]
    cancelled: bool

    def __repr__(self) -> str:
        return f"<WorkspaceMeeting {self.key} r{self.revision}>"


@dataclass(frozen=True, slots=True, repr=False)
class CaseRecord:
    """The sheet of one case. Its contents may name the pupil; its key and its file's name never do."""

    key: str
    revision: int
    title: str
    facts: Sequence[tuple[str, str]]
    tasks: Sequence[tuple[str, str, str]]

    def __repr__(self) -> str:
        return f"<CaseRecord {self.key} r{self.revision}>"


@dataclass(frozen=True, slots=True, repr=False)
class Notice:
    """A short message to the people of a role: counts and case references only."""

    key: str
    revision: int
    title: str
    lines: Sequence[str]
    to: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Notice {self.key} r{self.revision}>"


class Tasks(Protocol):
    def find(self, key: str) -> Written | None: ...
    def create(self, task: WorkspaceTask) -> Written: ...
    def update(self, external_id: str, task: WorkspaceTask) -> Written:
        """Raises GoneError where a person deleted it, ConflictError where one changed it meanwhile."""
        ...

    def everything(self) -> Iterator[SeenTask]:
        """Each task of ours as it stands there now."""
        ...


class Meetings(Protocol):
    def find(self, key: str) -> Written | None: ...
    def create(self, meeting: WorkspaceMeeting) -> Written: ...
    def update(self, external_id: str, meeting: WorkspaceMeeting) -> Written:
        """Moves it, or cancels it where `meeting.cancelled`. Raises GoneError where it is no longer there."""
        ...


class Records(Protocol):
    def find(self, key: str) -> Written | None: ...
    def create(self, record: CaseRecord) -> Written: ...
    def update(self, external_id: str, record: CaseRecord) -> Written: ...


class Notices(Protocol):
    def find(self, key: str) -> Written | None: ...
    def create(self, notice: Notice) -> Written: ...


class Workspace(Protocol):
    """One school's workspace. Every method may raise AccessError, TryLaterError, UnclearError, ConflictError.

    `settles_after` is for how many seconds a request whose outcome is unclear could still land;
    `online_meetings` whether it can hold a meeting online.
    """

    settles_after: float
    online_meetings: bool
    tasks: Tasks
    meetings: Meetings
    records: Records
    notices: Notices

    def probe(self) -> Sequence[str]:
        """What stands in the way, one sentence each; nothing where all is well."""
        ...

    def setup(self) -> Sequence[str]:
        """Create what it needs (safe to run again); says what it did."""
        ...


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """What a workspace is built from; relative paths in its table count from `folder`."""

    school: str
    school_name: str
    timezone: ZoneInfo
    folder: Path
    own: BaseModel
    people: Mapping[str, Sequence[str]]
    secrets: Secrets


@dataclass(frozen=True, slots=True)
class WorkspaceSpec:
    """A registered workspace. `movable_clock` says whether `--now` may be used with these settings."""

    name: str
    settings: type[BaseModel]
    build: Callable[[WorkspaceSettings], Workspace]
    movable_clock: Callable[[BaseModel], bool]


RegisterWorkspace = Callable[[WorkspaceSpec], None]
