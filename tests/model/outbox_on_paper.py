"""The outbox as its port describes it, in lists and loops: the real one is held against it, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WAITING, LEASED, UNCLEAR, DONE, PARKED = "waiting", "leased", "unclear", "done", "parked"
LEASE = timedelta(seconds=60)
DOUBTS_FIRST = 20
LOST = "the worker ended or took too long: whether it arrived is not known"


@dataclass(kw_only=True)
class Row:
    """One effect. `number` counts the rows in the order in which they were asked for."""

    number: int
    school: str
    kind: str
    key: str
    revision: int
    state: str = WAITING
    attempt: int = 0
    look_first: bool = False
    not_before: datetime | None = None
    reason: str | None = None
    until: datetime | None = None
    done_at: datetime | None = None

    def copy(self) -> Row:
        return replace(self)


class OutboxOnPaper:
    """`now` is moved by whoever plays with it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.rows: list[Row] = []
        self.wanted: dict[tuple[str, str], int] = {}
        self._made = 0

    def want(self, school: str, kind: str, key: str) -> None:
        revision = self.wanted[kind, key] = self.wanted.get((kind, key), 0) + 1
        standing = [row for row in self._of(kind, key) if row.state in (WAITING, PARKED)]
        if standing:
            standing[0].revision = revision
            return
        self._made += 1
        self.rows.append(Row(number=self._made, school=school, kind=kind, key=key, revision=revision))

    def lease(
        self,
        limit: int,
        schools: Collection[str] | None,
        kinds: Collection[str] | None,
        settles_after: float,
        doubtful: int | None,
        *,
        probing: bool,
    ) -> list[Row]:
        """Copies of the rows that are taken: what their worker knows of them from then on."""
        for row in self.rows:
            if self._is_lost(row) and (schools is None or row.school in schools):
                row.state, row.look_first, row.until, row.reason = UNCLEAR, True, None, LOST
                row.not_before = self._in(settles_after) if settles_after else None
        due = [row for row in self._due() if schools is None or row.school in schools]
        due = [row for row in due if kinds is None or row.kind in kinds]
        unclear = [row for row in due if row.state == UNCLEAR]
        taken = unclear[:doubtful] if doubtful is not None and unclear else due[:limit]
        if probing:
            least = sorted(due, key=lambda row: row.attempt - DOUBTS_FIRST * (row.state == UNCLEAR))
            taken = sorted(least[:limit], key=lambda row: row.number)
        for row in taken:
            row.state, row.until, row.not_before = LEASED, self.now + LEASE, None
            row.attempt += 1
        return [row.copy() for row in taken]

    def due(self, schools: Collection[str]) -> dict[tuple[str, str], int]:
        lost = [row for row in self.rows if self._is_lost(row)]
        found = [row for row in [*self._due(), *lost] if row.school in schools]
        return dict(Counter((row.school, row.kind) for row in found))

    def renew(self, held: Row) -> bool:
        row = self._held(held)
        if row:
            row.until = self.now + LEASE
        return row is not None

    def done(self, held: Row) -> bool:
        row = self._held(held)
        if row:
            row.state, row.until, row.reason, row.done_at = DONE, None, None, self.now
        return row is not None

    def wait(self, held: Row, seconds: float, reason: str) -> bool:
        row = self._held(held)
        if row:
            self._take_in(row)
            row.state, row.until, row.not_before, row.reason = WAITING, None, self._in(seconds), reason
        return row is not None

    def unclear(self, held: Row, seconds: float, reason: str, *, gather: float) -> bool:
        row = self._held(held)
        if not row:
            return False
        soonest, latest = self._in(seconds), self._in(seconds + gather)
        others = [
            one.not_before
            for one in self.rows
            if one.state == UNCLEAR and (one.school, one.kind) == (row.school, row.kind)
            if one.not_before is not None and soonest <= one.not_before <= latest
        ]
        when = min(others, default=latest) if gather else soonest
        row.state, row.until, row.not_before, row.reason = UNCLEAR, None, when, reason
        row.look_first = True
        return True

    def park(self, held: Row, reason: str, *, look_first: bool) -> bool:
        row = self._held(held)
        if row:
            self._take_in(row)
            row.state, row.until, row.not_before, row.reason = PARKED, None, None, reason
            row.look_first = row.look_first or look_first
        return row is not None

    def retry(self, number: int) -> bool:
        """False where it is not parked."""
        (row,) = [row for row in self.rows if row.number == number]
        if row.state != PARKED:
            return False
        row.state, row.not_before, row.reason, row.look_first = WAITING, None, None, True
        return True

    def hasten(self, school: str, kind: str, said: str) -> int:
        meant = [
            row
            for row in self.rows
            if (row.school, row.kind) == (school, kind) and row.state in (WAITING, UNCLEAR)
            if row.reason is not None and said in row.reason
        ]
        for row in meant:
            row.not_before = None
        return len(meant)

    def retire(self, kept: timedelta) -> int:
        """Done long ago, and followed by a newer one of its object; of notices the last one, too."""
        old = [
            row
            for row in self.rows
            if row.state == DONE and row.done_at is not None and row.done_at < self.now - kept
            if row.kind == "notice" or any(o.revision > row.revision for o in self._of(row.kind, row.key))
        ]
        self.rows = [row for row in self.rows if row not in old]
        for row in old:
            if not self._of(row.kind, row.key):
                del self.wanted[row.kind, row.key]
        return len(old)

    def _due(self) -> list[Row]:
        """Oldest first: the rows in doubt, and of the waiting ones those that nothing of theirs is before."""
        return [
            row
            for row in self.rows
            if row.not_before is None or row.not_before <= self.now
            if row.state == UNCLEAR or (row.state == WAITING and not self._is_held_back(row))
        ]

    def _is_held_back(self, row: Row) -> bool:
        others = [one.state for one in self._of(row.kind, row.key) if one is not row]
        return any(state in (LEASED, UNCLEAR, PARKED) for state in others)

    def _is_lost(self, row: Row) -> bool:
        return row.state == LEASED and row.until is not None and row.until <= self.now

    def _held(self, held: Row) -> Row | None:
        """The row, where it is still in the same hands."""
        same = (row for row in self.rows if row.number == held.number)
        return next((row for row in same if (row.state, row.attempt) == (LEASED, held.attempt)), None)

    def _take_in(self, row: Row) -> None:
        """The one that waits behind it, so that an object has one row that stands."""
        behind = [one for one in self._of(row.kind, row.key) if one.state == WAITING]
        self.rows = [one for one in self.rows if one not in behind]
        row.revision = max([row.revision, *(one.revision for one in behind)])

    def _of(self, kind: str, key: str) -> list[Row]:
        return [row for row in self.rows if (row.kind, row.key) == (kind, key)]

    def _in(self, seconds: float) -> datetime:
        return self.now + timedelta(seconds=seconds)
