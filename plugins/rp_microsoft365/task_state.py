"""What people see of a task and we read back: whether it is done, its day, and who has it.

Its version is made of just that, and not of Planner's etag: the etag also moves when the notes, the checklist
or a comment change, our own notes among them, and none of that is a change that comes home. As each part can
be told from the version, a change of ours that landed unseen is told from a person's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.domain.task import TaskState
from rp_connect.ports.workspace import WorkspaceTask

_NOON = time(12)


@dataclass(frozen=True, slots=True, repr=False)
class Stand:
    """How a task stands, or how it should. `people` are the directory's ids."""

    title: str
    done: bool
    day: date | None
    people: frozenset[str]

    def __repr__(self) -> str:
        return f"<Stand done {self.done} {self.day}>"

    @property
    def parts(self) -> tuple[str, str, str, str]:
        """The version's parts: done, day, people, title."""
        people = _short(",".join(sorted(self.people))) if self.people else "-"
        return str(int(self.done)), str(self.day or "-"), people, _short(self.title)

    @property
    def version(self) -> str:
        return "/".join(self.parts)


def _short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def stand_of(body: Mapping[str, Any], zone: ZoneInfo) -> Stand:
    return Stand(
        title=body.get("title") or "",
        done=body.get("percentComplete") == 100,
        day=day_of(body.get("dueDateTime"), zone),
        people=people_of(body),
    )


def wanted(task: WorkspaceTask, title: str, people: frozenset[str]) -> Stand:
    """A cancelled task is done there too: Planner knows no other way to close one."""
    return Stand(title, task.state is not TaskState.OPEN, task.day, people)


def people_of(body: Mapping[str, Any]) -> frozenset[str]:
    assigned = body.get("assignments") or {}
    return frozenset(who.lower() for who, how in assigned.items() if how is not None and "@" not in who)


def newest_first(body: Mapping[str, Any]) -> list[str]:
    """The ids of those who have it; whoever was given it last comes first."""
    assigned = body.get("assignments") or {}
    at = {who.lower(): (how or {}).get("assignedDateTime") or "" for who, how in assigned.items()}
    return sorted(sorted(people_of(body)), key=lambda who: at[who], reverse=True)


def due_at(day: date, zone: ZoneInfo) -> str:
    """Noon at the school, in UTC: the same calendar day for whoever reads it within eleven hours of there."""
    return datetime.combine(day, _NOON, zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_of(due: str | None, zone: ZoneInfo) -> date | None:
    """The school's day of a moment that anybody's Planner wrote."""
    return datetime.fromisoformat(due).astimezone(zone).date() if due else None


def parts_of(version: str | None) -> tuple[str, ...] | None:
    """The parts of a version of ours; None where it is none, or not known."""
    parts = tuple(version.split("/")) if version else ()
    return parts if len(parts) == 4 else None


def changed_by_people(last: tuple[str, ...], now: Stand, to: Stand) -> bool:
    """Whether something stands there that was neither there when we last looked nor is what we want.

    What is already as we want it may be our own write whose answer was lost. The title is ours anyway.
    """
    return any(
        stands not in (before, want)
        for before, stands, want in zip(last[:3], now.parts[:3], to.parts[:3], strict=True)
    )
