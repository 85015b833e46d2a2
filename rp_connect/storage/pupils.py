"""The pupils we hold, by our number and by the key that their MIS knows them under."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from rp_connect.domain.people import Pupil, PupilRecord
from rp_connect.storage.schools import number_of
from rp_connect.storage.session import Row, Session
from rp_connect.storage.tables import pupils

_FIELDS = tuple(PupilRecord.model_fields)


class SqlPupils:
    def __init__(self, session: Session) -> None:
        self._session = session

    def by_id(self, school: str, mis: str, ids: Collection[str]) -> Mapping[str, Pupil]:
        found = sa.select(pupils).where(pupils.c.school == school, pupils.c.mis == mis)
        rows = self._session.each(lambda some: found.where(pupils.c.id.in_(some)), ids)
        return {row.id: _pupil(row) for row in rows}

    def numbers(self, school: str, mis: str) -> Mapping[str, int]:
        found = sa.select(pupils.c.id, pupils.c.no).where(pupils.c.school == school, pupils.c.mis == mis)
        return {row.id: row.no for row in self._session.rows(found)}

    def get(self, numbers: Collection[int]) -> Mapping[int, Pupil]:
        rows = self._session.each(lambda some: sa.select(pupils).where(pupils.c.no.in_(some)), numbers)
        return {row.no: _pupil(row) for row in rows}

    def put(self, school: str, mis: str, records: Sequence[PupilRecord]) -> None:
        number_of(self._session, school)
        held = self.by_id(school, mis, [record.id for record in records])
        fresh = [record for record in records if record.id not in held or held[record.id].record != record]
        rows = [{"school": school, "mis": mis, **_values(record)} for record in fresh]
        self._session.upsert(pupils, ["school", "mis", "id"], rows)

    def rename(self, number: int, mis: str, new_id: str) -> None:
        self._session.run(sa.update(pupils).where(pupils.c.no == number).values(mis=mis, id=new_id))

    def on_roll(self, school: str, day: date) -> int:
        begun = pupils.c.on_roll_from.is_(None) | (pupils.c.on_roll_from <= day)
        not_ended = pupils.c.on_roll_to.is_(None) | (pupils.c.on_roll_to >= day)
        counted = sa.select(sa.func.count()).where(pupils.c.school == school, begun, not_ended)
        return int(self._session.rows(counted)[0][0])

    def every(self, school: str) -> Sequence[Pupil]:
        found = sa.select(pupils).where(pupils.c.school == school).order_by(pupils.c.no)
        return [_pupil(row) for row in self._session.rows(found)]


def _pupil(row: Row) -> Pupil:
    return Pupil(row.no, row.school, row.mis, PupilRecord(**{name: row._mapping[name] for name in _FIELDS}))


def _values(record: PupilRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in _FIELDS}
