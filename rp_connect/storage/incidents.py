"""Incidents, each with everybody in it, as the MIS records them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from rp_connect.domain.incident import IncidentRecord, Involvement
from rp_connect.domain.when import When
from rp_connect.storage.schools import number_of
from rp_connect.storage.session import Row, Session, in_lots
from rp_connect.storage.tables import incidents, involvements
from rp_connect.storage.whens import columns, when


class SqlIncidents:
    def __init__(self, session: Session) -> None:
        self._session = session

    def by_id(self, school: str, mis: str, ids: Collection[str]) -> Mapping[str, IncidentRecord]:
        rows = self._rows(school, mis, ids)
        involved = self._involved([row.no for row in rows])
        return {row.id: _incident(row, involved[row.no]) for row in rows}

    def put(self, school: str, mis: str, records: Sequence[IncidentRecord]) -> None:
        number_of(self._session, school)
        held = self.by_id(school, mis, [record.id for record in records])
        # Of several with one id the last one counts.
        fresh = {record.id: record for record in records if held.get(record.id) != record}
        values = [{"school": school, "mis": mis, **_values(record)} for record in fresh.values()]
        self._session.upsert(incidents, ["school", "mis", "id"], values)
        numbers = {row.id: row.no for row in self._rows(school, mis, fresh)}
        self._replace_involved({numbers[id]: record.involved for id, record in fresh.items()})

    def _rows(self, school: str, mis: str, ids: Collection[str]) -> Sequence[Row]:
        found = sa.select(incidents).where(incidents.c.school == school, incidents.c.mis == mis)
        return list(self._session.each(lambda some: found.where(incidents.c.id.in_(some)), ids))

    def _involved(self, numbers: Collection[int]) -> Mapping[int, Sequence[Involvement]]:
        found: dict[int, list[Involvement]] = defaultdict(list)
        order = involvements.c.incident_no, involvements.c.position
        wanted = sa.select(involvements).order_by(*order)
        for row in self._session.each(lambda some: wanted.where(order[0].in_(some)), numbers):
            found[row.incident_no].append(_involvement(row))
        return found

    def _replace_involved(self, involved: Mapping[int, Iterable[Involvement]]) -> None:
        for some in in_lots(involved):
            self._session.run(sa.delete(involvements).where(involvements.c.incident_no.in_(some)))
        rows = [
            {"incident_no": number, "position": position, **one.model_dump()}
            for number, everybody in involved.items()
            for position, one in enumerate(everybody)
        ]
        if rows:
            self._session.run(sa.insert(involvements), rows)


def _incident(row: Row, involved: Iterable[Involvement]) -> IncidentRecord:
    return IncidentRecord(
        id=row.id,
        occurred=When(row.occurred_day, row.occurred_at),
        kind=row.kind,
        recorded=when(row.recorded_day, row.recorded_at),
        location=row.location,
        description=row.description,
        involved=tuple(involved),
    )


def _involvement(row: Row) -> Involvement:
    return Involvement(**{name: row._mapping[name] for name in Involvement.model_fields})


def _values(record: IncidentRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "kind": record.kind,
        "location": record.location,
        "description": record.description,
        **columns("occurred", record.occurred),
        **columns("recorded", record.recorded),
    }
