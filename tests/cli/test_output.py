"""Tables, dates and progress as a terminal shows them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import click
import pytest

from rp_connect.cli.output import bad, count, day_text, table

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def terminal(monkeypatch):
    return lambda columns: monkeypatch.setenv("COLUMNS", str(columns))


def lines(text: str) -> list[str]:
    return click.unstyle(text).splitlines()


def test_columns_are_as_wide_as_their_widest_cell(terminal):
    terminal(80)
    assert lines(table(("A", "Kind"), [("12", "task"), ("1", "meeting")])) == [
        "A   Kind",
        "12  task",
        "1   meeting",
    ]


def test_the_last_column_is_cut_to_the_room_that_is_left(terminal):
    terminal(24)
    shown = lines(table(("ID", "Why"), [("1", "a long story about a folder")]))
    assert shown[1] == "1   a long story about…"
    assert max(map(len, shown)) <= 24


def test_a_last_column_without_room_is_left_out(terminal):
    terminal(24)
    assert lines(table(("ID", "Why"), [("RP-2026-0001.review", "a long story")])) == [
        "ID",
        "RP-2026-0001.review",
    ]


def test_several_columns_go_one_after_the_other(terminal):
    terminal(10)
    wide = "x" * 30
    assert lines(table(("A", "B", "C"), [("1", wide, wide)])) == ["A", "1"]


def test_colours_do_not_count_as_letters(terminal):
    terminal(80)
    assert lines(table(("State", "ID"), [(bad("late"), "1")])) == ["State  ID", "late   1"]


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (None, "–"),
        (date(2026, 7, 1), "01 Jul 2026"),
        (datetime(2026, 7, 1, 14, 15, tzinfo=UTC), "01 Jul 2026 15:15"),
        (datetime(2026, 12, 1, 15, 15, tzinfo=UTC), "01 Dec 2026 15:15"),
    ],
)
def test_days_are_written_out_in_the_schools_time(day, text):
    assert day_text(day, LONDON) == text


def test_one_is_singular():
    assert [count(n, "task") for n in (0, 1, 1200)] == ["0 tasks", "1 task", "1,200 tasks"]
