"""The MIS adapter over Arbor: reads lists and the change log, writes follow-ups, and nothing else.

It never writes attendance: a mark is a statutory record, and its API does not say what became of one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from rp_arbor.asked import ENTITIES
from rp_arbor.attendance import Attendance
from rp_arbor.client import Arbor
from rp_arbor.exclusions import Exclusions
from rp_arbor.incidents import Incidents
from rp_arbor.listing import Listing
from rp_arbor.outcomes import FOLLOW_UP, Outcomes
from rp_arbor.people import PERSON, STUDENT, Pupils, Staff
from rp_arbor.readings import Readings
from rp_arbor.settings import ArborSettings
from rp_arbor.terms import HOLIDAY, TERM
from rp_arbor.values import id_of
from rp_connect.ports.mis import Cursor, Kind, MisSettings, OutcomeNote, Probe, Reading

_NEEDS: Mapping[str, Sequence[str]] = {
    "calendar": (TERM, HOLIDAY),
    "pupils": Pupils.needs,
    "staff": Staff.needs,
    "incidents": Incidents.needs,
    "suspensions": Exclusions.needs,
    "attendance": Attendance.needs,
    "outcomes": (FOLLOW_UP,),
}


class ArborAdapter:
    """One school's site. `pause` waits between two tries of a read."""

    def __init__(self, settings: MisSettings, pause: Callable[[float], None] = time.sleep) -> None:
        own = settings.own
        if not isinstance(own, ArborSettings):
            raise TypeError("Arbor is read with its own settings")
        self._arbor = Arbor(own, lambda: settings.secrets.read(own.token), pause)
        self._readings = Readings(self._arbor, own, settings.timezone)
        self._listing = Listing(self._arbor, own.page_size)
        self._outcomes = Outcomes(self._arbor, self._listing)

    def probe(self) -> Probe:
        """One row of every entity that is used: Arbor answers with an empty object where nothing of it is
        granted, and tells it of no other."""
        pupils = self._arbor.page(STUDENT, None, 1)
        asked = {STUDENT: pupils is not None, PERSON: not pupils or self._person_given(pupils[0])}
        granted = asked | {name: self._listing.granted(name) for name in ENTITIES if name not in asked}
        lacking = [name for name in ENTITIES if not granted[name]]
        can = [name for name, needs in _NEEDS.items() if not set(needs) & set(lacking)]
        return Probe(capabilities=can, not_granted=lacking)

    def _person_given(self, pupil: object) -> bool:
        """By the first pupil's: the list of persons would begin with anybody."""
        key = id_of((self._listing.filled(STUDENT, pupil) or {}).get("person"))
        return key is None or self._arbor.one(PERSON, key) != {}

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        return self._readings.changes(kind, cursor)

    def everything(self, kind: Kind) -> Reading:
        return self._readings.everything(kind)

    def find_outcome(self, note: OutcomeNote) -> str | None:
        return self._outcomes.find(note)

    def write_outcome(self, note: OutcomeNote) -> str:
        return self._outcomes.write(note)
