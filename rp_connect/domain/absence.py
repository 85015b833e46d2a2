"""Absence of a pupil over a school year, as the Department for Education counts it.

Source: persistent absence is missing 10 % or more of a pupil's own possible sessions, severe absence 50 % or
more (as The Key and FFT Education Datalab give the Department's definition; classes of the codes: "Working
together to improve school attendance", August 2024; the Department's own page was not read for this).

A session is half a school day. What a code counts as is said in `attendance`: with a code of "no possible
attendance" the session is not possible, and one whose code nobody knows counts neither way, but is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rp_connect.domain.attendance import MEANINGS, Meaning

PERSISTENT, SEVERE = 10, 50
"""Percent of a pupil's own possible sessions, from which on."""
ABSENT = frozenset({Meaning.AUTHORISED, Meaning.UNAUTHORISED})
POSSIBLE = ABSENT | {Meaning.PRESENT, Meaning.APPROVED_ACTIVITY}
YEAR_BEGINS = (8, 1)


@dataclass(frozen=True, slots=True)
class Absence:
    """One pupil's sessions of a school year: those that were possible, those of them that were missed, and
    those whose code means nothing here."""

    possible: int
    missed: int
    unknown: int

    @property
    def persistent(self) -> bool:
        """Severe absence is persistent, too."""
        return self._reaches(PERSISTENT)

    @property
    def severe(self) -> bool:
        return self._reaches(SEVERE)

    def _reaches(self, percent: int) -> bool:
        """In whole numbers: 38 of 380 sessions are 10 %, whatever a computer makes of 0.1."""
        return self.possible > 0 and self.missed * 100 >= self.possible * percent


def codes_of(*meanings: Meaning) -> frozenset[str]:
    """The codes that count as one of these."""
    return frozenset(code for code, meaning in MEANINGS.items() if meaning in meanings)


def school_year_of(day: date) -> int:
    """The calendar year in which the school year of `day` began: it begins on 1 August."""
    return day.year if (day.month, day.day) >= YEAR_BEGINS else day.year - 1
