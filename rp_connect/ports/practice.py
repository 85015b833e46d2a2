"""What a practice plugin brings: case kinds (scripts and task templates come with casework)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rp_connect.domain.case import CaseKind


@dataclass(frozen=True, slots=True)
class PracticeSpec:
    """A registered practice: its name and the case kinds that it knows."""

    name: str
    kinds: tuple[CaseKind, ...]


RegisterPractice = Callable[[PracticeSpec], None]
