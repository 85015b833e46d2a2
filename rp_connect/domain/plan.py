"""The reintegration plan of a case: that it exists, when it was begun and when it was shared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PlanKind(StrEnum):
    REINTEGRATION = "reintegration"
    ATTENDANCE = "attendance and belonging"
    BEHAVIOUR_SUPPORT = "positive behaviour support"
    RISK_MANAGEMENT = "risk management"


@dataclass(frozen=True, slots=True)
class Plan:
    """A cancelled suspension keeps its plan (duties.md, amendments)."""

    case: str
    kind: PlanKind
    begun_on: date
    shared_on: date | None = None
