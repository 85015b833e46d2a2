"""Removing effects that were done long ago: those that a newer one of their object followed, and old notices.

The newest row of every other object stays with it: its revision is how a later write is told from an earlier
one. A notice bears its day in its key, and is asked for on that day alone.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.storage.case_tables import effects
from rp_connect.storage.session import Session

_IS_DONE = effects.c.state == EffectState.DONE
_newer = effects.alias("newer")
_FOLLOWED = (
    sa.exists()
    .where(
        _newer.c.kind == effects.c.kind,
        _newer.c.key == effects.c.key,
        _newer.c.revision > effects.c.revision,
    )
    .correlate(effects)
)


def retire(session: Session, limit: int, kept: timedelta) -> int:
    """Up to `limit` rows that were done longer than `kept` ago; how many."""
    now = session.now()
    over = sa.select(effects.c.id).where(
        _IS_DONE,
        effects.c.done_at < now - kept,
        _FOLLOWED | (effects.c.kind == EffectKind.NOTICE),
    )
    return session.run(sa.delete(effects).where(effects.c.id.in_(over.limit(limit))))


def date(session: Session, limit: int) -> int:
    """Up to `limit` rows, so that nobody who writes waits long; how many."""
    undated = sa.select(effects.c.id).where(_IS_DONE, effects.c.done_at.is_(None)).order_by(effects.c.id)
    some = effects.c.id.in_(undated.limit(limit))
    return session.run(sa.update(effects).where(some).values(done_at=session.now()))
