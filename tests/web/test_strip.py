"""The picture of a suspension: which days it has, what falls on them, and the words for it."""

from __future__ import annotations

from datetime import date

import pytest

from rp_connect.domain.calendar import Half
from rp_connect.domain.suspension import Dates
from rp_connect.services.complete_task import complete_task
from rp_connect.services.office import Office
from rp_connect.services.set_meeting import set_meeting
from rp_connect.services.show_case import show_case
from rp_connect.web.strip import MOST_DAYS, StripDay, strip_of
from tests.web.small_school import add_reintegration, local, pupil, three_days

REF = "RP-2026-0001"


def drawn(office: Office, ref: str = REF) -> list[tuple[int, str, tuple[str, ...]]]:
    return [(day.day.day, day.words, day.marks) for day in strip_of(show_case(office, ref))]


def test_it_runs_from_the_first_suspended_day_to_the_last_check_in(office: Office, ref: str):
    assert drawn(office) == [
        *((day, "suspended all day", ()) for day in (9, 10, 11)),
        (12, "in school", ("Return", "Check-in")),
        *((day, "in school", ()) for day in (13, 16, 17)),
        (18, "in school", ("Check-in",)),
    ]


def test_a_meeting_and_what_was_done_are_marked(office: Office, ref: str):
    set_meeting(office, ref, local("2026-11-14T10:00"), 45, "", False, [], "lead")
    complete_task(office, f"{ref}.check-in.1", "lead")

    found = {day: (words, marks) for day, words, marks in drawn(office)}

    assert found[12] == ("in school", ("Return", "Checked in"))
    assert found[14] == ("no school", ("Meeting",)), "a Saturday that somebody chose"


def test_half_days_are_told_apart(office: Office):
    halves = Dates(start=date(2026, 11, 9), start_half=Half.PM, sessions=2)
    add_reintegration(office, suspension=three_days().model_copy(update={"dates": halves}))

    assert [words for _, words, _ in drawn(office)][:2] == [
        "suspended in the afternoon",
        "suspended in the morning",
    ]


def test_days_without_school_leave_a_gap_and_today_is_marked(office: Office, ref: str):
    days = strip_of(show_case(office, ref))

    assert [day.day.day for day in days if day.gap] == [16]
    assert [day.day.day for day in days if day.today] == [10]


def test_a_long_one_is_cut_in_the_middle(office: Office):
    long = Dates(start=date(2026, 11, 9), sessions=56)
    add_reintegration(office, suspension=three_days().model_copy(update={"dates": long}), tasks=[])

    days = strip_of(show_case(office, REF))

    assert len(days) == MOST_DAYS
    assert [(day.day, day.cut) for day in days if day.cut] == [(date(2026, 12, 3), 9)]
    assert days[-1].marks == ("Return",)


@pytest.mark.parametrize("change", [{"category": "PERM"}, {"category": "LNCH"}, {"dates": Dates()}])
def test_without_an_end_there_is_no_picture(office: Office, change: dict[str, object]):
    add_reintegration(office, pupil("P-1"), three_days().model_copy(update=change))

    assert strip_of(show_case(office, REF)) == ()


def test_a_day_says_what_it_shows():
    day = StripDay(date(2026, 11, 9), frozenset({Half.AM}), (), today=False, school=True)

    assert day.words == "suspended in the morning"
