"""Incidents, with every pupil in them.

Arbor has no roles. Whoever has a behaviour of their own recorded in an incident is responsible for it; what
a bare involvement means is configuration.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rp_arbor.client import Query
from rp_arbor.listing import Listing
from rp_arbor.parts import Parts
from rp_arbor.people import STUDENT
from rp_arbor.settings import ArborSettings
from rp_arbor.values import BadRowError, Ref, Row, free_text, needed_ref, ref, shown, when, words
from rp_connect.domain.incident import IncidentRecord, IncidentRole, Involvement

INCIDENT = "BehaviouralIncident"
INVOLVED, BEHAVED, ACTION = (
    "BehaviouralIncidentStudentInvolvement",
    "BehaviouralIncidentBehaviour",
    "BehaviouralIncidentAction",
)


class _Part(NamedTuple):
    """One pupil's part; `word` is the behaviour or the action as Arbor shows it."""

    pupil: str
    word: str


class Incidents:
    label = "behavioural-incidents"
    mains: Sequence[str] = (INCIDENT,)
    parts: Sequence[str] = (INVOLVED, BEHAVED, ACTION)
    needs: Sequence[str] = (INCIDENT, INVOLVED, BEHAVED)
    deletable = True

    def __init__(self, listing: Listing, own: ArborSettings, timezone: ZoneInfo) -> None:
        self._listing = listing
        self._role = IncidentRole(own.involvement_role)
        self._timezone = timezone
        whose = "behaviouralIncident"
        self._involved = Parts(listing, INVOLVED, whose, lambda row: _part(row, ""), needed=True)
        self._behaved = Parts(listing, BEHAVED, whose, lambda row: _part(row, "behaviour"), needed=True)
        self._actions = Parts(listing, ACTION, whose, lambda row: _part(row, "action"))
        self.unmapped: list[str] = []

    def granted(self) -> bool:
        """An incident without anybody in it would be of no use, and without behaviours the responsible pupil
        would be told as an affected one."""
        return self._listing.all_granted(self.needs)

    def read_parts(self) -> None:
        for parts in (self._involved, self._behaved, self._actions):
            parts.read_all()

    def owners(self, part: str, key: str) -> Sequence[Ref] | None:
        row = self._listing.arbor.one(part, key)
        try:
            found = ref(row or {}, "behaviouralIncident")
        except BadRowError:
            return None
        return None if found is None else [found]

    def name(self, whose: Ref) -> str:
        return whose.key

    def refused(self, whose: Ref, row: Row) -> str:
        return whose.key

    def recent(self, entity: str) -> Query | None:
        return None

    def record(self, whose: Ref, row: Row) -> IncidentRecord:
        occurred = when(row, "incidentDatetime", self._timezone)
        if occurred is None:
            raise BadRowError("incidentDatetime is missing")
        behaved, actions = self._behaved.of(whose), self._actions.of(whose)
        pupils = [part.pupil for part in (*self._involved.of(whose), *behaved) if part.pupil]
        return IncidentRecord(
            id=whose.key,
            occurred=occurred,
            kind=shown(row, "behaviour") or words(row, "incidentName") or _joined(behaved),
            location=shown(row, "location"),
            description=free_text(row, "narrative"),
            involved=tuple(self._involvement(p, behaved, actions) for p in dict.fromkeys(pupils)),
        )

    def _involvement(self, pupil: str, behaved: Sequence[_Part], actions: Sequence[_Part]) -> Involvement:
        mine = any(part.pupil == pupil for part in behaved)
        return Involvement(
            pupil_id=pupil,
            role=IncidentRole.RESPONSIBLE if mine else self._role,
            action=_joined([part for part in actions if part.pupil == pupil]),
        )


def _part(row: Row, name: str) -> _Part:
    """An action may be nobody's in particular."""
    student = ref(row, "student") if name == "action" else needed_ref(row, "student")
    if student is not None and student.entity != STUDENT:
        raise BadRowError("student is no Student")
    return _Part(student.key if student else "", shown(row, name) if name else "")


def _joined(parts: Sequence[_Part]) -> str:
    return ", ".join(dict.fromkeys(part.word for part in parts if part.word))
