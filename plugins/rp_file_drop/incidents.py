"""incidents.csv: one row a pupil; the rows with one incident_id are one incident."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rp_connect.domain.incident import IncidentRecord, IncidentRole, Involvement
from rp_connect.domain.when import When
from rp_file_drop.cells import Cells, UnreadableError
from rp_file_drop.gather import Outcome, Place, gather
from rp_file_drop.words import note

_ROLES = {role.value: role for role in IncidentRole}


@dataclass(frozen=True, slots=True, repr=False)
class IncidentRow:
    """The incident as this row tells it, with this row's pupil in it alone. `unknown` is an unmapped role."""

    incident: IncidentRecord
    unknown: str

    @property
    def involved(self) -> Involvement:
        return self.incident.involved[0]


def read_incidents(rows: Iterable[Cells], place: Place) -> Outcome:
    found = gather(place.sites.ours(rows), ("incident_id", "pupil_id"), to_row)
    by_incident: dict[str, list[IncidentRow]] = {}
    for row in found.records:
        note(row.unknown, place.unmapped)
        by_incident.setdefault(row.incident.id, []).append(row)
    return Outcome([_joined(rows) for rows in by_incident.values()], found.refusals, len(found.keys))


def to_row(cells: Cells) -> IncidentRow:
    involved, unknown = _involvement(cells)
    incident = IncidentRecord(
        id=cells.id("incident_id"),
        occurred=_occurred(cells),
        kind=cells.needed("type"),
        recorded=cells.when("recorded_at"),
        location=cells.text("location"),
        description=cells.prose("description"),
        involved=(involved,),
    )
    return IncidentRow(incident, unknown)


def _occurred(cells: Cells) -> When:
    when = cells.when("occurred_at")
    if when is None:
        raise UnreadableError("occurred_at is empty")
    return when


def _involvement(cells: Cells) -> tuple[Involvement, str]:
    word = cells.word("role")
    role = _ROLES.get(word.lower())
    involved = Involvement(
        pupil_id=cells.id("pupil_id"),
        role=role or IncidentRole.AFFECTED,
        role_word=cells.raw("role"),
        action=cells.text("action"),
        status=cells.text("status"),
    )
    return involved, "" if role else word


def _joined(rows: list[IncidentRow]) -> IncidentRecord:
    """What the rows tell of the incident itself is taken from the row of the smallest pupil_id."""
    if len(rows) == 1:
        return rows[0].incident
    rows = sorted(rows, key=lambda row: row.involved.pupil_id)
    return rows[0].incident.model_copy(update={"involved": tuple(row.involved for row in rows)})
