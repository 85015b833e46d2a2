"""The MIS adapter over RosarioSIS: reads by what changed, writes outcomes into referrals, and nothing else.

It never changes or deletes an attendance mark: RosarioSIS's API knows only the first column of their key, so
that one such write changes every mark of a pupil.
"""

from __future__ import annotations

from dataclasses import replace

from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import Cursor, Kind, MisSettings, OutcomeNote, Probe, Reading
from rp_rosariosis.catalogue import read_catalogues
from rp_rosariosis.client import Rosario
from rp_rosariosis.outcomes import Outcomes
from rp_rosariosis.readings import Readings
from rp_rosariosis.referrals import suspension_of
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.values import BadRowError

_READ = ("calendar", "pupils", "staff", "incidents", "suspensions", "attendance")


class RosarioAdapter:
    """One school of one installation."""

    def __init__(self, settings: MisSettings) -> None:
        own = settings.own
        if not isinstance(own, RosarioSettings):
            raise TypeError("RosarioSIS is read with its own settings")
        self._own = own
        self._rosario = Rosario(own.base_url, lambda: settings.secrets.read(own.usertoken), own.timeout_s)
        self._readings = Readings(self._rosario, own)
        self._outcomes = Outcomes(self._rosario, own)

    def probe(self) -> Probe:
        """Raises what keeps it from being asked at all."""
        catalogues = read_catalogues(self._rosario, self._own)
        problems = [
            *self._problems(),
            *([] if catalogues else ["RosarioSIS has no referral fields for this school."]),
        ]
        writes = any(catalogue.notes for catalogue in catalogues.values())
        return Probe(capabilities=(*_READ, *(["outcomes"] if writes else [])), problems=tuple(problems))

    def _problems(self) -> list[str]:
        found = []
        if not self._own.suspension_labels:
            found.append("suspension_labels is empty: no referral is taken for a suspension.")
        if not self._own.attendance_marks:
            found.append("attendance_marks is empty: no mark has a meaning.")
        return found

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        return self._readings.read(kind, cursor)

    def everything(self, kind: Kind) -> Reading:
        reading = self._readings.read(kind, None)
        return replace(reading, confirm_gone=self._is_gone) if kind is Kind.SUSPENSION else reading

    def _is_gone(self, referral: str) -> bool:
        """RosarioSIS deletes without a trace; a referral that lost its label is a suspension no more."""
        catalogues = read_catalogues(self._rosario, self._own)
        names = sorted({name for catalogue in catalogues.values() for name in catalogue.names})
        row = self._rosario.one("discipline_referrals", referral, ["id", "syear", "student_id", *names])
        if row is None:
            return True
        try:
            catalogue = catalogues.get(str(row.get("syear")))
            return catalogue is not None and suspension_of(row, catalogue, self._own) is None
        except (BadRowError, RpConnectError):
            return False

    def find_outcome(self, note: OutcomeNote) -> str | None:
        return self._outcomes.find(note)

    def write_outcome(self, note: OutcomeNote) -> str:
        return self._outcomes.write(note)
