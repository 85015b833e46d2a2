"""Attendance marks: a code's id stands for its letter, which may be the school's own and is kept verbatim."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rp_connect.domain.attendance import MEANINGS, Mark
from rp_connect.domain.calendar import Half
from rp_wonde.client import Wonde
from rp_wonde.roll import Roll, pupil_in
from rp_wonde.values import BadRowError, Row, day_of, key_or_none, word_of

MARKS, LEAVERS_MARKS, CODES = "attendance/session", "attendance-leavers/session", "attendance-codes"


def codes_of(wonde: Wonde) -> dict[str, str]:
    """Id → letters, in capitals. Raises NotGrantedError where the school does not give its codes."""
    found: dict[str, str] = {}
    for row in wonde.rows(CODES):
        key = key_or_none(row.get("id")) if isinstance(row, dict) else None
        code = word_of(row, "code").upper() if isinstance(row, dict) else ""
        if key and code:
            found[key] = code
    return found


class MarkBook:
    """What the ids of codes and pupils mean. `unmapped` are codes that mean nothing to us."""

    def __init__(self, wonde: Wonde, zone: ZoneInfo, roll: Roll) -> None:
        self._wonde = wonde
        self._zone = zone
        self._roll = roll
        self._codes: dict[str, str] = {}
        self.unmapped: list[str] = []

    def learn(self) -> None:
        """Raises NotGrantedError where the school does not give its codes."""
        self._codes = codes_of(self._wonde)

    def read(self, row: Row) -> Mark | None:
        """None where nothing was entered. Raises BadRowError."""
        given = row.get("attendance_code")
        if given is None or given == "":
            return None
        code = self._codes.get(key_or_none(given) or "")
        if code is None:
            raise BadRowError("attendance_code is none of the school's codes")
        day = day_of(row, "date", self._zone)
        if day is None:
            raise BadRowError("date is missing")
        half = word_of(row, "session").upper()
        if half not in Half.__members__:
            raise BadRowError("session is neither AM nor PM")
        if code not in MEANINGS and code not in self.unmapped:
            self.unmapped.append(code)
        return Mark(pupil_in(row.get("student"), self._roll), day, Half[half], code)

    def name_of(self, row: Row) -> str | None:
        """Of a mark that is refused: the pupil, the day and the session, as far as they can be read."""
        try:
            upi, day = self._roll.upi_of(row.get("student")), day_of(row, "date", self._zone)
        except BadRowError:
            upi = day = None
        half = word_of(row, "session").upper()
        if upi is None or day is None:
            return key_or_none(row.get("id"))
        return (
            f"{upi}/{day}/{half}" if half in Half.__members__ else f"{upi}/{day}/{key_or_none(row.get('id'))}"
        )
