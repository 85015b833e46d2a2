"""Leasing: which rows of the outbox a worker may take, and what becomes of those that a dead worker held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.storage.case_tables import effects
from rp_connect.storage.owners import is_dead
from rp_connect.storage.session import Row, Session
from rp_connect.storage.types import Moment

LEASE = timedelta(seconds=60)
DOUBTS_FIRST = 20
"""A probe takes an unclear row as if it had been tried so many times fewer: to look for it does no harm while
a service is away, where each new write would be in doubt as well. One that was looked for since and has to
wait for itself alone (a summary that somebody has open) is before no other any more."""
_LOST = "the worker ended or took too long: whether it arrived is not known"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a worker asks for. `doubtful`: where any are unclear, up to so many of those and no others.
    `probing`: those that were tried least come first, so that one which nobody can write stops no other."""

    limit: int
    schools: Collection[str] | None = None
    kinds: Collection[EffectKind] | None = None
    doubtful: int | None = None
    probing: bool = False


def take(session: Session, owner: str, wanted: Wanted, settles_after: float) -> Sequence[Row]:
    """Lease what is due, oldest first. Workers pass over what another one is just taking."""
    now = session.now()
    _give_up_lost_leases(session, now, owner, wanted.schools, settles_after)
    if not (ids := _due_ids(session, now, wanted)):
        return []
    values = {"ids": ids, "by": owner, "until": now + LEASE}
    return sorted(session.rows(_TAKEN, values), key=lambda row: int(row.id))


def _due_ids(session: Session, now: datetime, wanted: Wanted) -> Sequence[int]:
    if wanted.probing:
        return _least_tried(session, now, wanted)
    if wanted.doubtful is None:
        found = [id_ for state in _DUE for id_ in _due_in(session, now, state, wanted, wanted.limit)]
        return sorted(found)[: wanted.limit]
    doubtful = _due_in(session, now, EffectState.UNCLEAR, wanted, wanted.doubtful)
    return doubtful or _due_in(session, now, EffectState.WAITING, wanted, wanted.limit)


def _due_in(session: Session, now: datetime, state: EffectState, wanted: Wanted, most: int) -> list[int]:
    """Kind by kind, each in the order of an index: nothing needs to be sorted."""
    schools, found = wanted.schools, list[int]()
    due = (_DUE if schools is None else _DUE_OF_SCHOOLS)[state]
    for kind in EffectKind if wanted.kinds is None else wanted.kinds:
        values = {"of_state": state, "of_kind": kind, "now": now, "most": most}
        values |= {} if schools is None else {"schools": list(schools)}
        found += [row.id for row in session.rows(due, values)]
    return sorted(found)[:most]


def _least_tried(session: Session, now: datetime, wanted: Wanted) -> list[int]:
    kinds = list(EffectKind if wanted.kinds is None else wanted.kinds)
    values = {"kinds": kinds, "now": now, "most": wanted.limit}
    if wanted.schools is None:
        return [row.id for row in session.rows(_LEAST_TRIED, values)]
    return [
        row.id for row in session.rows(_LEAST_TRIED_OF_SCHOOLS, values | {"schools": list(wanted.schools)})
    ]


def count_due(session: Session, schools: Collection[str]) -> dict[tuple[str, EffectKind], int]:
    """What `take` would find, were it to take all; first what has waited longest."""
    now, found = session.now(), Counter[tuple[str, EffectKind]]()
    for row in session.rows(_DUE_COUNT, {"now": now, "schools": list(schools)}):
        found[row.school, row.kind] += row.n
    for row in session.rows(_LEASED_BY, {"now": now, "schools": list(schools)}):
        if lost := row.n if is_dead(row.owner) else row.over:
            found[row.school, row.kind] += lost
    return dict(found)


