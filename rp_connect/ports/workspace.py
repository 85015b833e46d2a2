"""What we need from the collaboration suite. Each create carries our key; `find(key)` says if it is there.

A workspace is an outside system: it never sees the store, and effects reach it only through the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from rp_connect.domain.task import TaskState
from rp_connect.errors import RpConnectError
from rp_connect.ports.in_turn import InTurn, at_once
from rp_connect.ports.secrets import Secrets

Item = TypeVar("Item", contravariant=True)


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the workspace under our key: its own id, our revision that it shows, and its version.

    `version` is opaque; it changes whenever anybody changes the object there. `revision` is None where the
    workspace cannot tell. `warning` is a sentence where the write landed, but not as it was asked for (a
    meeting without its online room): a person is told, nothing is sent again. `assignees` are those whom a
    task was really given to; None: all that were asked for.
    """

    external_id: str
    version: str
    revision: int | None = None
    warning: str = ""
    assignees: tuple[str, ...] | None = field(default=None, repr=False)


Outcome = Written | RpConnectError
"""How one write of several ended; an error is a value here, so that one item's does not end the others."""


@dataclass(frozen=True, slots=True, repr=False)
class WorkspaceTask:
    """A task as the workspace should show it. `title` bears no name; `day` is a local date or None.

    `seen_version` is the version that we last wrote or read: an update finds another one there, a person
    changed it meanwhile, and ConflictError asks for a pull first (None: not known; empty: ours, but what a
    person did since is not read yet). A workspace that cannot tell our revision tells itself what was ours of
    a change that nobody had seen. `stage` is the case's,
    `steps` a checklist, `labels` what the task is marked with ("legal duty", "late information").
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
    stage: str = ""
    steps: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<WorkspaceTask {self.key} r{self.revision}>"


@dataclass(frozen=True, slots=True, repr=False)
class SeenTask:
    """A task as it stands in the workspace. `day` is what people see there; `assignees` None: not shown.

    It is told apart by `external_id`; `key` may be empty where people changed what bore it.
    """

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
    """A meeting as people should see it; `title` bears no name. `at` is UTC, shown in `timezone`.

    `online` asks for an online room. `apart` says that those who are invited must not see each other's
    addresses. `link` opens the case page; it goes to staff only.
    """

    key: str
    revision: int
    title: str
    at: datetime
    minutes: int
    timezone: ZoneInfo
    place: str
    invited: tuple[str, ...]
    cancelled: bool
    online: bool = False
    apart: bool = False
    link: str = ""

    def __repr__(self) -> str:
        return f"<WorkspaceMeeting {self.key} r{self.revision}>"


PUPIL_FACT = "Pupil"
"""What the fact is called that names a pupil in a record: a workspace may leave it out."""


@dataclass(frozen=True, slots=True, repr=False)
class CaseRecord:
    """The sheet of one case, or the summary of one meeting. Its contents may name the pupil, in a fact called
    `PUPIL_FACT`; its key, its title and its file's name never do.

    `columns` are its facts by stable names, for a workspace that keeps tables; what is not known is left out.
    `school` (id), `kind`, `stage`, `opened`, `from`, `to` (local dates, ISO 8601), `half_days`, `meeting`
    (ISO 8601, UTC), `tasks_open`, `tasks_done` (figures), `pupils` (the MIS's ids) and `pupil_names` (to be
    shown only where the school says so), both separated by "; ".
    """

    key: str
    revision: int
    title: str
    facts: Sequence[tuple[str, str]]
    tasks: Sequence[tuple[str, str, str]]
    columns: Mapping[str, str] = field(default_factory=dict)

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


@runtime_checkable
class Bulk(Protocol[Item]):
    """A shelf that takes several at once. Each answer stands at the place of its question; what concerns one
    item is a value, and only what ends the whole call (the sign-in, the network) is raised."""

    def find_all(self, keys: Sequence[str]) -> Sequence[Written | RpConnectError | None]: ...
    def create_all(self, items: Sequence[Item]) -> Sequence[Outcome]: ...
    def update_all(self, changes: Sequence[tuple[str, Item]]) -> Sequence[Outcome]:
        """`changes` are (external id, item)."""
        ...


@dataclass(frozen=True, slots=True)
class LaneLimits:
    """How effects of one lane are sent: how many in one call, how many calls at a time in this process, and
    whether only one process of all may be at it (`alone`)."""

    batch: int = 20
    at_once: int = 1
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Busy:
    """A stretch of time in which somebody who was asked for cannot meet; never who, nor why."""

    begins: datetime
    ends: datetime


class Workspace(Protocol):
    """One school's workspace. Every method may raise AccessError, TryLaterError, UnclearError, ConflictError.

    `settles_after` is for how many seconds a request whose outcome is unclear could still land;
    `online_meetings` whether it can hold a meeting online. Workspaces of one `scope` share their lanes, since
    limits are an account's and not a school's; `lanes` says how each is sent (a lane that is absent: the
    default). `notices` None: it has no way to tell people anything.
    """

    settles_after: float
    online_meetings: bool
    scope: str
    lanes: Mapping[str, LaneLimits]
    tasks: Tasks
    meetings: Meetings
    records: Records
    summaries: Records

    @property
    def notices(self) -> Notices | None: ...

    def busy(self, people: Sequence[str], begins: datetime, ends: datetime) -> Sequence[Busy]:
        """When these people (e-mail addresses) are taken; nothing where the workspace cannot know."""
        ...

    def probe(self) -> Sequence[str]:
        """What stands in the way, one sentence each; nothing where all is well."""
        ...

    def setup(self) -> Sequence[str]:
        """Create what it needs (safe to run again); says what it did. Raises PartlySetUpError where a part
        was refused, after the others were seen to."""
        ...


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """What a workspace is built from; relative paths in its table count from `folder`. `neighbours` are the
    tables of the trust's other schools that have the same workspace: what is theirs is not this school's."""

    school: str
    school_name: str
    timezone: ZoneInfo
    folder: Path
    own: BaseModel
    people: Mapping[str, Sequence[str]]
    secrets: Secrets
    in_turn: InTurn = at_once
    neighbours: Sequence[BaseModel] = ()


@dataclass(frozen=True, slots=True)
class WorkspaceSpec:
    """A registered workspace. `movable_clock` says whether `--now` may be used with these settings."""

    name: str
    settings: type[BaseModel]
    build: Callable[[WorkspaceSettings], Workspace]
    movable_clock: Callable[[BaseModel], bool]


RegisterWorkspace = Callable[[WorkspaceSpec], None]
