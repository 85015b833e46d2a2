"""Outcomes of meetings as the store keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rp_connect.domain.outcome import Outcome


class Outcomes(Protocol):
    """They are added and marked as written, never rewritten."""

    def of_case(self, ref: str) -> Sequence[Outcome]:
        """By number."""
        ...

    def of_school(self, school: str) -> Sequence[Outcome]:
        """In the order in which they were recorded."""
        ...

    def get(self, key: str) -> Outcome:
        """Raises NotFoundError."""
        ...

    def put(self, outcome: Outcome) -> None:
        """Insert or replace by case and number."""
        ...
