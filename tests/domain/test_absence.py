"""Persistent and severe absence: a tenth and a half of a pupil's own possible sessions."""

from __future__ import annotations

from datetime import date

import pytest

from rp_connect.domain.absence import ABSENT, POSSIBLE, Absence, codes_of, school_year_of
from rp_connect.domain.attendance import Meaning


@pytest.mark.parametrize(
    ("missed", "persistent", "severe"),
    [(0, False, False), (37, False, False), (38, True, False), (189, True, False), (190, True, True)],
)
def test_a_tenth_of_380_sessions_is_persistent_and_a_half_of_them_severe(missed, persistent, severe):
    found = Absence(possible=380, missed=missed, unknown=0)

    assert (found.persistent, found.severe) == (persistent, severe)


def test_a_tenth_is_reached_exactly_where_decimals_would_waver():
    for possible in range(10, 2000, 10):
        assert Absence(possible, possible // 10, 0).persistent
        assert not Absence(possible, possible // 10 - 1, 0).persistent


def test_a_pupil_without_any_possible_session_is_absent_from_none():
    found = Absence(possible=0, missed=0, unknown=12)

    assert (found.persistent, found.severe) == (False, False)


def test_a_suspension_is_an_absence_and_a_visit_is_not():
    absent, possible = codes_of(*ABSENT), codes_of(*POSSIBLE)

    assert {"E", "I", "C2", "U", "N"} <= absent
    assert {"V", "B", "K", "/", "\\", "L"} <= possible - absent
    assert not codes_of(Meaning.NOT_POSSIBLE) & possible
    assert not codes_of(Meaning.UNKNOWN)


@pytest.mark.parametrize(
    ("day", "year"), [("2026-07-31", 2025), ("2026-08-01", 2026), ("2026-12-31", 2026), ("2027-01-01", 2026)]
)
def test_a_school_year_begins_on_the_first_of_august(day, year):
    assert school_year_of(date.fromisoformat(day)) == year
