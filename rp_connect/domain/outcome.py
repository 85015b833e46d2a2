"""How a restorative meeting ended, in the few words that may go to the MIS: never what was said in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class OutcomeResult(StrEnum):
    """Separate meetings are of equal worth to a joint one."""

    AGREED = "agreed"
    NOT_AGREED = "not-agreed"
    SEPARATE = "separate"


SAID = {
    OutcomeResult.AGREED: "Restorative conference held; agreement reached",
    OutcomeResult.NOT_AGREED: "Restorative conference held; no agreement reached",
    OutcomeResult.SEPARATE: "Restorative meetings held separately",
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Outcome:
    """`number` counts the outcomes of a case from 1: a later one corrects or follows those before it.

    `note` is what a person typed for the MIS, word for word. `external_id` is the MIS's own id, once written.
    """

    case: str
    school: str
    number: int
    held_on: date
    result: OutcomeResult
    note: str
    recorded_by: str
    recorded_at: datetime
    external_id: str | None = None

    @property
    def key(self) -> str:
        """Our idempotency key."""
        return f"{self.case}.outcome.{self.number}"

    @property
    def text(self) -> str:
        """What the MIS should say; it begins with the key, by which it is found again."""
        said = f"[{self.key}] {SAID[self.result]} on {self.held_on.day} {self.held_on:%B %Y}."
        return f"{said} {self.note}".strip()

    def __repr__(self) -> str:
        return f"<Outcome {self.key} {self.result}>"
