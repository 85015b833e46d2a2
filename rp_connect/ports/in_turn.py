"""Asking a service outside of a delivery, where one process at a time may ask."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class NothingAskedError(Exception):
    """Raised inside `in_turn` where, once it was our turn, there was nothing left to ask."""


class InTurn(Protocol):
    """Goes around what a workspace asks its service outside of a delivery, in a lane that one process at a
    time may be at (`LaneLimits.alone`): `with in_turn(scope, lane, settles_after, patience_s):`. A delivery
    gives way between two batches. What is raised inside is told to the lane, and raised again.

    Raises TryLaterError, with nothing asked, where the turn does not come within `patience_s` seconds or the
    service asked for patience.
    """

    def __call__(
        self, scope: str, lane: str, settles_after: float, patience_s: float
    ) -> AbstractContextManager[None]: ...


def at_once(scope: str, lane: str, settles_after: float, patience_s: float) -> AbstractContextManager[None]:
    """For a workspace that nobody else is at."""
    return nullcontext()
