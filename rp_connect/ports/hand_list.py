"""Outcomes for an MIS that takes none from outside: a list that staff enter by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rp_connect.domain.outcome import Outcome


@dataclass(frozen=True, slots=True, repr=False)
class HandLine:
    """One outcome with the ids that staff find the record by."""

    outcome: Outcome
    pupil_ids: Sequence[str]
    suspension_id: str | None

    def __repr__(self) -> str:
        return f"<HandLine {self.outcome.key}>"


class HandList(Protocol):
    """One school's list. May raise AccessError, TryLaterError."""

    @property
    def place(self) -> str:
        """Where people find it."""
        ...

    def holds(self, key: str) -> bool: ...
    def add(self, line: HandLine) -> None:
        """Whole or not at all, after what is there."""
        ...
