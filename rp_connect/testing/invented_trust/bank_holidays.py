"""The bank holidays of England and Wales, worked out for any year, substitute days included."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.easter import easter
from dateutil.relativedelta import MO, relativedelta


def bank_holidays(year: int) -> dict[date, str]:
    """Day and name; where a holiday falls on a weekend, the weekday that stands in for it."""
    good_friday, easter_monday = easter(year) - timedelta(days=2), easter(year) + timedelta(days=1)
    moving = {
        good_friday: "Good Friday",
        easter_monday: "Easter Monday",
        date(year, 5, 1) + relativedelta(weekday=MO(1)): "Early May bank holiday",
        date(year, 5, 31) + relativedelta(weekday=MO(-1)): "Spring bank holiday",
        date(year, 8, 31) + relativedelta(weekday=MO(-1)): "Summer bank holiday",
    }
    fixed = {
        date(year, 1, 1): "New Year's Day",
        date(year, 12, 25): "Christmas Day",
        date(year, 12, 26): "Boxing Day",
    }
    return dict(sorted((moving | _with_substitutes(fixed)).items()))


def _with_substitutes(fixed: dict[date, str]) -> dict[date, str]:
    kept = {day: name for day, name in fixed.items() if day.weekday() < 5}
    for day, name in fixed.items():
        if day.weekday() >= 5:
            kept[_next_free_weekday(day, kept)] = f"{name} (substitute day)"
    return kept


def _next_free_weekday(day: date, taken: dict[date, str]) -> date:
    while day.weekday() >= 5 or day in taken:
        day += timedelta(days=1)
    return day
