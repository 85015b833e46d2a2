"""An incident and who was in it, as the MIS records it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from rp_connect.domain.when import When


class IncidentRole(StrEnum):
    """What a pupil was in an incident; a word that nobody mapped counts as affected."""

    HARMED = "harmed"
    RESPONSIBLE = "responsible"
    BOTH = "both"
    AFFECTED = "affected"
    WITNESS = "witness"
    SUPPORTER = "supporter"


class Involvement(BaseModel):
    """One pupil in one incident (one row of the MIS). `role_word` is the MIS's own word, kept verbatim."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    pupil_id: str
    role: IncidentRole
    role_word: str = ""
    action: str = ""
    status: str = ""

    def __repr__(self) -> str:
        return f"<Involvement {self.pupil_id} {self.role}>"

    __str__ = __repr__


class IncidentRecord(BaseModel):
    """An incident with everybody in it. `description` is free text and stays out of every log.

    Without `involved` the MIS has nobody in it any more, and what hung on them lapses: where pupils are in it
    but none could be read, the adapter refuses the incident instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str
    occurred: When
    kind: str
    recorded: When | None = None
    location: str = ""
    description: str = ""
    involved: tuple[Involvement, ...] = ()

    def harmed_other_than(self, pupil_id: str) -> bool:
        """Whether somebody else in it was harmed (harmed, or both harmed and responsible)."""
        hurt = (IncidentRole.HARMED, IncidentRole.BOTH)
        return any(i.role in hurt and i.pupil_id != pupil_id for i in self.involved)

    def __repr__(self) -> str:
        return f"<IncidentRecord {self.id}>"

    __str__ = __repr__
