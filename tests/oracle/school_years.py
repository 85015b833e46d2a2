"""Random school calendars: three terms or six, INSET days and closures, a year or two; some end early."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.oracle.almanac import EASTER_MONDAYS, Hours, Row

T = TypeVar("T")

HOURS: tuple[Hours, ...] = (
    ((time(8, 45), time(12, 15)), (time(13, 15), time(15, 15))),
    ((time(9, 0), time(12, 0)), (time(12, 45), time(15, 30))),
)


@cache
def _loaded(options: tuple[tuple[Any, int], ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from([value for value, weight in options for _ in range(weight)])


def pick(draw: st.DrawFn, options: Mapping[T, int]) -> T:
    """One of the options, each as likely as its weight says; the first is the simplest."""
    chosen: T = draw(_loaded(tuple(options.items())))
    return chosen


@cache
def _between(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)


def number(draw: st.DrawFn, low: int, high: int) -> int:
    return draw(_between(low, high))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def days_on(day: date, count: int) -> date:
    return day + timedelta(days=count)


def a_year(draw: st.DrawFn, year: int) -> list[Row]:
    """A school year that begins in the autumn of `year`."""
    easter = EASTER_MONDAYS[year + 1]
    autumn = (date(year, 9, 1 + number(draw, 0, 5)), date(year, 12, 16 + number(draw, 0, 6)))
    spring_end = days_on(easter, -4) if draw(st.booleans()) else date(year + 1, 3, 26 + number(draw, 0, 5))
    spring = (date(year + 1, 1, 2 + number(draw, 0, 4)), spring_end)
    summer_from = days_on(spring_end, pick(draw, {17: 4, 10: 2, 1: 1, 20: 1}))
    summer = (summer_from, date(year + 1, 7, 17 + number(draw, 0, 7)))
    breaks = [
        monday_of(date(year, 10, 24 + number(draw, 0, 7))),
        monday_of(date(year + 1, 2, 12 + number(draw, 0, 9))),
        monday_of(date(year + 1, 5, 28 + number(draw, 0, 3))),
    ]
    return half_terms(draw, [autumn, spring, summer], breaks) + days_off(draw, autumn[0], easter)


def half_terms(draw: st.DrawFn, terms: list[tuple[date, date]], breaks: list[date]) -> list[Row]:
    """Three terms with half-term holidays, or six terms; or a school that is open over every border."""
    shape = pick(draw, {"three": 5, "six": 3, "open over every border": 1})
    if shape == "three":
        rows: list[Row] = [("term", *term) for term in terms]
        return rows + [("holiday", day, days_on(day, 4)) for day in breaks]
    if shape == "six":
        return [
            row
            for (first, last), day in zip(terms, breaks, strict=True)
            for row in (("term", first, days_on(day, -3)), ("term", days_on(day, 7), last))
        ]
    return [("term", terms[0][0], days_on(terms[2][1], number(draw, 0, 25)))]


def days_off(draw: st.DrawFn, first: date, easter: date) -> list[Row]:
    rows: list[Row] = [("holiday", easter, easter)] if draw(st.booleans()) else []
    for _ in range(number(draw, 0, 6)):
        kind = pick(draw, {"inset": 4, "closure": 1, "directed": 1})
        day = days_on(first, number(draw, 0, 320))
        rows.append((kind, day, days_on(day, number(draw, 0, 2) if kind == "closure" else 0)))
    return rows


@st.composite
def calendars(draw: st.DrawFn) -> list[Row]:
    year = number(draw, 2025, 2028)
    rows = a_year(draw, year)
    ending = pick(draw, {"whole": 6, "two years": 2, "early": 3})
    if ending == "two years":
        rows += a_year(draw, year + 1)
    if ending == "early":
        last = days_on(min(first for _, first, _ in rows), number(draw, 20, 280))
        rows = [(kind, first, min(end, last)) for kind, first, end in rows if first <= last]
    return rows
