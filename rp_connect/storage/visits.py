"""Who is signed in to the pages."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from rp_connect.ports.visits import Visit
from rp_connect.storage.case_tables import visits
from rp_connect.storage.session import Session


class SqlVisits:
    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self, visit: Visit) -> bool:
        row = {column.name: getattr(visit, column.name) for column in visits.c}
        self._session.run(self._session.insert(visits).on_conflict_do_nothing(), row)
        # Asked, because a driver need not say how many rows such an insert touched.
        held = self.get(visit.digest)
        return held is not None and held.attempt == visit.attempt

    def get(self, digest: str) -> Visit | None:
        row = self._session.first(sa.select(visits).where(visits.c.digest == digest))
        return None if row is None else Visit(**row._mapping)

    def end(self, digest: str) -> None:
        """The row stays, so that its attempt opens no second visit; nobody's cookie has this digest."""
        ended = {"digest": f"ended {digest}", "who": ""}
        self._session.run(sa.update(visits).where(visits.c.digest == digest).values(**ended))

    def forget(self, before: datetime) -> None:
        self._session.run(sa.delete(visits).where(visits.c.began < before))
