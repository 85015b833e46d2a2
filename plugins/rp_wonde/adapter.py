"""The MIS adapter over Wonde: reads by what changed, writes outcomes as new behaviours, and nothing else.

Marks are another matter: see `mark_writing`.
"""

from __future__ import annotations

from collections.abc import Iterator

from rp_connect.ports.mis import Cursor, Kind, MisSettings, OutcomeNote, Probe, Reading
from rp_wonde.attendance import CODES, MARKS
from rp_wonde.attributes import PATH as ATTRIBUTES
from rp_wonde.attributes import attributes_of, problems_of
from rp_wonde.client import Row, Wonde
from rp_wonde.faults import NotGrantedError
from rp_wonde.outcomes import Outcomes
from rp_wonde.people import INCLUDES
from rp_wonde.readings import Readings
from rp_wonde.school import school_of, takes_writes
from rp_wonde.settings import WondeSettings
from rp_wonde.webhook_secret import problems_of_secret

_LISTS = {
    "pupils": ("students",),
    "staff": ("employees",),
    "incidents": ("behaviours",),
    "suspensions": ("exclusions",),
    "attendance": (MARKS, CODES),
}


class WondeAdapter:
    """One school."""

    def __init__(self, settings: MisSettings) -> None:
        own = settings.own
        if not isinstance(own, WondeSettings):
            raise TypeError("Wonde is read with its own settings")
        self._own = own
        self._secrets = settings.secrets
        self._wonde = Wonde(own, lambda: settings.secrets.read(own.token))
        self._readings = Readings(self._wonde, own, settings.timezone)
        self._outcomes = Outcomes(self._wonde, own, self._readings)
        self._looked = False

    def probe(self) -> Probe:
        """One small request for each list. Raises what keeps the school from being asked at all."""
        school = school_of(self._wonde, self._own)
        refused = [path for paths in _LISTS.values() for path in paths if not self._gives(path)]
        refused += [] if self._gives("deletions") else ["deletions"]
        capabilities = [kind for kind, paths in _LISTS.items() if not set(paths) & set(refused)]
        refused += self._details() if "students" not in refused else []
        problems = list(self._outcome_problems(school, refused))
        if not problems and takes_writes(school):
            capabilities.append("outcomes")
        if "attendance" in capabilities and takes_writes(school):
            capabilities.append("marks")
        problems += problems_of_secret(self._own, self._secrets)
        return Probe(tuple(capabilities), tuple(refused), tuple(problems))

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        self._look(kind)
        return self._readings.changes(kind, cursor)

    def everything(self, kind: Kind) -> Reading:
        self._look(kind)
        return self._readings.everything(kind)

    def find_outcome(self, note: OutcomeNote) -> str | None:
        return self._outcomes.find(note)

    def write_outcome(self, note: OutcomeNote) -> str:
        return self._outcomes.write(note)

    def _look(self, kind: Kind) -> None:
        """Each sync begins with pupils: is it still this school, in this region, and does it let us in?"""
        if kind is Kind.PUPIL or (kind is not Kind.CALENDAR and not self._looked):
            school_of(self._wonde, self._own)
            self._looked = True

    def _gives(self, path: str) -> bool:
        params = {"per_page": "1", **({"type": "student"} if path == "deletions" else {})}
        try:
            next(self._wonde.documents(path, params))
        except NotGrantedError:
            return False
        return True

    def _details(self) -> list[str]:
        """The details of pupils that are refused, or left out of a pupil's row."""
        return [name for name in INCLUDES if not self._gives_detail(name)]

    def _gives_detail(self, name: str) -> bool:
        try:
            rows = self._wonde.rows("students", {"per_page": "1", "include": name})
            first = next(rows, None)
        except NotGrantedError:
            return False
        return first is None or (isinstance(first, dict) and first.get(name) is not None)

    def _outcome_problems(self, school: Row, refused: list[str]) -> Iterator[str]:
        """Nothing to say where the school takes none, or nobody chose what an outcome is written as."""
        if not takes_writes(school) or "behaviours" in refused:
            return
        try:
            known = attributes_of(self._wonde) if self._own.outcome_type else {}
        except NotGrantedError:
            refused.append(ATTRIBUTES)
            yield "Wonde does not give the school's words for behaviours, so no outcome can be written."
            return
        yield from problems_of(self._own, known)
