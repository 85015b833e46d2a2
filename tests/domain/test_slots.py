"""Free times: where they lie, in what order they are offered, and how they are spread over days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rp_connect.domain.calendar import DayHours, Half, Period, PeriodKind, SchoolCalendar, Session
from rp_connect.domain.slots import Diary, Slot, checked_minutes, offered_slots
from rp_connect.errors import UsageError
from tests.drop_school import CAL_A

LONDON = ZoneInfo("Europe/London")
HOURS = DayHours(am=(time(8, 45), time(12, 15)), pm=(time(13, 15), time(15, 15)))
PERIODS = [
    Period(date.fromisoformat(first), date.fromisoformat(last), PeriodKind(kind))
    for kind, first, last in CAL_A
]
CALENDAR = SchoolCalendar(PERIODS, HOURS, LONDON)
DIARY = Diary(calendar=CALENDAR, weekdays=frozenset(range(5)), opens=time(8, 30), closes=time(15, 30))
THURSDAY = date(2026, 11, 12)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def shown(slots: Sequence[Slot]) -> list[str]:
    return [f"{slot.at.astimezone(LONDON):%a %d %H:%M}" for slot in slots]


def test_a_day_is_free_at_the_quarter_hours_that_lie_wholly_in_a_session():
    found = shown(DIARY.free(THURSDAY, 45, at("2026-11-12T00:00")))

    assert found[0] == "Thu 12 08:45"
    assert found[11:13] == ["Thu 12 11:30", "Thu 12 13:15"]
    assert found[-1] == "Thu 12 14:30"


def test_a_session_that_begins_between_quarters_is_used_from_the_next_one():
    odd = DayHours(am=(time(8, 50), time(12, 15)), pm=(time(13, 20), time(15, 15)))
    diary = replace(DIARY, calendar=SchoolCalendar(PERIODS, odd, LONDON))

    found = shown(diary.free(THURSDAY, 45, at("2026-11-12T00:00")))

    assert (found[0], found[-5]) == ("Thu 12 09:00", "Thu 12 13:30")


def test_the_lead_is_not_asked_outside_their_hours():
    diary = replace(DIARY, opens=time(10, 0), closes=time(11, 0))

    assert shown(diary.free(THURSDAY, 45, at("2026-11-12T00:00"))) == ["Thu 12 10:00", "Thu 12 10:15"]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 14), "a Saturday"),
        (date(2026, 11, 27), "an INSET day"),
        (date(2026, 10, 28), "half-term"),
        (date(2027, 9, 6), "beyond the calendar"),
        (date(2026, 11, 13), "not a day of the lead's"),
        (date(2026, 11, 11), "a day that is shut"),
    ],
)
def test_a_day_is_not_free_on(day: date, why: str):
    diary = replace(DIARY, weekdays=frozenset({0, 1, 2, 3}), shut=frozenset({date(2026, 11, 11)}))

    assert diary.free(day, 45, at("2026-09-01T00:00")) == ()
    assert diary.free(THURSDAY, 45, at("2026-09-01T00:00")) != (), "a day that is free, to compare"


def test_a_slot_may_touch_a_meeting_and_not_overlap_it():
    diary = replace(DIARY, busy=((at("2026-11-12T09:30"), at("2026-11-12T12:15")),), closes=time(12, 15))

    assert shown(diary.free(THURSDAY, 45, at("2026-11-12T00:00"))) == ["Thu 12 08:45"]


def test_the_eve_of_return_comes_first_and_then_the_days_before_it():
    found = shown(offered_slots(DIARY, date(2026, 11, 16), 45, at("2026-11-12T10:00")))

    assert found == [
        *("Mon 16 08:45", "Mon 16 10:15", "Mon 16 14:00"),
        *("Fri 13 08:45", "Fri 13 10:15", "Fri 13 14:00"),
        *("Thu 12 10:15", "Thu 12 13:15"),
    ]


def test_one_day_alone_gives_up_to_eight():
    found = shown(offered_slots(DIARY, THURSDAY, 15, at("2026-11-12T08:00")))

    assert len(found) == 8
    assert {text[:6] for text in found} == {"Thu 12"}
    assert (found[0], found[-1]) == ("Thu 12 08:45", "Thu 12 15:00")


@pytest.mark.parametrize("wanted", [None, date(2026, 11, 9), date(2026, 11, 14)])
def test_without_a_free_day_up_to_the_eve_the_next_school_days_are_offered(wanted: date | None):
    now = at("2026-11-14T10:00")

    found = shown(offered_slots(DIARY, wanted, 45, now))

    assert [text[:6] for text in found] == [
        *("Mon 16", "Mon 16", "Tue 17", "Tue 17"),
        *("Wed 18", "Wed 18", "Thu 19", "Thu 19"),
    ]


def test_nothing_is_offered_where_nothing_is_free():
    assert offered_slots(DIARY, THURSDAY, 240, at("2026-11-12T08:00")) == []
    assert offered_slots(DIARY, None, 45, at("2027-07-21T16:00")) == []


def test_the_hours_follow_the_clock_of_the_school_when_it_changes():
    summer, winter = (
        DIARY.free(day, 45, at("2026-09-01T00:00"))[0] for day in (date(2026, 10, 23), THURSDAY)
    )

    assert summer.at == datetime(2026, 10, 23, 7, 45, tzinfo=UTC)
    assert winter.at == datetime(2026, 11, 12, 8, 45, tzinfo=UTC)


@pytest.mark.parametrize("minutes", [4, 0, -45, 481])
def test_a_meeting_of_such_a_length_does_not_exist(minutes: int):
    with pytest.raises(UsageError, match="from 5 to 480 minutes"):
        checked_minutes(minutes)


@pytest.mark.parametrize("minutes", [5, 480])
def test_the_shortest_and_the_longest_meeting(minutes: int):
    assert checked_minutes(minutes) == minutes


@given(
    now=st.integers(0, 345 * 24 * 60).map(
        lambda minute: datetime(2026, 8, 20, tzinfo=UTC) + timedelta(minutes=minute)
    ),
    ahead=st.none() | st.integers(-10, 40),
    minutes=st.integers(5, 300),
    busy=st.lists(st.tuples(st.integers(0, 60 * 24 * 20), st.integers(5, 300)), max_size=8),
)
def test_whatever_is_offered_is_free(now, ahead, minutes, busy):
    taken = tuple((now + timedelta(minutes=a), now + timedelta(minutes=a + length)) for a, length in busy)
    wanted = None if ahead is None else CALENDAR.day_of(now) + timedelta(days=ahead)

    found = offered_slots(replace(DIARY, busy=taken), wanted, minutes, now)

    assert len(found) <= 8
    assert len({slot.at for slot in found}) == len(found)
    for slot in found:
        day = CALENDAR.day_of(slot.at)
        spans = [(CALENDAR.starts(Session(day, half)), CALENDAR.ends(Session(day, half))) for half in Half]
        assert CALENDAR.is_school_day(day)
        assert any(begin <= slot.at and slot.ends_at <= end for begin, end in spans)
        assert slot.at >= now
        assert slot.at.minute % 15 == 0
        assert all(slot.ends_at <= begin or end <= slot.at for begin, end in taken)
