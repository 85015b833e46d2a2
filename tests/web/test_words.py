"""The words of the pages: every code has one, and none of them blames."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest

from rp_connect.domain.case import CaseKind, Stage
from rp_connect.domain.duty import Confidence, DueNote
from rp_connect.domain.people import Role
from rp_connect.domain.suspension import REASON_CODES, LengthAnswer
from rp_connect.domain.suspension import Dates as Span
from rp_connect.domain.task import Task
from rp_connect.domain.when import When
from rp_connect.ports.store import AuditRow
from rp_connect.services.show_case import Fact
from rp_connect.web import words
from rp_connect.web.dates import Dates, long_day
from tests.web.small_school import pupil, task
from tests.web.test_pages import FORBIDDEN

DATES = Dates(ZoneInfo("Europe/London"), date(2026, 11, 10))
TASKS = [
    task("RP-2026-0001", "tell-la", "Tell the local authority", None),
    task("RP-2026-0001", "set-work", "Set and mark work, day 1 of 2", None),
    task("RP-2026-0001", "set-work", "Set and mark work, day 2 of 2", None, occurrence=2),
]


@pytest.mark.parametrize(
    ("table", "of"),
    [
        (words.CONFIDENCE, Confidence),
        (words.ROLES, Role),
        (words.NOTES, DueNote),
        (words.FACTS, Fact),
        (words.ANSWERS, LengthAnswer),
    ],
)
def test_everything_that_can_be_shown_has_a_word(table: dict[StrEnum, object], of: type[StrEnum]):
    assert set(table) == set(of)


def test_every_reason_of_the_census_has_words_and_no_other():
    assert set(words.REASONS) == REASON_CODES


def test_no_word_blames():
    tables = (
        words.ROLES,
        words.NOTES,
        words.REASONS,
        words.FACTS,
        words.SAID,
        words.CATEGORIES,
        words.FAULTS,
    )

    assert [text for table in tables for text in table.values() if FORBIDDEN.search(text)] == []


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("opened", "Case opened"),
        ("stage: triage", "Moved to “triage”"),
        ("task done: tell-la", "Done: Tell the local authority"),
        ("task done: set-work", "Done: Set and mark work"),
        ("task done: no-longer-there", "Done: no-longer-there"),
        (
            "task deleted in the workspace, made again: tell-la",
            "Deleted in the workspace, made again: Tell the local authority",
        ),
        ("tasks created: 12", "12 tasks created"),
        ("tasks created: 1", "1 task created"),
        ("tasks closed by itself: 2", "2 tasks closed by themselves"),
        ("tasks closed by itself: 1", "1 task closed by itself"),
        ("answered: further", "Longer dates are a further suspension"),
        ("answered: perhaps", "Answered: perhaps"),
        ("meeting moved", "Meeting moved"),
        ("something new: 3", "Something new: 3"),
        ("", ""),
    ],
)
def test_a_change_is_told_in_words(what: str, told: str):
    row = AuditRow("RP-2026-0001", "northwick", "lead", datetime(2026, 11, 10, tzinfo=UTC), what)

    assert words.change_words(row, TASKS) == told


@pytest.mark.parametrize(
    ("sessions", "told"),
    [(None, None), (1, "½ day"), (2, "1 day"), (3, "1½ days"), (6, "3 days"), (90, "45 days"), (0, "0 days")],
)
def test_a_length_is_told_in_days(sessions: int | None, told: str | None):
    assert words.length_words(Span(sessions=sessions)) == told


def test_unknown_codes_stand_as_they_were_recorded():
    assert words.reason_words("BU") == "Bullying (BU)"
    assert words.reason_words("ZZ") == "ZZ"
    assert words.category_words("INTX") == "INTX"
    assert words.kind_words("debrief", []) == "Debrief"
    assert (
        words.kind_words("debrief", [CaseKind("debrief", "post-incident debrief", "")])
        == "Post-incident debrief"
    )


def test_a_group_says_as_much_as_is_known():
    assert words.group_words(pupil("P")) == "Year 8, 8B"
    assert words.group_words(pupil("P", year="R").model_copy(update={"reg_group": ""})) == "R"
    assert words.group_words(pupil("P", year="").model_copy(update={"reg_group": ""})) == ""


def test_every_stage_begins_with_a_capital():
    assert words.stage_words(Stage.SAFEGUARDING_HOLD) == "Safeguarding hold"


def test_a_title_is_shown_without_the_reference_that_stands_beside_it():
    assert words.task_words(TASKS[0]) == "Tell the local authority"


def test_days_are_short_and_name_the_year_only_where_it_is_another():
    assert DATES.day(date(2026, 11, 12)) == '<time datetime="2026-11-12">Thu 12 Nov</time>'
    assert DATES.day_text(date(2027, 1, 7)) == "Thu 7 Jan 2027"
    assert long_day(date(2026, 11, 18)) == "Wednesday 18 November 2026"


def test_hours_are_those_of_the_school():
    summer = datetime(2026, 7, 1, 7, 45, tzinfo=UTC)

    assert DATES.moment(summer) == '<time datetime="2026-07-01T08:45+01:00">Wed 1 Jul, 08:45</time>'
    assert DATES.clock(summer) == '<time datetime="2026-07-01T08:45+01:00">08:45</time>'


def due_of(due: date | datetime | None) -> Task:
    from dataclasses import replace

    return replace(TASKS[0], due=due)


def test_a_due_and_a_record_are_shown_as_exactly_as_they_are_known():
    moment = datetime(2026, 11, 12, 15, 15, tzinfo=UTC)

    assert DATES.due(due_of(None)) is None
    assert DATES.due(due_of(date(2026, 11, 12))) == DATES.day(date(2026, 11, 12))
    assert DATES.due(due_of(moment)) == DATES.moment(moment)
    assert DATES.when(When(date(2026, 11, 12))) == DATES.day(date(2026, 11, 12))
    assert DATES.when(When(date(2026, 11, 12), moment)) == DATES.moment(moment)
