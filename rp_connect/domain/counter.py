"""Counting suspended half days: in the term for the board, in the school year for the limit of 45 days.

Terms for this end on 31 December, Easter Monday and 31 July (SI 2012/1033 reg 2); a school year begins
on 1 August. A suspension that crosses such a day is split. A lunchtime counts as half a day (guidance).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from dateutil.easter import easter

from rp_connect.domain.calendar import Half, SchoolCalendar, Session
from rp_connect.domain.run import sessions_counted, starting_order
from rp_connect.domain.suspension import Category, Suspension


class Term(NamedTuple):
    """`year` is that of its 1 August; `part` is 1 to 31 December, 2 to Easter Monday, 3 to 31 July."""

    year: int
    part: int


@lru_cache(maxsize=64)
def _easter_monday(year: int) -> date:
    return easter(year) + timedelta(days=1)


def term_of(day: date) -> Term:
    """The term of the 5 and 15 day counters that `day` falls in."""
    if day.month >= 8:
        return Term(day.year, 1)
    return Term(day.year - 1, 2 if day <= _easter_monday(day.year) else 3)


@dataclass(frozen=True, slots=True)
class Totals:
    """Half days up to and with this suspension: the highest of the terms, and of the years, in which its half
    days lie; where nobody knows them, of the term and year of its start."""

    term: int
    year: int


def half_days(
    suspension: Suspension, calendar: SchoolCalendar, cancelled_count: bool = True
) -> Counter[Term]:
    """Its half days by term; a permanent exclusion and an unknown length count none."""
    if suspension.cancelled is not None and not cancelled_count:
        return Counter()
    if suspension.record.category == Category.LUNCHTIME:
        return _lunchtime(suspension, calendar)
    if suspension.record.category != Category.SUSPENSION:
        return Counter()
    return Counter(term_of(session.day) for session in sessions_counted(suspension, calendar))


def totals(
    suspension: Suspension,
    others: Iterable[Suspension],
    calendar: SchoolCalendar,
    cancelled_count: bool = True,
) -> Totals:
    """Counts `suspension` and those of `others` that start before it, whatever order the MIS gave them in."""
    start = suspension.in_force.start
    if start is None:
        return Totals(0, 0)
    own = half_days(suspension, calendar, cancelled_count)
    counted = own.copy()
    place = starting_order(suspension)
    for other in others:
        if other.no != suspension.no and other.in_force.start and starting_order(other) < place:
            counted += half_days(other, calendar, cancelled_count)
    touched = set(own) or {term_of(start)}
    years = {term.year for term in touched}
    return Totals(
        term=max(counted[term] for term in touched),
        year=max(sum(n for term, n in counted.items() if term.year == year) for year in years),
    )


def _lunchtime(suspension: Suspension, calendar: SchoolCalendar) -> Counter[Term]:
    start, cancelled = suspension.in_force.start, suspension.cancelled
    if start is None or (cancelled is not None and cancelled.at is None and start >= cancelled.day):
        return Counter()
    over = calendar.starts(Session(start, Half.PM))
    if cancelled is not None and cancelled.at is not None and over >= cancelled.at:
        return Counter()
    return Counter([term_of(start)])
