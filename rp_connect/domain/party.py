"""Who is in a case, in the field's words: harmed and responsible, never victim or offender."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PartyRole(StrEnum):
    HARMED = "harmed"
    RESPONSIBLE = "responsible"
    BOTH = "both"
    AFFECTED = "affected"
    SUPPORTER = "supporter"
    FACILITATOR = "facilitator"
    PEER_MEDIATOR = "peer mediator"
    PARENT = "parent"
    PROFESSIONAL = "professional"
    OBSERVER = "observer"


@dataclass(frozen=True, slots=True)
class Party:
    """A pupil's part in a case, by our own number for the pupil."""

    pupil_no: int
    role: PartyRole
