"""The breaker of each lane, and who has it alone: one row that all processes go by.

A probe is reserved by moving `closed_until` on in a compare-and-set; the moment that was set is the token by
which its outcome is told from a late one.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import sqlalchemy as sa

from rp_connect.ports.lanes import GUEST, Entry, Held, Opened, Shut
from rp_connect.storage.case_tables import lanes
from rp_connect.storage.leases import LEASE
from rp_connect.storage.owners import is_dead
from rp_connect.storage.session import Row, Session

LONGEST_S = 60.0
WANTED = timedelta(seconds=2)
_NOBODY = "nobody"
"""Holds a lane whose holder died or had no answer, until what that one last asked for must have ended."""
_ROW = (lanes.c.scope == sa.bindparam("of_scope")) & (lanes.c.lane == sa.bindparam("of_lane"))
_READ = sa.select(lanes).where(_ROW)


class SqlLanes:
    def __init__(self, session: Session) -> None:
        self._session = session

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
        row = self._row(scope, lane)
        if row is None and not alone:
            return Opened(limit)
        while True:
            row, now = row or self._made(scope, lane), self._session.now()
            if row.closed_until is not None and row.closed_until > now:
                return Shut(row.closed_until, row.reason or "")
            if not alone or self._take(row, holder, now, settles_after):
                return Opened(limit) if row.closed_until is None else self._probe(row, now)
            if _is_held(row, holder, now) and not is_dead(_process(row.owner)):
                return Held(row.held_until, guest=GUEST in row.owner)
            # It was left, or handed on, since we looked: what holds now is seen anew.
            row = self._row(scope, lane)

    def stay(self, scope: str, lane: str, holder: str, entry: Opened) -> Opened:
        until = self._session.now() + LEASE
        self._write(scope, lane, lanes.c.owner == holder, held_until=until)
        if entry.probe and self._write(scope, lane, lanes.c.closed_until == entry.probe, closed_until=until):
            return Opened(entry.limit, until)
        return entry

    def leave(self, scope: str, lane: str, holder: str, rests: float = 0.0) -> None:
        self._write(scope, lane, lanes.c.wanted_by == holder, wanted_by=None, wanted_until=None)
        ours = lanes.c.owner == holder
        if rests > 0:
            until = self._session.now() + timedelta(seconds=rests)
            self._write(scope, lane, ours, owner=_NOBODY, held_until=until)
        elif not self.give_way(scope, lane, holder):
            self._write(scope, lane, ours, owner=None, held_until=None)

    def want(self, scope: str, lane: str, holder: str) -> None:
        now = self._session.now()
        free = lanes.c.wanted_by.is_(None) | (lanes.c.wanted_by == holder) | (lanes.c.wanted_until <= now)
        if GUEST not in holder:
            free |= lanes.c.wanted_by.contains(GUEST)
        self._write(scope, lane, free, wanted_by=holder, wanted_until=now + WANTED)

    def wanted(self, scope: str, lane: str) -> bool:
        row = self._row(scope, lane)
        return row is not None and row.wanted_by is not None and row.wanted_until > self._session.now()

    def give_way(self, scope: str, lane: str, holder: str) -> bool:
        """Who wanted it, and is no longer there, has it for no longer than it was waited for."""
        ours = (lanes.c.owner == holder) & lanes.c.wanted_by.is_not(None)
        ours &= lanes.c.wanted_until > self._session.now()
        handed = {"owner": lanes.c.wanted_by, "held_until": lanes.c.wanted_until}
        return self._write(scope, lane, ours, **handed, wanted_by=None, wanted_until=None)

    def shut_until(self, scope: str, lane: str) -> Shut | None:
        row = self._row(scope, lane)
        if row is None or row.closed_until is None or row.closed_until <= self._session.now():
            return None
        return Shut(row.closed_until, row.reason or "")

    def went_through(self, scope: str, lane: str, entry: Opened) -> None:
        if entry.probe:
            ours = lanes.c.closed_until == entry.probe
            self._write(scope, lane, ours, closed_until=None, failures=0, reason=None)

    def told_to_wait(
        self, scope: str, lane: str, entry: Opened, seconds: float | None, reason: str
    ) -> datetime:
        """Several batches may be told at once: the first of them counts, and the longest pause holds."""
        row = self._row(scope, lane, locked=True) or self._made(scope, lane, locked=True)
        now = self._session.now()
        already = row.closed_until is not None and row.closed_until != entry.probe and row.closed_until > now
        failures = row.failures if already else row.failures + 1
        pause = 0.0 if already else pause_after(failures)
        until = now + timedelta(seconds=max(seconds or 0.0, pause))
        if already:
            until = max(until, row.closed_until)
        self._write(scope, lane, sa.true(), failures=failures, closed_until=until, reason=reason)
        return until

    def learned_nothing(self, scope: str, lane: str, entry: Opened, *, sent: bool) -> None:
        if entry.probe is None:
            return
        row = self._row(scope, lane, locked=True)
        now = self._session.now()
        until = now + timedelta(seconds=pause_after(row.failures)) if row and sent else now
        self._write(scope, lane, lanes.c.closed_until == entry.probe, closed_until=until)

    def _probe(self, row: Row, now: datetime) -> Entry:
        until = now + LEASE
        seen = lanes.c.closed_until == row.closed_until
        if self._write(row.scope, row.lane, seen, closed_until=until):
            return Opened(1, until)
        return Shut(until, row.reason or "")

    def _take(self, row: Row, holder: str, now: datetime, settles_after: float) -> bool:
        """A holder that is out of time holds nothing, and one that is dead only what it last asked for."""
        if _is_held(row, holder, now):
            if not is_dead(_process(row.owner)):
                return False
            if settles_after > 0:
                rests_until = min(row.held_until, now + timedelta(seconds=settles_after))
                self._write(row.scope, row.lane, _as(row), owner=_NOBODY, held_until=rests_until)
                return False
        if not self._write(row.scope, row.lane, _as(row), owner=holder, held_until=now + LEASE):
            return False
        if row.wanted_by == holder:
            self._write(row.scope, row.lane, lanes.c.wanted_by == holder, wanted_by=None, wanted_until=None)
        return True

    def _row(self, scope: str, lane: str, *, locked: bool = False) -> Row | None:
        found = self._session.for_change(_READ) if locked else _READ
        return self._session.first(found, {"of_scope": scope, "of_lane": lane})

    def _made(self, scope: str, lane: str, *, locked: bool = False) -> Row:
        new = self._session.insert(lanes).values(scope=scope, lane=lane, failures=0)
        self._session.run(new.on_conflict_do_nothing())
        row = self._row(scope, lane, locked=locked)
        assert row is not None  # noqa: S101 - it was there, or was made
        return row

    def _write(self, scope: str, lane: str, seen: sa.ColumnElement[bool], **values: object) -> bool:
        return (
            self._session.run(
                sa.update(lanes).where(_ROW, seen).values(**values), {"of_scope": scope, "of_lane": lane}
            )
            == 1
        )


def pause_after(failures: int) -> float:
    """Seconds. Lanes that fell silent together do not come back together: below the longest pause up to half
    of it is left out, the longest is only ever lengthened, by a tenth at most."""
    pause = 2.0 ** (min(failures, 20) - 1)
    if pause >= LONGEST_S:
        return LONGEST_S * random.uniform(1.0, 1.1)  # noqa: S311 - not a secret
    return max(1.0, pause * random.uniform(0.5, 1.0))  # noqa: S311 - as above


def _is_held(row: Row, holder: str, now: datetime) -> bool:
    return row.owner not in (None, holder) and bool(row.held_until > now)


def _as(row: Row) -> sa.ColumnElement[bool]:
    """Nobody has taken or left it since."""
    held = lanes.c.held_until.is_not_distinct_from(row.held_until)
    return lanes.c.owner.is_not_distinct_from(row.owner) & held


def _process(holder: str) -> str:
    return holder.partition("#")[0]
