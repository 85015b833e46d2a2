"""An outcome is written as a new behaviour: Wonde has nothing that could be added to a record.

A write is taken first and carried out later, so it is followed to its end. What was taken and cannot be seen
yet is never written again by the same process within the hour.
"""

from __future__ import annotations

from datetime import UTC, timedelta

from rp_connect.errors import ConfigError, GoneError, TryLaterError, UnclearError, UnsupportedError
from rp_connect.ports.mis import OutcomeNote
from rp_wonde.client import Row, Wonde
from rp_wonde.readings import Readings
from rp_wonde.school import school_of, takes_writes
from rp_wonde.settings import WondeSettings
from rp_wonde.values import asked_moment, key_or_none, text_of
from rp_wonde.writebacks import Taken, data_of, ended, followed, said_of, taken_now

PATH = "behaviours"
LEEWAY = timedelta(days=1)


class Outcomes:
    def __init__(self, wonde: Wonde, own: WondeSettings, readings: Readings) -> None:
        self._wonde = wonde
        self._own = own
        self._readings = readings
        self._taken: dict[str, Taken] = {}

    def find(self, note: OutcomeNote) -> str | None:
        """The behaviour whose comment bears our key. Raises TryLaterError while a write is on its way, and
        UnsupportedError in just the cases in which `write` does: whoever hears it looks into the list that
        staff enter by hand, and must look and write in the same place."""
        self._require(note)
        found = self._listed(note)
        if found is not None:
            self._taken.pop(note.key, None)
            return found
        taken = self._taken.get(note.key)
        if taken is None:
            return None
        if taken.writeback and (end := ended(self._wonde, taken.writeback)) is not None:
            self._taken.pop(note.key)
            return f"writeback:{taken.writeback}" if end else None
        if taken.may_come:
            way = said_of(taken.writeback)
            raise TryLaterError(
                f"Wonde took {note.key}{way} and has not carried it out yet.", retry_after=60.0
            )
        self._taken.pop(note.key)
        return None

    def write(self, note: OutcomeNote) -> str:
        """Raises UnsupportedError, GoneError (a pupil who is not there), ConfigError (a word that the school
        does not take), UnclearError (on its way, or nobody knows)."""
        self._require(note)
        answer = self._wonde.post(PATH, self._body(note))
        taken = taken_now(answer)
        if taken.writeback is None and (made := key_or_none(data_of(answer).get("id"))):
            return made
        self._taken[note.key] = taken
        end = followed(self._wonde, taken.writeback) if taken.writeback else None
        if end is False:
            raise ConfigError(
                "The school's MIS did not take the outcome that Wonde handed it: look at the outcome_ "
                "settings and at Wonde's list of write-backs."
            )
        if end:
            self._taken.pop(note.key)
            return self._listed(note) or f"writeback:{taken.writeback}"
        raise UnclearError(
            f"Wonde took {note.key}{said_of(taken.writeback)} and has not carried it out yet: "
            "it is looked at again."
        )

    def _require(self, note: OutcomeNote) -> None:
        if not note.pupil_ids:
            raise UnsupportedError("Wonde records a behaviour of pupils, and this outcome names none.")
        if not self._own.outcome_type or not self._own.outcome_employee:
            raise UnsupportedError("outcome_type and outcome_employee are not set, so no outcome is written.")
        if not takes_writes(school_of(self._wonde, self._own)):
            raise UnsupportedError("This school does not let Wonde write into its MIS.")

    def _body(self, note: OutcomeNote) -> Row:
        own, roll, day = self._own, self._readings.roll(), note.outcome.held_on.isoformat()
        students = []
        for upi in note.pupil_ids:
            wonde_id = roll.id_of(upi)
            if wonde_id is None:
                raise GoneError(f"A pupil of {note.key} is no longer on Wonde's roll.")
            student: dict[str, object] = {"student_id": wonde_id, "points": own.outcome_points}
            student |= {"role": own.outcome_role} if own.outcome_role else {}
            student |= {"action": own.outcome_action, "action_date": day} if own.outcome_action else {}
            students.append(student)
        return {
            "students": students,
            "employee_id": own.outcome_employee,
            "date": day,
            "type": own.outcome_type,
            **({"status": own.outcome_status} if own.outcome_status else {}),
            "comment": note.outcome.text,
        }

    def _listed(self, note: OutcomeNote) -> str | None:
        since = asked_moment(note.outcome.recorded_at.astimezone(UTC) - LEEWAY)
        mark = f"[{note.key}]"
        for row in self._wonde.rows(PATH, {"updated_after": since}):
            if isinstance(row, dict) and mark in text_of(row, "comment"):
                return key_or_none(row.get("id"))
        return None
