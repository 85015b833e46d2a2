"""Single marks that a person chose go into the register of the school's MIS (`POST attendance/session`).

Wonde cannot be asked for one mark: what changed since a moment is read, and the rows of those pupils and
sessions are looked for in it. A code is addressed by Wonde's id, which is each school's own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Half
from rp_connect.domain.mark_choice import NO_MARK
from rp_connect.errors import ConfigError, GoneError, TryLaterError, UnclearError, UnsupportedError
from rp_connect.ports.mis import MisSettings
from rp_connect.ports.register import MarkPlace
from rp_wonde.attendance import MARKS, codes_of
from rp_wonde.client import Wonde
from rp_wonde.readings import Readings
from rp_wonde.roll import Roll
from rp_wonde.school import school_of, takes_writes
from rp_wonde.settings import WondeSettings
from rp_wonde.values import BadRowError, Row, asked_moment, day_of, key_or_none, word_of
from rp_wonde.writebacks import Taken, ended, followed, said_of, taken_now

UNREADABLE = "?"
"""What a row says whose code is none of the school's: certainly nothing that a person saw."""


class _Way(NamedTuple):
    """A mark that Wonde took and has not carried out, as far as we know."""

    code: str
    taken: Taken


class WondeRegister:
    """Of one school. What is on its way is known to this object alone."""

    def __init__(self, settings: MisSettings) -> None:
        own = settings.own
        if not isinstance(own, WondeSettings):
            raise TypeError("Wonde is written to with its own settings")
        self._own = own
        self._zone = settings.timezone
        self._wonde = Wonde(own, lambda: settings.secrets.read(own.token))
        self._readings = Readings(self._wonde, own, settings.timezone)
        self._ways: dict[MarkPlace, _Way] = {}

    def codes(self) -> Collection[str]:
        self._require()
        return self._ids().keys()

    def read(self, places: Collection[MarkPlace], since: datetime) -> Mapping[MarkPlace, str | TryLaterError]:
        listed = self._listed(places, since)
        said = {place: self._said(place, listed.get(place)) for place in places}
        return {place: word for place, word in said.items() if word is not None}

    def write(self, mark: Mark) -> None:
        """Raises as `Register` says."""
        self._require()
        place = MarkPlace(*mark[:3])
        taken = taken_now(self._wonde.post(MARKS, {"attendance": [self._record(mark)]}))
        self._ways[place] = _Way(mark.code, taken)
        end = followed(self._wonde, taken.writeback) if taken.writeback else None
        if end is None:
            raise UnclearError(
                f"Wonde took a mark{said_of(taken.writeback)} and has not carried it out yet: "
                "it is looked at again."
            )
        self._ways.pop(place)
        if not end:
            raise ConfigError(
                "The school's MIS did not take the mark that Wonde handed it: the school office enters it in "
                "the MIS itself, or looks at Wonde's list of write-backs."
            )

    def _require(self) -> None:
        if not takes_writes(school_of(self._wonde, self._own)):
            raise UnsupportedError(
                "This school does not let Wonde write into its MIS: the school office changes the mark there."
            )

    def _ids(self) -> Mapping[str, str]:
        """Letters → Wonde's id. Letters that two codes bear are left out: which one is meant?"""
        ids: dict[str, list[str]] = {}
        for key, code in codes_of(self._wonde).items():
            ids.setdefault(code, []).append(key)
        return {code: keys[0] for code, keys in ids.items() if len(keys) == 1}

    def _record(self, mark: Mark) -> Row:
        code_id, student_id = self._ids().get(mark.code), self._readings.roll().id_of(mark.pupil_id)
        if code_id is None:
            raise ConfigError(f"The school has no attendance code “{mark.code}” that could be written.")
        if student_id is None:
            raise GoneError("The pupil whose mark was chosen is no longer on Wonde's roll.")
        return {
            "date": mark.day.isoformat(),
            "session": mark.half.name,
            "student_id": student_id,
            "attendance_code_id": code_id,
        }

    def _listed(self, places: Collection[MarkPlace], since: datetime) -> Mapping[MarkPlace, str]:
        letters, roll = codes_of(self._wonde), self._readings.roll()
        pupils = _ids_of(roll, places)
        found: dict[MarkPlace, str] = {}
        for row in self._wonde.rows(MARKS, {"updated_after": asked_moment(since)}):
            place = self._place(row, pupils) if isinstance(row, dict) else None
            if isinstance(row, dict) and place in places and place is not None:
                given = key_or_none(row.get("attendance_code"))
                found[place] = NO_MARK if given is None else letters.get(given, UNREADABLE)
        return found

    def _place(self, row: Row, pupils: Mapping[str, str]) -> MarkPlace | None:
        """None for a row of somebody else, or of no day or half that can be read."""
        named = row.get("student")
        upi = pupils.get(key_or_none(named.get("id") if isinstance(named, dict) else named) or "")
        half = word_of(row, "session").upper()
        if upi is None or half not in Half.__members__:
            return None
        try:
            day = day_of(row, "date", self._zone)
        except BadRowError:
            return None
        return None if day is None else MarkPlace(upi, day, Half[half])

    def _said(self, place: MarkPlace, listed: str | None) -> str | TryLaterError | None:
        """What is listed, or what was carried out and is not listed yet."""
        way = self._ways.get(place)
        if way is None:
            return listed
        if listed != way.code and way.taken.writeback:
            end = ended(self._wonde, way.taken.writeback)
            if end is not None:
                self._ways.pop(place)
                return way.code if end else listed
        if listed != way.code and way.taken.may_come:
            words = f"Wonde took a mark{said_of(way.taken.writeback)} and has not carried it out yet."
            return TryLaterError(words, retry_after=60.0)
        self._ways.pop(place)
        return listed


def _ids_of(roll: Roll, places: Collection[MarkPlace]) -> Mapping[str, str]:
    """Wonde's ids of these pupils → what they are called here."""
    upis = {place.pupil_id for place in places}
    return {wonde_id: upi for upi in upis if (wonde_id := roll.id_of(upi)) is not None}
