"""A day as the number that attendance is keyed by, 20260901: it sorts as days do, and tells the school year.

Its school year, which begins on 1 August, is (day - 801) / 10000.
"""

from __future__ import annotations

from datetime import date


def number_of_day(day: date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


class DayNumbers(dict[date, int]):
    """A call brings many marks of few days."""

    def __missing__(self, day: date) -> int:
        return self.setdefault(day, number_of_day(day))
