"""What a plugin may ask of us while we run: little, and nothing about a child."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rp_connect.ports.mis import MisSettings


class Desk(Protocol):
    """Kept from registering, used while a route is answered. Before the installation is open, and where the
    store cannot be used, every method raises TryLaterError or StoreError. A school that is not configured is
    a NotFoundError."""

    def schools(self, mis: str) -> Sequence[MisSettings]:
        """The settings of every school that is read through that MIS."""
        ...

    def note_access(self, school: str, sentence: str | None) -> None:
        """`check` shows the sentence until a sync of the school ends well; None takes it away now."""
        ...

    def hold(self, school: str, sentence: str) -> None:
        """The MIS behind this school was exchanged: nothing is read until a person says what is so."""
        ...

    def request_sync(self, school: str) -> None:
        """The next sync of the school reads everything that one of a new day reads."""
        ...

    def look_again(self, school: str, said: str) -> int:
        """Writes on their way into the MIS whose stored reason says `said` are looked at now; how many."""
        ...
