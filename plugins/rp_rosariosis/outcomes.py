"""Outcomes go into the referral's free text, after what stands there, and are read back.

There is no etag: somebody who edits the same referral in the same second may be overwritten, as by a
colleague in RosarioSIS itself.
"""

from __future__ import annotations

from rp_connect.errors import GoneError, UnclearError, UnsupportedError
from rp_connect.ports.mis import OutcomeNote
from rp_rosariosis.catalogue import Column, read_catalogues
from rp_rosariosis.client import Rosario
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.text import read_text, safe_to_write

TABLE = "discipline_referrals"


class Outcomes:
    def __init__(self, rosario: Rosario, own: RosarioSettings) -> None:
        self._rosario = rosario
        self._own = own

    def find(self, note: OutcomeNote) -> str | None:
        """The referral's id, where our key stands in it."""
        referral = _referral(note)
        stored = self._stored(referral, self._column(referral))
        return referral if f"[{note.key}]" in stored else None

    def write(self, note: OutcomeNote) -> str:
        """Raises GoneError where the referral has gone, UnclearError where it did not take the text."""
        referral = _referral(note)
        column = self._column(referral)
        stored = self._stored(referral, column)
        text = safe_to_write("\n".join(part for part in (stored, note.outcome.text) if part))
        if self._rosario.put(TABLE, referral, {column.name: text}) == 0:
            raise GoneError(f"Referral {referral} is no longer in RosarioSIS.")
        if _squeezed(self._stored(referral, column)) != _squeezed(text):
            raise UnclearError(
                f"Referral {referral} does not hold what was written to it: it is looked at again."
            )
        return referral

    def _column(self, referral: str) -> Column:
        row = self._rosario.one(TABLE, referral, ["id", "syear"])
        if row is None:
            raise GoneError(f"Referral {referral} is no longer in RosarioSIS.")
        catalogue = read_catalogues(self._rosario, self._own).get(str(row.get("syear")))
        if catalogue is None or catalogue.notes is None:
            raise UnsupportedError(
                "This school's referrals have no free text that an outcome could stand in."
            )
        return catalogue.notes

    def _stored(self, referral: str, column: Column) -> str:
        row = self._rosario.one(TABLE, referral, ["id", column.name])
        if row is None:
            raise GoneError(f"Referral {referral} is no longer in RosarioSIS.")
        return read_text(row.get(column.name))


def _referral(note: OutcomeNote) -> str:
    referral = note.suspension_id or note.incident_id
    if referral is None:
        raise UnsupportedError("RosarioSIS holds outcomes in referrals, and this case follows from none.")
    return referral


def _squeezed(text: str) -> str:
    """Line ends and blanks are RosarioSIS's own affair."""
    return " ".join(text.split())
