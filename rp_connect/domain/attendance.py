"""Attendance marks and the code table. The table is open: an unknown code is kept, never dropped.

Codes: School Attendance (Pupil Registration) (England) Regulations 2024, SI 2024/208 reg 10, in force
19 August 2024; the earlier letters that registers still carry are kept for history.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from rp_connect.domain.calendar import Half

CODE_TABLE_VERSION = "2024-08-19"


class Meaning(StrEnum):
    """What a mark counts as."""

    PRESENT = "present"
    APPROVED_ACTIVITY = "approved educational activity"
    AUTHORISED = "authorised absence"
    UNAUTHORISED = "unauthorised absence"
    NOT_POSSIBLE = "no possible attendance"
    UNKNOWN = "unknown"


_TABLE: dict[Meaning, str] = {
    Meaning.PRESENT: "/ \\ L",
    Meaning.APPROVED_ACTIVITY: "B K P V W",
    Meaning.AUTHORISED: "C C1 C2 E I J1 M R S T",
    Meaning.UNAUTHORISED: "G N O U",
    Meaning.NOT_POSSIBLE: "D Q X Y Y1 Y2 Y3 Y4 Y5 Y6 Y7 Z #",
}
MEANINGS: dict[str, Meaning] = {code: meaning for meaning, codes in _TABLE.items() for code in codes.split()}


class Mark(NamedTuple):
    """One pupil's mark in one session. `code` is the MIS's own, upper case, known or not."""

    pupil_id: str
    day: date
    half: Half
    code: str


def meaning_of(code: str) -> Meaning:
    """What `code` counts as; `UNKNOWN` for a code that the table does not have."""
    return MEANINGS.get(code, Meaning.UNKNOWN)
