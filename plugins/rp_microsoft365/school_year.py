"""School years, and the plan titles that bear them."""

from __future__ import annotations

import re
from datetime import date

FIRST_MONTH = 8
"""A school year begins with the first term that starts after July (SI 1999/3181)."""
_ADDED = re.compile(r" (?P<first>[0-9]{4})-[0-9]{2}(?: \((?P<part>[0-9]+)\))?$")


def first_year(day: date) -> int:
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def plan_title(name: str, year: int, part: int = 1) -> str:
    """“Restorative practice 2026-27”; where one plan does not hold a year, “… 2026-27 (2)”."""
    title = f"{name} {year}-{(year + 1) % 100:02}"
    return title if part == 1 else f"{title} ({part})"


def place_of(name: str, title: str) -> tuple[int, int] | None:
    """Year and part of a plan of ours; (0, 0) for one that bears the bare name; None for another's."""
    if title.casefold() == name.casefold():
        return 0, 0
    front, rest = title[: len(name)], title[len(name) :]
    added = _ADDED.fullmatch(rest)
    if front.casefold() != name.casefold() or added is None:
        return None
    return int(added["first"]), int(added["part"] or 1)
