"""Outcomes go into the referral's free text, after what stands there, and are read back.

There is no etag: somebody who edits the same referral in the same second may be overwritten, as by a
colleague in RosarioSIS itself.
"""

from __future__ import annotations

from rp_connect.errors import GoneError, UnclearError, UnsupportedError
from rp_connect.ports.mis import OutcomeNote
from rp_rosariosis.catalogue import read_catalogues
from rp_rosariosis.client import Rosario
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.text import safe_to_write

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
        """Raises GoneError where the referral has gone, UnclearError where it did not take the text.

        What stands there is written back as it is stored, so that nobody's words are changed; but for a "<"
        that RosarioSIS would take for a tag and cut off, with all that follows.
        """
        referral = _referral(note)
        column = self._column(referral)
        stored = self._stored(referral, column)
        text = safe_to_write("\n".join(part for part in (stored, note.outcome.text) if part))
        if self._rosario.put(TABLE, referral, {column: text}) == 0:
            raise _gone(referral)
        if _squeezed(self._stored(referral, column)) != _squeezed(text):
            raise UnclearError(
                f"Referral {referral} does not hold what was written to it: it is looked at again."
            )
        return referral

    def _column(self, referral: str) -> str:
        """The API's name of the free text in that referral's school year."""
        row = self._rosario.one(TABLE, referral, ["id", "syear"])
        if row is None:
            raise _gone(referral)
        catalogue = read_catalogues(self._rosario, self._own).get(str(row.get("syear")))
        if catalogue is None or catalogue.notes is None:
            raise UnsupportedError(
                "This school's referrals have no free text that an outcome could stand in."
            )
        return catalogue.notes.name

    def _stored(self, referral: str, column: str) -> str:
        row = self._rosario.one(TABLE, referral, ["id", column])
        if row is None:
            raise _gone(referral)
        text = row.get(column)
        return text if isinstance(text, str) else ""


def _referral(note: OutcomeNote) -> str:
    referral = note.suspension_id or note.incident_id
    if referral is None:
        raise UnsupportedError("RosarioSIS holds outcomes in referrals, and this case follows from none.")
    return referral


def _gone(referral: str) -> GoneError:
    return GoneError(f"Referral {referral} is no longer in RosarioSIS.")


def _squeezed(text: str) -> str:
    """Line ends and blanks are RosarioSIS's own affair."""
    return " ".join(text.split())
