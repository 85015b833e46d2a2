"""What the author of a workspace adapter supplies: an outside system to build, look at and upset."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from rp_connect.domain.effect import EffectKind
from rp_connect.ports.in_turn import InTurn
from rp_connect.ports.workspace import Workspace


class Can(StrEnum):
    """What not every workspace can do, or not every rig can bring about. What is declared is checked."""

    ONLINE_MEETINGS = "hold a meeting online"
    APART = "hide the invited from each other"
    NOTICES = "tell people something"
    BUSY = "know when people are taken"
    IN_TURN = "has a lane that one process at a time may be at"
    TASKS_AT_ONCE = "take several tasks at once"
    MEETINGS_AT_ONCE = "take several meetings at once"
    RECORDS_AT_ONCE = "take several records at once"
    SUMMARIES_AT_ONCE = "take several summaries at once"
    ASSIGNEES = "show who does a task"
    TASK_WORDS = "hold a person's own words on a task"
    MEETING_WORDS = "hold a person's own words on a meeting"
    RECORD_WORDS = "hold a person's own words on a record"
    SUMMARY_WORDS = "hold a person's own words on a summary"
    RECORD_ROWS = "list each fact and task in a record"
    TASK_REVISIONS = "tell the revision of a task"
    MEETING_REVISIONS = "tell the revision of a meeting"
    RECORD_REVISIONS = "tell the revision of a record"
    SUMMARY_REVISIONS = "tell the revision of a summary"
    NOTICE_REVISIONS = "tell the revision of a notice"
    LOSE_ANSWERS = "have an answer lost after the write landed"
    CUT_WRITES = "have a write cut before it lands"
    REFUSE = "refuse us"
    VANISH = "vanish and come back"
    ASK_FOR_PATIENCE = "ask for patience without saying how long"
    SAY_HOW_LONG = "ask for patience and say for how long"


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """A thing of ours as people see it. `title` is what lists and folders call it (a file's name, a subject),
    `text` all that can be read in it."""

    key: str
    external_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class ShownTask(Shown):
    """`finished`: nobody need do it any more. `assignees` are e-mail addresses in small letters."""

    day: date | None
    finished: bool
    assignees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class ShownMeeting(Shown):
    """`at` in UTC. `invited` are e-mail addresses in small letters; `apart`: they do not see each other's."""

    at: datetime
    minutes: int
    place: str
    invited: tuple[str, ...]
    cancelled: bool = False
    online: bool = False
    apart: bool = False


class WorkspaceUnderTest(ABC):
    """An empty workspace of a school. What stands in the outside system is read past the adapter.

    `people` are at least three addresses that the outside system knows; `secrets` what must be seen nowhere
    (tokens, passwords). The methods below the line are needed for what `can` declares.
    """

    can: frozenset[Can]
    people: tuple[str, ...]
    secrets: tuple[str, ...] = ()

    @abstractmethod
    def open(self) -> Workspace:
        """A workspace over the outside system, set up; each call is another one, as after a restart."""

    @abstractmethod
    def elsewhere(self, timezone: ZoneInfo) -> WorkspaceUnderTest:
        """The empty workspace of another school, in another time zone."""

    @abstractmethod
    def standing(self) -> object:
        """All that stands there, in a form that compares equal as long as nothing at all was written."""

    @abstractmethod
    def tasks(self) -> Sequence[ShownTask]:
        """Each task of ours, as often as it stands there."""

    @abstractmethod
    def meetings(self) -> Sequence[ShownMeeting]:
        """Each meeting of ours; a cancelled one only if it can still be seen."""

    @abstractmethod
    def sheets(self, kind: EffectKind) -> Sequence[Shown]:
        """Each record, summary or notice of ours."""

    @abstractmethod
    def delete(self, kind: EffectKind, key: str) -> None:
        """A person deletes that thing of ours."""

    @abstractmethod
    def complete(self, key: str) -> None:
        """A person ticks the task."""

    @abstractmethod
    def reopen(self, key: str) -> None:
        """A person takes the tick back."""

    @abstractmethod
    def redate(self, key: str, day: date | None) -> None:
        """A person drags the task to another day, or takes its day away."""

    @abstractmethod
    def add_own_task(self, title: str) -> None:
        """A person adds a task of their own beside ours."""

    @abstractmethod
    def own_tasks(self) -> Sequence[str]:
        """The titles of people's own tasks."""

    # ------------------------------------------------------------------ needed for what is declared

    def reassign(self, key: str, people: Sequence[str]) -> None:
        """A person gives the task to others (ASSIGNEES)."""
        raise NotImplementedError

    def write_into(self, kind: EffectKind, key: str, words: str) -> None:
        """A person adds words of their own (…_WORDS)."""
        raise NotImplementedError

    def take(self, person: str, begins: datetime, ends: datetime) -> None:
        """A person has something else in their diary (BUSY)."""
        raise NotImplementedError

    def open_in_turn(self, in_turn: InTurn) -> Workspace:
        """As `open`, but built with this for what it asks outside of a delivery (IN_TURN)."""
        raise NotImplementedError

    def losing_answers(self) -> AbstractContextManager[None]:
        """Inside, writes land and their answers are lost (LOSE_ANSWERS)."""
        raise NotImplementedError

    def cutting_writes(self) -> AbstractContextManager[None]:
        """Inside, writes break off before they land (CUT_WRITES)."""
        raise NotImplementedError

    def refusing(self) -> AbstractContextManager[None]:
        """Inside, we may neither read nor write (REFUSE)."""
        raise NotImplementedError

    def vanished(self) -> AbstractContextManager[None]:
        """Inside, the place of our things is gone as a whole (VANISH)."""
        raise NotImplementedError

    def asking_for_patience(self, seconds: float | None) -> AbstractContextManager[None]:
        """Inside, writes are put off (ASK_FOR_PATIENCE with None, SAY_HOW_LONG with whole seconds)."""
        raise NotImplementedError
