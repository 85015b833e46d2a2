"""What people agreed: items with an owner and a date. Casework fills it; its values are fixed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ItemState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed by all"
    IN_PROGRESS = "in progress"
    KEPT = "kept"
    KEPT_LATE = "kept late"
    VARIED = "varied"
    NOT_KEPT = "not kept"
    NO_LONGER_NEEDED = "no longer needed"


@dataclass(frozen=True, slots=True, repr=False)
class AgreementItem:
    """`words` are the people's own and stay out of every title, log and queue."""

    case: str
    number: int
    words: str
    owner: str
    due: date
    state: ItemState = ItemState.PROPOSED

    def __repr__(self) -> str:
        return f"<AgreementItem {self.case} {self.number} {self.state}>"
