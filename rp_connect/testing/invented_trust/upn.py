"""Unique pupil numbers: a check letter and twelve digits, as the Department for Education lays them down."""

from __future__ import annotations

from collections import Counter
from random import Random

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
# No local authority has this number, so none of these can be a child's.
INVENTED_AUTHORITY = "998"


def check_letter(digits: str) -> str:
    """The letter for twelve digits: their sum, weighted 2 to 13 from the left, modulo 23."""
    return LETTERS[sum(weight * int(digit) for weight, digit in enumerate(digits, start=2)) % 23]


def wrong(upn: str) -> str:
    """The same number with a letter that does not belong to it."""
    return LETTERS[(LETTERS.index(upn[0]) + 1) % 23] + upn[1:]


class UpnOffice:
    """Gives numbers as primary schools do when a child starts: authority, school, year, serial."""

    def __init__(self, first_school: int, schools: int, chance: Random) -> None:
        self._schools = range(first_school, first_school + schools)
        self._chance = chance
        self._given: Counter[tuple[int, int]] = Counter()

    def number(self, year: int) -> str:
        school = self._chance.choice(self._schools)
        self._given[school, year] += 1
        digits = f"{INVENTED_AUTHORITY}{school:04}{year % 100:02}{self._given[school, year]:03}"
        return check_letter(digits) + digits
