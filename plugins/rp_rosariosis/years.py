"""School days and school years, from the attendance calendar: one row a school day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from rp_connect.domain.calendar import Period, PeriodKind


def periods_of(days: Iterable[date]) -> list[Period]:
    """A term from the first to the last day of each school year (1 August), and a holiday for each gap.

    RosarioSIS knows no terms: a gap of weekdays is all that it tells of a holiday, an INSET day or a closure.
    """
    years: dict[int, list[date]] = {}
    for day in sorted(set(days)):
        years.setdefault(day.year - (day.month < 8), []).append(day)
    return [period for held in years.values() for period in _of_year(held)]


def _of_year(days: Sequence[date]) -> Iterable[Period]:
    yield Period(days[0], days[-1], PeriodKind.TERM, "")
    known = set(days)
    missing = [
        day
        for day in (days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days + 1))
        if day.weekday() < 5 and day not in known
    ]
    for first, last in _stretches(missing):
        yield Period(first, last, PeriodKind.HOLIDAY, "")


def _stretches(days: Sequence[date]) -> Iterable[tuple[date, date]]:
    """Neighbouring weekdays together: a weekend does not part them."""
    first = last = None
    for day in days:
        if first is not None and last is not None and (day - last).days <= (3 if last.weekday() == 4 else 1):
            last = day
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = day
    if first is not None and last is not None:
        yield first, last
