"""A task: a duty (or an agreed item) given to a role, with the rule's due and what people did with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from rp_connect.domain.duty import Confidence, DueNote
from rp_connect.domain.people import Role

SYSTEM = "rp-connect"
"""Who closed a task that closed itself."""


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Task:
    """`id` is our key everywhere, in the workspace too: case reference, rule, occurrence; never a name.

    `due` is the rule's and never moves from outside; `planned` is a date that a person set. `late` marks
    a task that arose from late information. `assignee` (a `Choice` as text) is whom people gave it to; None:
    it goes to whoever holds its role. `external_id` is the workspace's own id, `seen` (a `Seen` as
    text) what the workspace's copy said when we last wrote or read it; `deletions` counts how often people
    deleted it there. `steps` is a checklist for whoever does it.
    """

    id: str
    case: str
    school: str
    rule: str | None
    occurrence: int
    title: str
    due: date | datetime | None
    note: DueNote | None
    role: Role
    basis: str
    confidence: Confidence | None
    state: TaskState = TaskState.OPEN
    late: bool = False
    planned: date | None = None
    assignee: str | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    external_id: str | None = None
    seen: str | None = None
    deletions: int = 0
    steps: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Task {self.id} {self.state} due {self.due}>"

    @property
    def due_note(self) -> DueNote | None:
        return self.note or (DueNote.LATE_INFORMATION if self.late else None)

    def due_day(self, timezone: ZoneInfo) -> date | None:
        """The local day of the rule's due."""
        if isinstance(self.due, datetime):
            return self.due.astimezone(timezone).date()
        return self.due

    def shown_day(self, timezone: ZoneInfo) -> date | None:
        """The day that the workspace and the board show: the planned one where a person set it."""
        return self.planned or self.due_day(timezone)

    def overdue(self, now: datetime, timezone: ZoneInfo) -> bool:
        """Open and past its legal due, whatever anybody planned."""
        if self.state is not TaskState.OPEN or self.due is None:
            return False
        if isinstance(self.due, datetime):
            return now > self.due
        return now.astimezone(timezone).date() > self.due


def task_id(case: str, rule: str, occurrence: int) -> str:
    """The identity of a duty's task is (case of the suspension, rule, occurrence), never its date."""
    return f"{case}.{rule}.{occurrence}"


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """What the workspace's copy of a task said: with it a person's change is told from our own.

    `revision` is the last of ours that is known to have landed there.
    """

    version: str
    done: bool
    day: date | None
    assignees: tuple[str, ...] = ()
    revision: int = 0

    def __repr__(self) -> str:
        return f"<Seen {self.version} done {self.done}>"

    def to_text(self) -> str:
        day = self.day.isoformat() if self.day else ""
        return json.dumps([self.version, self.done, day, list(self.assignees), self.revision])

    @classmethod
    def from_text(cls, text: str) -> Seen:
        """The inverse of `to_text`."""
        version, done, day, assignees, revision = json.loads(text)
        return cls(version, done, date.fromisoformat(day) if day else None, tuple(assignees), revision)


@dataclass(frozen=True, slots=True, repr=False)
class Choice:
    """Whom people gave a task to in the workspace: none where they took everybody off.

    `instead_of` are those whom we would have given it to then: once they are others, ours counts again.
    None: not known, and it stands until people choose anew.
    """

    people: tuple[str, ...]
    instead_of: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        return f"<Choice of {len(self.people)} people>"

    def stands(self, ours: Iterable[str]) -> bool:
        """Whether it still counts where we would give the task to `ours`."""
        return self.instead_of is None or same_people(self.instead_of, ours)

    def to_text(self) -> str:
        return json.dumps([self.people, self.instead_of])

    @classmethod
    def from_text(cls, text: str) -> Choice:
        """The inverse of `to_text`. Before there was more than one to choose, it was an address as it is."""
        if not text.startswith("["):
            return cls((text,))
        people, instead_of = json.loads(text)
        return cls(tuple(people), None if instead_of is None else tuple(instead_of))


def same_people(some: Iterable[str], others: Iterable[str]) -> bool:
    """Addresses are the same in whatever letters and order."""
    return {address.lower() for address in some} == {address.lower() for address in others}
