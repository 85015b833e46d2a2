"""The outbox: what should be so outside, and how far each write has come (DESIGN §6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from rp_connect.domain.effect import Effect, EffectKind, EffectState


class Outbox(Protocol):
    """The effect protocol of DESIGN §6. Times are the store's; every state write is fenced by the attempt."""

    def want(self, kind: EffectKind, key: str, *, school: str, case: str | None) -> None:
        """State that `key` should be as the store now says. A waiting or parked row of the same object is
        brought up to date; while one is in flight a new row waits behind it. Revisions of an object grow."""
        ...

    def want_each(self, kind: EffectKind, keys: Sequence[str], *, school: str, case: str | None) -> None:
        """`want` for each of these objects in turn."""
        ...

    def asked(self, kind: EffectKind, key: str) -> bool:
        """Whether this object was ever wanted."""
        ...

    def of_case(self, kind: EffectKind, case: str) -> Mapping[str, Effect]:
        """The newest effect of each object of that kind, by its key."""
        ...

    def in_flight(self, kind: EffectKind) -> Collection[str]:
        """The keys of the objects that somebody is just writing, or may have written."""
        ...

    def done_since(self, kind: EffectKind, moment: datetime) -> Collection[str]:
        """The keys of the objects of which a write was done after `moment`: the other side's lists may not
        show it yet."""
        ...

    def due(self, schools: Collection[str]) -> Mapping[tuple[str, EffectKind], int]:
        """How many effects of which school and kind could be leased now; first what has waited longest."""
        ...

    def lease(
        self,
        owner: str,
        limit: int,
        schools: Collection[str] | None = None,
        kinds: Collection[EffectKind] | None = None,
        settles_after: float = 0.0,
        doubtful: int | None = None,
        *,
        probing: bool = False,
    ) -> Sequence[Effect]:
        """Take up to `limit` effects that are due, at most one per object, oldest first, none of an object
        with a row in flight or parked. Rows of these schools leased by an owner that is dead or out of time
        come back as `unclear` first (look_first set), and are due `settles_after` seconds later: what their
        owner sent at last may still be on its way. With `doubtful`: where any are unclear, up to so many of
        those and no others. `probing`: those that were tried least instead of the oldest, and what is in
        doubt before what would be put in doubt. A lease lasts 60 seconds."""
        ...

    def renew(self, effect: Effect) -> bool:
        """Sixty seconds more; False where the lease was lost."""
        ...

    def renew_all(self, effects: Collection[Effect]) -> Collection[int]:
        """The ids of those whose lease was not lost."""
        ...

    def done(self, effect: Effect) -> bool:
        """False where another attempt overtook this one: then nothing was written."""
        ...

    def done_all(self, effects: Collection[Effect]) -> Collection[int]:
        """The ids of those that no other attempt overtook."""
        ...

    def wait(self, effect: Effect, seconds: float, reason: str) -> bool: ...
    def unclear(self, effect: Effect, seconds: float, reason: str, *, gather: float = 0.0) -> bool:
        """Not before `seconds` from now, and then look first. With `gather` up to so many seconds later, at
        one moment with others of its school and kind, so that one look serves them all."""
        ...

    def park(self, effect: Effect, reason: str, *, look_first: bool = False) -> bool:
        """`look_first`: it may have landed all the same."""
        ...

    def retry(self, effect_id: int) -> Effect:
        """A parked effect is due again now, and is looked for before it is sent: nobody knows how much of it
        arrived. Raises NotFoundError, UsageError where it is not parked."""
        ...

    def date(self, limit: int) -> int:
        """Up to `limit` rows that were done before that time was kept, or by a copy of the program that does
        not know of it, count as done now; how many."""
        ...

    def retire(self, limit: int, kept: timedelta) -> int:
        """Remove up to `limit` rows that were done longer than `kept` ago, and that a newer one of their
        object followed or that are notices; how many. The newest row of any other object stays."""
        ...

    def hasten(self, kind: EffectKind, school: str, said: str) -> int:
        """Rows that wait or are unclear and whose reason says `said` are due now; how many. Only for what the
        other side itself told to be over: nothing of it can still be on its way."""
        ...

    def every(self, state: EffectState | None = None) -> Sequence[Effect]: ...
    def counts(self, school: str | None = None) -> Mapping[EffectState, int]: ...
    def parked(self, schools: Collection[str]) -> Mapping[str, int]:
        """How many of each of these schools are parked; one without any may be absent."""
        ...
