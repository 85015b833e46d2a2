"""Suspensions without dates: they are asked for, never guessed; and what happens when they arrive."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rp_connect.domain.suspension import Dates
from rp_connect.errors import UsageError
from rp_connect.services.change_suspension import give_dates
from tests.drop_school import DropSchool, suspension

NEEDS_DATES = {
    "set-work",
    "day-six-education",
    "attendance-check",
    "reintegration-meeting",
    "share-plan",
    "check-in",
    "review",
}


def without_dates(folder: Path, **more: object) -> DropSchool:
    school = DropSchool(folder)
    school.suspensions = [suspension("S1", None, None, **({"decided_at": "2026-11-12T09:10"} | more))]
    school.sync("2026-11-12T09:40")
    return school


def test_a_suspension_without_dates_asks_for_them_by_the_next_school_day(tmp_path: Path) -> None:
    due = without_dates(tmp_path).due()
    assert due["supply-dates"] == ["2026-11-13"]
    assert due["tell-parent"] == ["2026-11-12"]
    assert due["written-notice"] == [None]
    assert not NEEDS_DATES & set(due)


def test_without_a_decision_either_what_hangs_on_it_says_dates_missing(tmp_path: Path) -> None:
    school = without_dates(tmp_path, decided_at=None)
    assert school.due()["supply-dates"] == ["2026-11-13"]
    notes = school.notes()
    assert notes.pop("RP-2026-0001.supply-dates.1") is None
    assert set(notes.values()) == {"dates missing"}


def test_dates_that_the_mis_gives_later_settle_the_question(tmp_path: Path) -> None:
    school = without_dates(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 6, decided_at="2026-11-12T09:10")]
    school.sync("2026-11-12T11:00")
    due = school.due()
    assert due["set-work"] == ["2026-11-12", "2026-11-13", "2026-11-16"]
    assert due["written-notice"] == ["2026-11-12 15:15"]
    assert "supply-dates" not in due
    assert school.due(state="done") == {"supply-dates": ["2026-11-13"]}
    assert set(school.notes().values()) == {None}


def test_a_person_can_give_the_dates_and_the_same_dates_from_the_mis_change_nothing(tmp_path: Path) -> None:
    school = without_dates(tmp_path)
    office = school.office("2026-11-12T11:00")
    give_dates(office, "RP-2026-0001", Dates(start=date(2026, 11, 12), sessions=6), "lead@northwick.example")
    with pytest.raises(UsageError, match="known already"):
        give_dates(
            office, "RP-2026-0001", Dates(start=date(2026, 11, 13), sessions=2), "lead@northwick.example"
        )
    office.store.close()
    given = school.tasks()
    assert school.due()["reintegration-meeting"] == ["2026-11-16"]
    school.suspensions = [suspension("S1", "2026-11-12", 6, decided_at="2026-11-12T09:10")]
    school.sync("2026-11-12T12:00")
    assert school.tasks() == given


def test_different_dates_from_the_mis_afterwards_are_an_amendment(tmp_path: Path) -> None:
    school = without_dates(tmp_path)
    office = school.office("2026-11-12T11:00")
    give_dates(office, "RP-2026-0001", Dates(start=date(2026, 11, 12), sessions=6), "lead@northwick.example")
    office.store.close()
    school.suspensions = [suspension("S1", "2026-11-12", 4, decided_at="2026-11-12T09:10")]
    school.sync("2026-11-12T12:00")
    assert school.due()["reintegration-meeting"] == ["2026-11-13"]
    school.suspensions = [suspension("S1", "2026-11-12", 8, decided_at="2026-11-12T09:10")]
    school.sync("2026-11-12T13:00")
    assert school.due()["reintegration-meeting"] == ["2026-11-13"]
    assert school.due()["dates-changed"] == ["2026-11-13"]


def test_a_blank_in_a_later_export_takes_no_dates_away(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 6)]
    school.sync("2026-11-12T09:00")
    before = school.tasks()
    school.suspensions = [suspension("S1", None, None, decided_at="2026-11-12")]
    school.sync("2026-11-12T10:00")
    assert school.tasks() == before


def test_a_lunchtime_without_a_start_is_asked_for_it(tmp_path: Path) -> None:
    due = without_dates(tmp_path, category="LNCH").due()
    assert due["supply-dates"] == ["2026-11-13"]
