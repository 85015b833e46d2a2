"""A restorative case: its kind, its stage, and which stage may follow which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rp_connect.domain.party import Party
from rp_connect.errors import GateError, UsageError


class Stage(StrEnum):
    """Where a case stands (DESIGN §3)."""

    REFERRED = "referred"
    TRIAGE = "triage"
    SAFEGUARDING_HOLD = "safeguarding hold"
    SUITABILITY = "suitability"
    PREPARING = "preparing"
    READY = "ready"
    HELD = "held"
    AGREEMENT_ACTIVE = "agreement active"
    REVIEWING = "reviewing"
    CLOSED = "closed"


# Without the gate, which arrives with casework, a case can be triaged, prepared and closed.
FOLLOWS: dict[Stage, frozenset[Stage]] = {
    Stage.REFERRED: frozenset({Stage.TRIAGE, Stage.CLOSED}),
    Stage.TRIAGE: frozenset({Stage.PREPARING, Stage.CLOSED}),
    Stage.PREPARING: frozenset({Stage.CLOSED}),
    Stage.CLOSED: frozenset(),
}
GATED = frozenset(
    {
        Stage.SAFEGUARDING_HOLD,
        Stage.SUITABILITY,
        Stage.READY,
        Stage.HELD,
        Stage.AGREEMENT_ACTIVE,
        Stage.REVIEWING,
    }
)


@dataclass(frozen=True, slots=True)
class CaseKind:
    """A kind of case that a practice plugin registers, for instance the reintegration after a suspension."""

    name: str
    label: str
    opens_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`ref` is the reference people use (RP-2026-0001); `suspension_no` the suspension it follows, if any.
    `first_pass` is the number of the sync that opened it.
    """

    ref: str
    school: str
    kind: str
    stage: Stage
    opened_at: datetime
    first_pass: int
    parties: tuple[Party, ...] = ()
    suspension_no: int | None = None
    linked: tuple[str, ...] = ()


def next_stage(case: Case, wanted: Stage) -> Stage:
    """`wanted`, where the case may go there; raises GateError behind the gate, UsageError elsewhere."""
    if wanted in GATED:
        raise GateError(f"{case.ref}: the stage “{wanted}” needs the gate, which arrives with casework.")
    if wanted not in FOLLOWS.get(case.stage, frozenset()):
        raise UsageError(f"{case.ref} is at “{case.stage}”: it cannot go to “{wanted}” from there.")
    return wanted
