"""The outbox: what should be so outside, and how far each write has come (DESIGN §6).

An object has at most one row in flight (leased or unclear) and one standing (waiting or parked); two partial
indexes see to it. A row in flight that has to wait again takes in the one that stands behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta

import sqlalchemy as sa

from rp_connect.domain.effect import Effect, EffectKind, EffectState
from rp_connect.errors import NotFoundError, UsageError
from rp_connect.storage.case_tables import effects
from rp_connect.storage.faults import ClashError
from rp_connect.storage.leases import LEASE, Wanted, count_due, take
from rp_connect.storage.retirement import date, retire
from rp_connect.storage.session import Row, Session, in_lots
from rp_connect.storage.types import Moment
from rp_connect.storage.wishes import want

_FIELDS = tuple(field.name for field in fields(Effect))
_TRIES = 10
_OURS = sa.tuple_(effects.c.id, effects.c.attempt).in_(sa.bindparam("pairs", expanding=True))
_ALL_OURS = sa.update(effects).where(_OURS, effects.c.state == EffectState.LEASED).returning(effects.c.id)
_RENEWED = _ALL_OURS.values(leased_until=sa.bindparam("until"))
_DONE = _ALL_OURS.values(
    state=EffectState.DONE,
    owner=None,
    leased_until=None,
    not_before=None,
    reason=None,
    done_at=sa.bindparam("now", type_=Moment),
)
_LOOK = (
    sa.select(effects.c.not_before)
    .where(
        effects.c.state == EffectState.UNCLEAR,
        effects.c.kind == sa.bindparam("of_kind"),
        effects.c.school == sa.bindparam("of_school"),
        effects.c.not_before.between(sa.bindparam("soonest"), sa.bindparam("latest")),
    )
    .order_by(effects.c.not_before)
    .limit(1)
)


class SqlOutbox:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._looks: dict[tuple[str, EffectKind, float], datetime] = {}

    def want(self, kind: EffectKind, key: str, *, school: str, case: str | None) -> None:
        self.want_each(kind, [key], school=school, case=case)

    def want_each(self, kind: EffectKind, keys: Sequence[str], *, school: str, case: str | None) -> None:
        want(self._session, kind, keys, school=school, case=case)

    def asked(self, kind: EffectKind, key: str) -> bool:
        same = (effects.c.kind == kind) & (effects.c.key == key)
        return self._session.first(sa.select(effects.c.id).where(same).limit(1)) is not None

    def of_case(self, kind: EffectKind, case: str) -> Mapping[str, Effect]:
        theirs = sa.select(effects).where(effects.c.case == case, effects.c.kind == kind)
        rows = self._session.rows(theirs.order_by(effects.c.revision))
        return {row.key: _effect(row) for row in rows}

    def in_flight(self, kind: EffectKind) -> set[str]:
        flying = effects.c.state.in_([EffectState.LEASED, EffectState.UNCLEAR])
        found = sa.select(effects.c.key).where(effects.c.kind == kind, flying)
        return {row.key for row in self._session.rows(found)}

    def done_since(self, kind: EffectKind, moment: datetime) -> set[str]:
        lately = (effects.c.state == EffectState.DONE) & (effects.c.done_at > moment)
        found = sa.select(effects.c.key).where(effects.c.kind == kind, lately)
        return {row.key for row in self._session.rows(found)}

    def due(self, schools: Collection[str]) -> Mapping[tuple[str, EffectKind], int]:
        return count_due(self._session, schools)

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
        wanted = Wanted(limit, schools, kinds, doubtful, probing)
        return [_effect(row) for row in take(self._session, owner, wanted, settles_after)]

    def renew(self, effect: Effect) -> bool:
        return bool(self.renew_all([effect]))

    def renew_all(self, effects: Collection[Effect]) -> set[int]:
        return self._write_all(effects, _RENEWED, until=self._session.now() + LEASE)

    def done(self, effect: Effect) -> bool:
        return bool(self.done_all([effect]))

    def done_all(self, effects: Collection[Effect]) -> set[int]:
        return self._write_all(effects, _DONE, now=self._session.now()) if effects else set()

    def wait(self, effect: Effect, seconds: float, reason: str) -> bool:
        return self._stand(effect, EffectState.WAITING, not_before=self._after(seconds), reason=reason)

    def unclear(self, effect: Effect, seconds: float, reason: str, *, gather: float = 0.0) -> bool:
        later = self._next_look(effect, seconds, gather) if gather else self._after(seconds)
        return self._settle(effect, EffectState.UNCLEAR, not_before=later, reason=reason, look_first=True)

    def park(self, effect: Effect, reason: str, *, look_first: bool = False) -> bool:
        look = look_first or effect.look_first
        return self._stand(effect, EffectState.PARKED, not_before=None, reason=reason, look_first=look)

    def retry(self, effect_id: int) -> Effect:
        this = effects.c.id == effect_id
        row = self._session.first(self._session.for_change(sa.select(effects).where(this)))
        if row is None:
            raise NotFoundError(f"There is no effect {effect_id}.")
        if row.state is not EffectState.PARKED:
            raise UsageError(
                f"Effect {effect_id} is {row.state.value}: only a parked one can be tried again."
            )
        again = {"state": EffectState.WAITING, "not_before": None, "reason": None, "look_first": True}
        self._session.run(sa.update(effects).where(this).values(**again))
        return _effect(self._session.rows(sa.select(effects).where(this))[0])

    def date(self, limit: int) -> int:
        return date(self._session, limit)

    def retire(self, limit: int, kept: timedelta) -> int:
        return retire(self._session, limit, kept)

    def hasten(self, kind: EffectKind, school: str, said: str) -> int:
        resting = effects.c.state.in_([EffectState.WAITING, EffectState.UNCLEAR])
        theirs = (effects.c.kind == kind) & (effects.c.school == school) & resting
        meant = theirs & effects.c.reason.contains(said, autoescape=True)
        return self._session.run(sa.update(effects).where(meant).values(not_before=None))

    def every(self, state: EffectState | None = None) -> Sequence[Effect]:
        found = sa.select(effects).order_by(effects.c.id)
        found = found if state is None else found.where(effects.c.state == state)
        return [_effect(row) for row in self._session.rows(found)]

    def counts(self, school: str | None = None) -> dict[EffectState, int]:
        counted = sa.select(effects.c.state, sa.func.count().label("n")).group_by(effects.c.state)
        counted = counted if school is None else counted.where(effects.c.school == school)
        return dict.fromkeys(EffectState, 0) | {row.state: row.n for row in self._session.rows(counted)}

    def parked(self, schools: Collection[str]) -> Mapping[str, int]:
        standing = sa.select(effects.c.school, sa.func.count().label("n")).group_by(effects.c.school)
        parked = standing.where(effects.c.state == EffectState.PARKED)
        rows = self._session.each(lambda some: parked.where(effects.c.school.in_(some)), schools)
        return {row.school: row.n for row in rows}

    def _next_look(self, effect: Effect, seconds: float, gather: float) -> datetime:
        """The moment for which others of its school and kind wait already, where that is late enough for this
        one too and not too late; else the first for which later ones may wait."""
        which = effect.school, effect.kind, seconds
        if which not in self._looks:
            latest = self._after(seconds + gather)
            bounds = {"of_school": effect.school, "of_kind": effect.kind}
            row = self._session.first(_LOOK, {**bounds, "soonest": self._after(seconds), "latest": latest})
            self._looks[which] = latest if row is None else row.not_before
        return self._looks[which]

    def _after(self, seconds: float) -> datetime:
        return self._session.now() + timedelta(seconds=seconds)

    def _settle(self, effect: Effect, state: EffectState, **values: object) -> bool:
        return self._write(effect, state=state, owner=None, leased_until=None, **values)

    def _write(self, effect: Effect, **values: object) -> bool:
        """False where another attempt overtook this one, or its lease was taken away."""
        return self._session.run(sa.update(effects).where(_still_ours(effect)).values(**values)) == 1

    def _write_all(self, held: Collection[Effect], statement: sa.Executable, **values: object) -> set[int]:
        """The ids of those that it wrote; fenced like every other write."""
        written: set[int] = set()
        for some in in_lots([(effect.id, effect.attempt) for effect in held]):
            written |= {row.id for row in self._session.rows(statement, {"pairs": some, **values})}
        return written

    def _stand(self, effect: Effect, state: EffectState, **values: object) -> bool:
        """On PostgreSQL somebody may put a row behind this one at the same moment: then look again."""
        for _ in range(_TRIES):
            try:
                with self._session.savepoint():
                    return self._step_back(effect, state, **values)
            except ClashError:
                continue
        raise ClashError(f"Effect {effect.id} is wanted too often at once: nothing was written, try again.")

    def _step_back(self, effect: Effect, state: EffectState, **values: object) -> bool:
        mine = sa.select(effects.c.id).where(_still_ours(effect))
        if self._session.first(self._session.for_change(mine)) is None:
            return False
        same = (effects.c.kind == effect.kind) & (effects.c.key == effect.key)
        behind = sa.delete(effects).where(same, effects.c.state == EffectState.WAITING)
        taken_in = self._session.rows(behind.returning(effects.c.revision))
        newest = max([effect.revision, *(row.revision for row in taken_in)])
        return self._settle(effect, state, revision=newest, **values)


def _still_ours(effect: Effect) -> sa.ColumnElement[bool]:
    """The fence: every write of a state goes through it."""
    mine = (effects.c.id == effect.id) & (effects.c.attempt == effect.attempt)
    return mine & (effects.c.state == EffectState.LEASED)


def _effect(row: Row) -> Effect:
    held = row._mapping
    return Effect(**{name: held[name] for name in _FIELDS})
