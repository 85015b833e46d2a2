"""Wishes into the outbox: a waiting or parked row is brought up to date, else a new one waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.storage.case_tables import STANDING, effects
from rp_connect.storage.schools import number_of
from rp_connect.storage.session import Session

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert  # PostgreSQL's takes the same words

_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(name, 7)) FROM unnest(%s::text[]) AS name"
_BUILT: dict[bool, Insert] = {}


def want(session: Session, kind: EffectKind, keys: Sequence[str], *, school: str, case: str | None) -> None:
    """State for each of these objects in turn that it should be as the store now says."""
    if not keys:
        return
    number_of(session, school)
    _alone_with(session, kind, keys)
    rows = [{"of": kind, "named": key, "in_school": school, "of_case": case} for key in keys]
    session.run(_statement(session), rows)


def _alone_with(session: Session, kind: EffectKind, keys: Sequence[str]) -> None:
    """On PostgreSQL a statement does not see a row that another worker leased since it began, and would
    give its revision again; so whoever wants an object has it to themselves until the end. (On SQLite
    every writer is alone.)"""
    if session.postgres and not session.rehearsing:
        session.sql(_ALONE, ([f"{kind.value} {key}" for key in sorted(keys)],))


def _statement(session: Session) -> Insert:
    """Built once for each kind of database: that takes longer than running it."""
    if session.postgres not in _BUILT:
        _BUILT[session.postgres] = _built(session.insert(effects))
    return _BUILT[session.postgres]


def _built(insert: Insert) -> Insert:
    same = (effects.c.kind == sa.bindparam("of")) & (effects.c.key == sa.bindparam("named"))
    highest = sa.select(sa.func.coalesce(sa.func.max(effects.c.revision), 0)).where(same).scalar_subquery()
    wanted = insert.values(
        school=sa.bindparam("in_school"), case=sa.bindparam("of_case"), kind=sa.bindparam("of"),
        key=sa.bindparam("named"), revision=highest + 1,
        state=EffectState.WAITING, attempt=0, look_first=False,
    )  # fmt: skip
    # On PostgreSQL somebody else's bump may not be seen by `highest`.
    theirs, ours = effects.c.revision, wanted.excluded.revision
    grown = sa.case((ours > theirs, ours), else_=theirs + 1)
    return wanted.on_conflict_do_update(
        index_elements=["kind", "key"], index_where=STANDING, set_={"revision": grown}
    )
