"""Leasing: which rows of the outbox a worker may take, and what becomes of those that a dead worker held."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from rp_connect.domain.effect import EffectState
from rp_connect.storage.case_tables import effects
from rp_connect.storage.owners import is_dead
from rp_connect.storage.session import Row, Session

LEASE = timedelta(seconds=60)
_LOST = "the worker ended or took too long: whether it arrived is not known"


def take(session: Session, owner: str, limit: int, schools: Collection[str] | None) -> Sequence[Row]:
    """Lease what is due, oldest first. Workers pass over what another one is just taking."""
    now = session.now()
    _give_up_lost_leases(session, now)
    due = sa.select(effects.c.id).where(_is_due(now), _is_free()).order_by(effects.c.id).limit(limit)
    due = due if schools is None else due.where(effects.c.school.in_(schools))
    ids = [row.id for row in session.rows(due.with_for_update(skip_locked=True))]
    leased = {
        "state": EffectState.LEASED,
        "attempt": effects.c.attempt + 1,
        "owner": owner,
        "leased_until": now + LEASE,
        "not_before": None,
    }
    taken = sa.update(effects).where(effects.c.id.in_(ids)).values(**leased).returning(effects)
    return sorted(session.rows(taken), key=lambda row: int(row.id)) if ids else []


def _give_up_lost_leases(session: Session, now: datetime) -> None:
    """They become unclear, and are due: whoever takes one looks first."""
    leased = effects.c.state == EffectState.LEASED
    owners = [row.owner for row in session.rows(sa.select(effects.c.owner).where(leased).distinct())]
    if not owners:
        return
    over = (effects.c.leased_until <= now) | effects.c.owner.in_([one for one in owners if is_dead(one)])
    lost = sa.select(effects.c.id).where(leased, over).order_by(effects.c.id)
    ids = [row.id for row in session.rows(lost.with_for_update(skip_locked=True))]
    unclear = {
        "state": EffectState.UNCLEAR,
        "look_first": True,
        "not_before": None,
        "owner": None,
        "leased_until": None,
        "reason": _LOST,
    }
    if ids:
        session.run(sa.update(effects).where(effects.c.id.in_(ids)).values(**unclear))


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    open_ = effects.c.state.in_([EffectState.WAITING, EffectState.UNCLEAR])
    return open_ & (effects.c.not_before.is_(None) | (effects.c.not_before <= now))


def _is_free() -> sa.ColumnElement[bool]:
    """A waiting row is held back by another one of its object that is in flight or parked."""
    other = effects.alias("other")
    same = (other.c.kind == effects.c.kind) & (other.c.key == effects.c.key)
    ahead = other.c.state.in_([EffectState.LEASED, EffectState.UNCLEAR, EffectState.PARKED])
    held_back = sa.exists().where(same, ahead, other.c.id != effects.c.id).correlate(effects)
    return (effects.c.state == EffectState.UNCLEAR) | ~held_back
