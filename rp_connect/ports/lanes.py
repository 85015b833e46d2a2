"""Lanes: effects of one kind of service and one account share limits and a breaker, over all processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

GUEST = "#guest"
"""Stands in the name of a holder that has one question for the service, outside of any delivery."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Up to `limit` rows may be sent. `probe` marks the one attempt after a pause: until that moment nobody
    else may send anything, and whoever has it says how it went."""

    limit: int
    probe: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shut:
    """The service asked for patience, or is being tried by one worker: nothing is sent before `until`."""

    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """Another worker has this lane alone, at the longest until then unless it asks for more; or a `guest` has
    it, for its one question."""

    until: datetime
    guest: bool = False


Entry = Opened | Shut | Held


class Lanes(Protocol):
    """The breaker of each lane (DESIGN §6; performance-and-reliability.md R2, R4, R12), by the store's clock.

    It is opened only by answers that ask for patience (429, 503, a refused connection), never by one whose
    outcome is not known. While it is shut no process sends anything of that lane. Once the time is over,
    exactly one row goes out: where that is answered, the lane is free again; where it must wait too, the
    pause doubles (1, 2, 4 … 60 seconds), and at its longest no two probes lie closer than a minute.

    A `holder` is one run of one process: "host:pid:start#run"; or a guest: "host:pid:start#guest1".
    """

    def enter(
        self,
        scope: str,
        lane: str,
        holder: str,
        limit: int,
        *,
        alone: bool = False,
        settles_after: float = 0.0,
    ) -> Entry:
        """`alone`: only one holder at a time, for 60 seconds or until it leaves. Where its process is found
        dead, the lane rests for `settles_after` seconds first: its last request may still be under way."""
        ...

    def stay(self, scope: str, lane: str, holder: str, entry: Opened) -> Opened:
        """Sixty seconds more for what is held or tried; answers the entry that is valid from now on."""
        ...

    def leave(self, scope: str, lane: str, holder: str, rests: float = 0.0) -> None:
        """Others may have it, now or after so many seconds: what was asked for last and never answered may
        still be under way, as after a death. Who waits for it gets it. Whoever only wanted it no longer
        does."""
        ...

    def want(self, scope: str, lane: str, holder: str) -> None:
        """For the next two seconds `holder` would have it from whoever has it alone; the first who wants it
        is the one. Only a guest stands back for a delivery, so that guests in a row do not keep it out."""
        ...

    def wanted(self, scope: str, lane: str) -> bool:
        """Whether somebody waits for it."""
        ...

    def give_way(self, scope: str, lane: str, holder: str) -> bool:
        """It is handed to the one who wants it, so that no third comes in between: to nobody (False) where
        nobody does, or where it is not `holder`'s to give."""
        ...

    def shut_until(self, scope: str, lane: str) -> Shut | None:
        """What is to be waited for before anything is asked of this service; None where nothing is."""
        ...

    def went_through(self, scope: str, lane: str, entry: Opened) -> None:
        """The service answered: a probe opens its lane. Nobody else's success does."""
        ...

    def told_to_wait(
        self, scope: str, lane: str, entry: Opened, seconds: float | None, reason: str
    ) -> datetime:
        """Shut it, for at least `seconds` from now (None: the service did not say). Answers until when."""
        ...

    def learned_nothing(self, scope: str, lane: str, entry: Opened, *, sent: bool) -> None:
        """A probe whose outcome is unclear (`sent`) is tried again after the same pause, one that found
        nothing to send at once."""
        ...
