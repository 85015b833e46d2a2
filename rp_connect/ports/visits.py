"""Visits to the pages: who is signed in, kept where every instance of the pages can see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, repr=False)
class Visit:
    """From a sign-in to its end. `digest` is that of the cookie, which is kept nowhere else; `attempt` that
    of the attempt it came from, which therefore opens one visit only; `who` an e-mail address."""

    digest: str
    attempt: str
    who: str
    began: datetime

    def __repr__(self) -> str:
        return f"<Visit {self.began:%Y-%m-%d %H:%M}>"


class Visits(Protocol):
    def begin(self, visit: Visit) -> bool:
        """False, and nothing is kept, where a visit from the same attempt was begun before."""
        ...

    def get(self, digest: str) -> Visit | None: ...
    def end(self, digest: str) -> None: ...
    def forget(self, before: datetime) -> None:
        """Those that began before that moment."""
        ...
