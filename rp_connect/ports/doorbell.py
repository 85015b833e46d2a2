"""The doorbell: a message says that there is something to do for a school. It bears ids only.

The store is the truth: a bell that rings twice, late or never changes nothing but when it is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rp_connect.errors import ConfigError


class Errand(StrEnum):
    """What there is to do for one school."""

    SYNC = "sync"
    DELIVER = "deliver"
    PULL = "pull"
    REMIND = "remind"


@dataclass(frozen=True, slots=True)
class Ring:
    """One message: an errand and a school's id."""

    errand: Errand
    school: str

    def to_text(self) -> str:
        return f"{self.errand}:{self.school}"

    @classmethod
    def from_text(cls, text: str) -> Ring:
        """The inverse of `to_text`. Raises ConfigError for what is no message of ours, without quoting it."""
        errand, colon, school = text.partition(":")
        if not colon or not school or errand not in {each.value for each in Errand}:
            raise ConfigError("A message in the queue is not one of ours; it is put aside.")
        return cls(Errand(errand), school)


class Doorbell(Protocol):
    """Every method may raise TryLaterError, AccessError or ConfigError."""

    def ring(self, ring: Ring, *, after_s: float = 0.0) -> None:
        """Tell a worker, not before `after_s` seconds from now."""
        ...

    def waiting(self) -> int:
        """About how many messages are there, those included that are to be heard later."""
        ...

    def put_aside(self) -> int:
        """About how many messages were given up after several tries; a person must look."""
        ...


class NoBell:
    """Where one process does it all, it looks by itself every few seconds."""

    def ring(self, ring: Ring, *, after_s: float = 0.0) -> None:
        return None

    def waiting(self) -> int:
        return 0

    def put_aside(self) -> int:
        return 0
