"""Outcomes go back to the MIS; where that takes none, to the list that staff enter by hand.

An MIS is looked at before each write: none of them has a key of ours that it would refuse to take twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rp_connect.domain.outcome import Outcome
from rp_connect.errors import UnsupportedError
from rp_connect.ports.hand_list import HandLine, HandList
from rp_connect.ports.mis import MisAdapter, OutcomeNote
from rp_connect.ports.store import UnitOfWork
from rp_connect.ports.workspace import LaneLimits, Written

BY_HAND = "by hand"
"""The external id of an outcome that stands in the list."""
LIMITS = LaneLimits(batch=5, alone=True)
SETTLES_AFTER_S = 60.0
"""For how long a write whose outcome is unclear could still land in an MIS."""


@dataclass(frozen=True, slots=True)
class OutcomeShelf:
    """Outcomes of one school, as `put_all` puts things on shelves."""

    mis: Callable[[], MisAdapter]
    hand_list: Callable[[], HandList]
    notes: Mapping[str, OutcomeNote]

    def find(self, key: str) -> Written | None:
        """In the MIS, else in the list: an MIS that can be looked into may yet take none."""
        try:
            found = self.mis().find_outcome(self.notes[key])
        except UnsupportedError:
            found = None
        if found is None and self.hand_list().holds(key):
            found = BY_HAND
        return None if found is None else Written(found, "")

    def create(self, note: OutcomeNote) -> Written:
        try:
            return Written(self.mis().write_outcome(note), "")
        except UnsupportedError:
            self.hand_list().add(HandLine(note.outcome, note.pupil_ids, note.suspension_id))
            return Written(BY_HAND, "")

    def update(self, external_id: str, note: OutcomeNote) -> Written:
        """What was written stays as it was written."""
        return Written(external_id, "")


def note_of(work: UnitOfWork, outcome: Outcome) -> OutcomeNote:
    """The outcome with the records of its case, by their ids in the MIS. Raises NotFoundError."""
    case = work.cases.get(outcome.case)
    pupils = work.pupils.get([party.pupil_no for party in case.parties])
    suspension = work.suspensions.get(case.suspension_no) if case.suspension_no else None
    record = suspension.record if suspension else None
    return OutcomeNote(
        outcome=outcome,
        pupil_ids=[pupils[party.pupil_no].record.id for party in case.parties if party.pupil_no in pupils],
        suspension_id=record.id if record else None,
        incident_id=record.incident_id if record else None,
    )
