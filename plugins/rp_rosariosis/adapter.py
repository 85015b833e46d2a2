"""The MIS adapter over RosarioSIS: reads by what changed, writes outcomes into referrals, and nothing else.

It never changes or deletes an attendance mark: RosarioSIS's API knows only the first column of their key, so
that one such write changes every mark of a pupil.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from rp_connect.ports.mis import Cursor, Kind, MisSettings, OutcomeNote, Probe, Reading
from rp_rosariosis.calendars import school_days
from rp_rosariosis.catalogue import Catalogue, newest, read_catalogues
from rp_rosariosis.client import Rosario
from rp_rosariosis.marks import MarkBook
from rp_rosariosis.outcomes import Outcomes
from rp_rosariosis.readings import Readings
from rp_rosariosis.settings import RosarioSettings


class RosarioAdapter:
    """One school of one installation. `pause` waits between two tries of a read."""

    def __init__(self, settings: MisSettings, pause: Callable[[float], None] = time.sleep) -> None:
        own = settings.own
        if not isinstance(own, RosarioSettings):
            raise TypeError("RosarioSIS is read with its own settings")
        self._own = own
        self._rosario = Rosario(
            own.base_url, lambda: settings.secrets.read(own.usertoken), own.timeout_s, pause=pause
        )
        self._readings = Readings(self._rosario, own)
        self._outcomes = Outcomes(self._rosario, own)

    def probe(self) -> Probe:
        """Raises what keeps it from being asked at all."""
        catalogues = read_catalogues(self._rosario, self._own)
        now = newest(catalogues)
        days = school_days(self._rosario, self._own.school_id)
        can = {
            "calendar": self._rosario.count("attendance_calendar", "school_date", days) > 0,
            "pupils": True,
            "staff": True,
            "incidents": now is not None,
            "suspensions": any(catalogue.suspends for catalogue in catalogues.values()),
            "attendance": bool(MarkBook(self._rosario, self._own).periods),
            "outcomes": now is not None and now.notes is not None,
        }
        problems = (*self._of_fields(now), *self._of_settings(attendance=can["attendance"]))
        return Probe(capabilities=tuple(name for name, there in can.items() if there), problems=problems)

    def _of_fields(self, now: Catalogue | None) -> Iterator[str]:
        """What keeps suspensions from being known, and titles of the configuration that nobody bears."""
        own = self._own
        if now is None:
            yield f"RosarioSIS has no referral fields for its school {own.school_id}: look at school_id."
            return
        if not own.labels:
            yield "suspension_labels is empty: no referral is taken for a suspension."
        elif strange := sorted(own.labels - now.options):
            yield f"No referral field has the label {_listed(strange)} now: was it renamed in RosarioSIS?"
        if own.incident_field and now.what is None:
            yield f"No referral field to choose from has the title “{own.incident_field}” (incident_field)."
        if own.outcome_field and now.notes is None:
            yield f"No referral field of long text has the title “{own.outcome_field}” (outcome_field)."

    def _of_settings(self, *, attendance: bool) -> Iterator[str]:
        if not attendance:
            yield "No period has a short name of am_periods or pm_periods: no mark is read."
        elif not self._own.attendance_marks:
            yield "attendance_marks is empty: no mark has a meaning."
        field = self._own.upn_field
        if field:
            part = self._rosario.part("students", ["student_id", field], ["student_id"], size=1)
            if part.rows and field not in part.rows[0]:
                yield f"RosarioSIS has no column {field} of its students: look at upn_field."

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        return self._readings.read(kind, cursor)

    def everything(self, kind: Kind) -> Reading:
        return self._readings.read(kind, None)

    def find_outcome(self, note: OutcomeNote) -> str | None:
        return self._outcomes.find(note)

    def write_outcome(self, note: OutcomeNote) -> str:
        return self._outcomes.write(note)


def _listed(labels: list[str]) -> str:
    return ", ".join(f"“{label}”" for label in labels)
