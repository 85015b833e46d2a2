"""The invented schools' calendars, and the moment that a demonstration takes for now."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from rp_connect.testing.invented_trust import demo_clock
from rp_connect.testing.invented_trust.bank_holidays import bank_holidays

LONDON = ZoneInfo("Europe/London")


def at(day: date, clock: time = time(11, 30)) -> datetime:
    return datetime.combine(day, clock, LONDON)


def test_a_school_year_has_about_a_hundred_and_ninety_days(trust):
    for school in trust.schools:
        begins = date(trust.today.year - (trust.today.month < 9) - 1, 9, 1)
        whole = [d for d in school.calendar.school_days if begins <= d < begins.replace(year=begins.year + 1)]
        assert 180 <= len(whole) <= 196


def test_the_calendars_reach_from_last_school_year_to_july(trust):
    for school in trust.schools:
        first, last = school.calendar.school_days[0], school.calendar.school_days[-1]
        assert (trust.day - first).days > 300
        assert last.month == 7
        assert last > trust.day


def test_each_school_sets_its_own_terms(trust):
    terms = [
        {(p.first, p.last) for p in school.calendar.periods if p.label in ("Autumn term", "Summer term")}
        for school in trust.schools
    ]
    assert not terms[0] & terms[1]


def test_each_calendar_has_every_kind_of_row_and_a_closure_that_has_happened(trust):
    for school in trust.schools:
        kinds = {period.kind.value for period in school.calendar.periods}
        assert kinds == {"term", "holiday", "inset", "closure", "directed"}
        assert all(p.last < trust.today for p in school.calendar.periods if p.kind.value == "closure")


def test_no_school_day_is_a_weekend_or_a_bank_holiday(trust):
    for school in trust.schools:
        days = set(school.calendar.school_days)
        assert not {day for day in days if day.weekday() >= 5}
        assert not {holiday for year in {d.year for d in days} for holiday in bank_holidays(year)} & days


def test_bank_holidays_on_a_weekend_have_their_substitute_days():
    assert [day for day in bank_holidays(2026) if day.month == 12] == [date(2026, 12, 25), date(2026, 12, 28)]
    assert [day for day in bank_holidays(2027) if day.month == 12] == [date(2027, 12, 27), date(2027, 12, 28)]
    assert [day for day in bank_holidays(2022) if day.month == 12] == [date(2022, 12, 26), date(2022, 12, 27)]
    assert min(bank_holidays(2028)) == date(2028, 1, 3)
    assert list(bank_holidays(2027))[1:6] == [
        date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 3), date(2027, 5, 31), date(2027, 8, 30)
    ]  # fmt: skip


def test_the_demo_runs_on_a_school_day_at_ten(trust):
    assert trust.told.clock == datetime.combine(trust.day, time(10), LONDON)
    assert trust.northwick.calendar.is_school_day(trust.day)
    assert trust.day == trust.today or trust.day.weekday() == 2


def test_on_a_school_day_the_clock_is_now(autumn_trust):
    rows = autumn_trust.told.calendars["northwick"]
    now = at(date(2026, 11, 17))
    assert demo_clock(rows, now) == now


@pytest.mark.parametrize("clock", [time(3), time(22, 15)])
def test_on_a_school_day_out_of_hours_the_clock_is_ten(autumn_trust, clock):
    rows = autumn_trust.told.calendars["northwick"]
    assert demo_clock(rows, at(date(2026, 11, 17), clock)) == at(date(2026, 11, 17), time(10))


@pytest.mark.parametrize(
    ("today", "wednesday"),
    [
        (date(2026, 11, 21), date(2026, 11, 18)),  # a Saturday
        (date(2026, 10, 27), date(2026, 10, 21)),  # half-term
        (date(2026, 12, 25), date(2026, 12, 16)),
        (date(2027, 3, 31), date(2027, 3, 24)),  # a Wednesday in the Easter holiday
        (date(2027, 8, 12), date(2027, 7, 21)),
    ],
)
def test_on_any_other_day_the_clock_is_the_last_wednesday_of_school(trust_on, today, wednesday):
    trust = trust_on(today)
    assert demo_clock(trust.told.calendars["northwick"], at(today)) == at(wednesday, time(10))
    assert trust.told.clock == at(wednesday, time(10))


def test_the_clock_is_read_in_the_schools_own_time(autumn_trust):
    rows = autumn_trust.told.calendars["northwick"]
    new_york = datetime(2026, 11, 16, 21, tzinfo=ZoneInfo("America/New_York"))  # 02:00 on the 17th in London
    assert demo_clock(rows, new_york) == at(date(2026, 11, 17), time(10))
