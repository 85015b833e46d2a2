"""Suspensions: the newest report of each, and what is in force here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from rp_connect.domain.suspension import Suspension
from rp_connect.errors import NotFoundError
from rp_connect.storage.schools import number_of
from rp_connect.storage.session import Row, Select, Session
from rp_connect.storage.tables import suspensions
from rp_connect.storage.whens import columns, when

_SAME = (
    "school",
    "mis",
    "pupil_no",
    "record",
    "in_force",
    "first_seen",
    "first_pass",
    "questions",
)


class SqlSuspensions:
    def __init__(self, session: Session) -> None:
        self._session = session

    def by_id(self, school: str, mis: str, ids: Collection[str]) -> Mapping[str, Suspension]:
        found = self._to_change().where(suspensions.c.school == school, suspensions.c.mis == mis)
        rows = self._session.each(lambda some: found.where(suspensions.c.id.in_(some)), ids)
        return {row.id: _suspension(row) for row in rows}

    def get(self, number: int) -> Suspension:
        row = self._session.first(self._to_change().where(suspensions.c.no == number))
        if row is None:
            raise NotFoundError(f"There is no suspension number {number}.")
        return _suspension(row)

    def by_no(self, numbers: Collection[int]) -> Mapping[int, Suspension]:
        wanted = self._to_change()
        rows = self._session.each(lambda some: wanted.where(suspensions.c.no.in_(some)), numbers)
        return {row.no: _suspension(row) for row in rows}

    def of_pupils(self, pupil_nos: Collection[int]) -> Mapping[int, Sequence[Suspension]]:
        found: dict[int, list[Suspension]] = defaultdict(list)
        wanted = self._to_change()
        for row in self._session.each(lambda some: wanted.where(suspensions.c.pupil_no.in_(some)), pupil_nos):
            found[row.pupil_no].append(_suspension(row))
        return dict(found)

    def pupils_with(self, school: str) -> set[int]:
        return self._pupils(sa.select(suspensions.c.pupil_no).where(suspensions.c.school == school))

    def pupils_of_incidents(self, school: str, mis: str, incidents: Collection[str]) -> set[int]:
        known = sa.select(suspensions.c.pupil_no).where(
            suspensions.c.school == school, suspensions.c.mis == mis
        )
        rows = self._session.each(lambda some: known.where(suspensions.c.incident_id.in_(some)), incidents)
        return {row.pupil_no for row in rows}

    def put(self, suspensions_: Sequence[Suspension]) -> None:
        for school in {one.school for one in suspensions_}:
            number_of(self._session, school)
        self._session.upsert(suspensions, ["school", "mis", "id"], [_values(one) for one in suspensions_])

    def rename(self, number: int, mis: str, new_id: str) -> None:
        self._session.run(sa.update(suspensions).where(suspensions.c.no == number).values(mis=mis, id=new_id))

    def _to_change(self) -> Select:
        return self._session.for_change(sa.select(suspensions).order_by(suspensions.c.no))

    def _pupils(self, found: Select) -> set[int]:
        return {row.pupil_no for row in self._session.rows(found.distinct())}


def _suspension(row: Row) -> Suspension:
    same = {name: row._mapping[name] for name in _SAME}
    return Suspension(no=row.no, cancelled=when(row.cancelled_day, row.cancelled_at), **same)


def _values(suspension: Suspension) -> dict[str, Any]:
    same = {name: getattr(suspension, name) for name in _SAME}
    record = suspension.record
    return (
        same
        | columns("cancelled", suspension.cancelled)
        | {"id": record.id, "incident_id": record.incident_id}
    )
