"""An effect: one write to an outside system that should come true exactly once. It carries keys only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EffectKind(StrEnum):
    """What is to be written; what it says is read from the store when it is sent."""

    TASK = "task"
    MEETING = "meeting"
    RECORD = "record"
    SUMMARY = "summary"
    NOTICE = "notice"
    OUTCOME = "outcome"
    MARK = "mark"

    @property
    def to_mis(self) -> bool:
        """Whether it goes into the school's MIS rather than its workspace."""
        return self in (EffectKind.OUTCOME, EffectKind.MARK)

    @property
    def lane(self) -> str:
        """Effects of one lane share concurrency and a breaker."""
        return {
            "task": "planner",
            "meeting": "calendar",
            "record": "lists",
            "summary": "files",
            "notice": "notices",
            "outcome": "mis",
            "mark": "mis",
        }[self.value]


class EffectState(StrEnum):
    WAITING = "waiting"
    LEASED = "leased"
    UNCLEAR = "unclear"
    DONE = "done"
    PARKED = "parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """`key` names the object (a task id, a meeting id, a case reference); `revision` what should be so.

    `attempt` fences every state write. `look_first` is set once an attempt may have landed.
    """

    id: int
    school: str
    case: str | None
    kind: EffectKind
    key: str
    revision: int
    state: EffectState
    attempt: int = 0
    look_first: bool = False
    not_before: datetime | None = None
    reason: str | None = None