def _give_up_lost_leases(
    session: Session,
    now: datetime,
    asking: str,
    schools: Collection[str] | None,
    settles_after: float,
) -> None:
    """They become unclear: whoever takes one looks first, and not before the last request of the worker that
    had it must have landed. It may have died in the very middle of one. Who asks is alive."""
    leased = effects.c.state == EffectState.LEASED
    owners = [row.owner for row in session.rows(_OWNERS)]
    if not owners:
        return
    if schools is not None:
        leased &= effects.c.school.in_(schools)
    over = (effects.c.leased_until <= now) | effects.c.owner.in_(
        [one for one in owners if one != asking and is_dead(one)]
    )
    lost = sa.select(effects.c.id).where(leased, over).order_by(effects.c.id)
    ids = [row.id for row in session.rows(lost.with_for_update(skip_locked=True))]
    unclear = {
        "state": EffectState.UNCLEAR,
        "look_first": True,
        "not_before": now + timedelta(seconds=settles_after) if settles_after else None,
        "owner": None,
        "leased_until": None,
        "reason": _LOST,
    }
    if ids:
        session.run(sa.update(effects).where(effects.c.id.in_(ids)).values(**unclear))


def _is_free() -> sa.ColumnElement[bool]:
    """A waiting row is held back by another one of its object that is in flight or parked."""
    other = effects.alias("other")
    same = (other.c.kind == effects.c.kind) & (other.c.key == effects.c.key)
    ahead = other.c.state.in_([EffectState.LEASED, EffectState.UNCLEAR, EffectState.PARKED])
    held_back = sa.exists().where(same, ahead, other.c.id != effects.c.id).correlate(effects)
    return (effects.c.state == EffectState.UNCLEAR) | ~held_back


# Written once: what differs from call to call is bound.
_DUE_NOW = effects.c.not_before.is_(None) | (effects.c.not_before <= sa.bindparam("now", type_=Moment))
_OF_SCHOOLS = effects.c.school.in_(sa.bindparam("schools", expanding=True))
_OLDEST = (
    sa.select(effects.c.id)
    .where(effects.c.state == sa.bindparam("of_state"), effects.c.kind == sa.bindparam("of_kind"), _DUE_NOW)
    .order_by(effects.c.id)
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)
)
_DUE = {EffectState.WAITING: _OLDEST.where(_is_free()), EffectState.UNCLEAR: _OLDEST}
_DUE_OF_SCHOOLS = {state: due.where(_OF_SCHOOLS) for state, due in _DUE.items()}
_TAKEN = (
    sa.update(effects)
    .where(effects.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(
        state=EffectState.LEASED,
        attempt=effects.c.attempt + 1,
        owner=sa.bindparam("by"),
        leased_until=sa.bindparam("until"),
        not_before=None,
    )
    .returning(effects)
)
_OPEN = effects.c.state.in_([EffectState.WAITING, EffectState.UNCLEAR])
_IN_DOUBT = sa.case((effects.c.state == EffectState.UNCLEAR, DOUBTS_FIRST), else_=0)
_LEAST_TRIED = (
    sa.select(effects.c.id)
    .where(_OPEN, effects.c.kind.in_(sa.bindparam("kinds", expanding=True)), _DUE_NOW, _is_free())
    .order_by(effects.c.attempt - _IN_DOUBT, effects.c.id)
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LEAST_TRIED_OF_SCHOOLS = _LEAST_TRIED.where(_OF_SCHOOLS)
_DUE_COUNT = (
    sa.select(effects.c.school, effects.c.kind, sa.func.count().label("n"))
    .where(_OPEN, _DUE_NOW, _is_free(), _OF_SCHOOLS)
    .group_by(effects.c.school, effects.c.kind)
    .order_by(sa.func.min(effects.c.id))
)
_IS_OVER = effects.c.leased_until <= sa.bindparam("now", type_=Moment)
_LEASED_BY = (
    sa.select(
        effects.c.school,
        effects.c.kind,
        effects.c.owner,
        sa.func.count().label("n"),
        sa.func.sum(sa.case((_IS_OVER, 1), else_=0)).label("over"),
    )
    .where(effects.c.state == EffectState.LEASED, _OF_SCHOOLS)
    .group_by(effects.c.school, effects.c.kind, effects.c.owner)
)
_OWNERS = sa.select(effects.c.owner).where(effects.c.state == EffectState.LEASED).distinct()
