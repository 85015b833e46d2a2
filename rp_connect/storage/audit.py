"""Who did what to a case, and when; in the order in which it happened."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from rp_connect.ports.store import AuditRow
from rp_connect.storage.case_tables import audit
from rp_connect.storage.schools import number_of
from rp_connect.storage.session import Session

_SAME = tuple(column.name for column in audit.c if column.name != "id")


class SqlAudit:
    def __init__(self, session: Session) -> None:
        self._session = session

    def write(self, row: AuditRow) -> None:
        number_of(self._session, row.school)
        self._session.run(sa.insert(audit), {name: getattr(row, name) for name in _SAME})

    def of_case(self, ref: str) -> Sequence[AuditRow]:
        columns = [audit.c[name] for name in _SAME]
        found = sa.select(*columns).where(audit.c.case == ref).order_by(audit.c.id)
        return [AuditRow(**row._mapping) for row in self._session.rows(found)]
