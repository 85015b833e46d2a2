"""A school's calendar for any year: terms, half-terms, INSET, closures and bank holidays.

Schools of one trust set their own dates; a `TermPattern` holds the choices in which they differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from dateutil.easter import easter
from dateutil.relativedelta import FR, MO, TH, TU, WE, relativedelta, weekday

from rp_connect.testing.invented_trust.bank_holidays import bank_holidays

ANY_WEEKDAY = (MO, TU, WE, TH, FR)


class CalendarRow(NamedTuple):
    """A row of calendar.csv; both days are in it."""

    kind: str
    first: date
    last: date
    label: str


class YearDay(NamedTuple):
    """A day of every year: this weekday, counted from this day of the month (on, before or after it)."""

    month: int
    weekday: weekday
    day: int


@dataclass(frozen=True, slots=True)
class TermPattern:
    """How a school sets its year. Half-terms may be a week early; Easter may follow the old custom."""

    autumn_opens: int
    autumn_closes: tuple[tuple[weekday, ...], int]
    spring_opens: int
    half_terms_early: bool
    easter_around_the_sunday: bool
    summer_closes: YearDay
    insets: tuple[YearDay, ...]
    closures: tuple[tuple[YearDay, int, str], ...]


def school_year(day: date) -> int:
    """The calendar year in which the school year of `day` began."""
    return day.year if day.month >= 9 else day.year - 1


def calendar_rows(pattern: TermPattern, today: date) -> tuple[CalendarRow, ...]:
    """Last school year, this one, and from March the next, as a school office knows them on `today`."""
    this = school_year(today)
    years = range(this - 1, this + (2 if 3 <= today.month <= 8 else 1))
    rows = [row for year in years for row in _year(pattern, year)]
    return tuple(sorted((row for row in rows if row.kind != "closure" or row.last < today), key=_by_date))


def _by_date(row: CalendarRow) -> tuple[date, bool, str]:
    return row.first, row.kind != "term", row.label


def _year(pattern: TermPattern, year: int) -> Iterator[CalendarRow]:
    terms = _terms(pattern, year)
    yield from terms
    yield from _half_terms(pattern, year)
    for before, after, label in zip(terms, terms[1:], ("Christmas", "Easter"), strict=False):
        yield CalendarRow("holiday", _next(before.last), _previous(after.first), f"{label} holiday")
    for first in [term.first for term in terms] + [_by(pick, year) for pick in pattern.insets]:
        yield CalendarRow("inset", first, first, "INSET day")
    for pick, days, label in pattern.closures:
        first = _from(pick, year)
        yield CalendarRow("closure", first, first + timedelta(days=days - 1), label)
    directed = _next(terms[-1].last)
    directed += relativedelta(weekday=MO) if directed.weekday() >= 5 else relativedelta()
    yield CalendarRow("directed", directed, directed, "Directed day (staff only)")
    holidays = bank_holidays(year) | bank_holidays(year + 1)
    for day, name in holidays.items():
        if date(year, 9, 1) <= day < date(year + 1, 9, 1):
            yield CalendarRow("holiday", day, day, name)


def _terms(pattern: TermPattern, year: int) -> tuple[CalendarRow, ...]:
    weekdays, by = pattern.autumn_closes
    spring_ends, summer_begins = _around_easter(pattern, year + 1)
    autumn = _first_weekday(date(year, 9, pattern.autumn_opens)), _latest(weekdays, date(year, 12, by))
    spring = _first_weekday(date(year + 1, 1, pattern.spring_opens)), spring_ends
    summer = summer_begins, _by(pattern.summer_closes, year)
    labels = ("Autumn term", "Spring term", "Summer term")
    return tuple(
        CalendarRow("term", *span, label)
        for span, label in zip((autumn, spring, summer), labels, strict=True)
    )


def _around_easter(pattern: TermPattern, year: int) -> tuple[date, date]:
    """The last day of spring and the first of summer: two weeks, before or after the Sunday."""
    sunday = easter(year)
    if pattern.easter_around_the_sunday:
        return sunday - timedelta(days=9), sunday + timedelta(days=8)
    if (sunday.month, sunday.day) >= (4, 11):
        return sunday - timedelta(days=9), sunday + timedelta(days=2)
    return sunday - timedelta(days=3), sunday + timedelta(days=15)


def _half_terms(pattern: TermPattern, year: int) -> Iterator[CalendarRow]:
    early = timedelta(days=7 if pattern.half_terms_early else 0)
    mondays = (
        _by(YearDay(10, MO, 28), year) - early,
        _by(YearDay(2, MO, 18), year) - early,
        _by(YearDay(5, MO, 31), year),
    )
    for monday in mondays:
        yield CalendarRow("holiday", monday, monday + timedelta(days=4), "Half-term")


def _by(pick: YearDay, year: int) -> date:
    return _day_of(pick, year) + relativedelta(weekday=pick.weekday(-1))


def _from(pick: YearDay, year: int) -> date:
    return _day_of(pick, year) + relativedelta(weekday=pick.weekday(1))


def _day_of(pick: YearDay, year: int) -> date:
    return date(year if pick.month >= 9 else year + 1, pick.month, pick.day)


def _latest(weekdays: tuple[weekday, ...], by: date) -> date:
    return max(by + relativedelta(weekday=one(-1)) for one in weekdays)


def _first_weekday(day: date) -> date:
    return min(day + relativedelta(weekday=one(1)) for one in ANY_WEEKDAY)


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _previous(day: date) -> date:
    return day - timedelta(days=1)
