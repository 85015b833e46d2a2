"""The members of staff that a school's MIS knows."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from rp_connect.domain.people import StaffRecord
from rp_connect.storage.schools import number_of
from rp_connect.storage.session import Session
from rp_connect.storage.tables import staff


class SqlStaff:
    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, school: str, mis: str, records: Sequence[StaffRecord]) -> None:
        number_of(self._session, school)
        rows = [{"school": school, "mis": mis, **record.model_dump()} for record in records]
        self._session.upsert(staff, ["school", "mis", "id"], rows)

    def every(self, school: str, mis: str | None = None) -> Sequence[StaffRecord]:
        columns = [staff.c[name] for name in StaffRecord.model_fields]
        found = sa.select(*columns).where(staff.c.school == school).order_by(staff.c.mis, staff.c.id)
        if mis is not None:
            found = found.where(staff.c.mis == mis)
        return [StaffRecord(**row._mapping) for row in self._session.rows(found)]
