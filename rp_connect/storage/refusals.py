"""Records that could not be read: their keys and why, never their contents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from rp_connect.ports.mis import Refusal
from rp_connect.ports.store import Refused
from rp_connect.storage.schools import number_of
from rp_connect.storage.session import Session, in_lots
from rp_connect.storage.tables import refusals

_KEY = ("school", "source", "kind", "key")


class SqlRefusals:
    def __init__(self, session: Session) -> None:
        self._session = session

    def replace(self, school: str, source: str, kind: str, found: Sequence[Refusal], now: datetime) -> None:
        here = (refusals.c.school == school) & (refusals.c.source == source) & (refusals.c.kind == kind)
        standing = {row.key for row in self._session.rows(sa.select(refusals.c.key).where(here))}
        for gone in in_lots(standing - {refusal.key for refusal in found}):
            self._session.run(sa.delete(refusals).where(here, refusals.c.key.in_(gone)))
        self.add(school, source, kind, found, now)

    def add(self, school: str, source: str, kind: str, found: Sequence[Refusal], now: datetime) -> None:
        if not found:
            return
        number_of(self._session, school)
        same = {"school": school, "source": source, "kind": kind, "first_seen": now}
        rows = [same | {"key": refusal.key, "reason": refusal.reason} for refusal in found]
        insert = self._session.insert(refusals)
        told = {"reason": insert.excluded.reason}  # first_seen stays
        self._session.run(insert.on_conflict_do_update(index_elements=_KEY, set_=told), rows)

    def every(self, school: str | None = None) -> Sequence[Refused]:
        found = sa.select(refusals).order_by(*(refusals.c[name] for name in _KEY))
        found = found if school is None else found.where(refusals.c.school == school)
        return [Refused(**row._mapping) for row in self._session.rows(found)]

    def counts(self, schools: Collection[str]) -> Mapping[str, int]:
        counted = sa.select(refusals.c.school, sa.func.count().label("n")).group_by(refusals.c.school)
        rows = self._session.each(lambda some: counted.where(refusals.c.school.in_(some)), schools)
        return {row.school: row.n for row in rows}
