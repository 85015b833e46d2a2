"""The invented incidents and attendance marks, day by day."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import pytest

from rp_connect.domain.attendance import Meaning, meaning_of
from rp_connect.domain.calendar import Half, Session
from tests.testing.written import WrittenSchool, day_of


def dated(school: WrittenSchool) -> list[dict[str, str]]:
    return [row for row in school.incidents if not row["occurred_at"].endswith("-02-31T12:40:00")]


def test_incidents_happen_on_school_days_before_the_demonstration(trust):
    for school in trust.schools:
        for row in dated(school):
            assert school.calendar.is_school_day(day_of(row["occurred_at"]))
            assert day_of(row["occurred_at"]) < trust.day
            assert row["occurred_at"] < row["recorded_at"]


def test_a_year_of_incidents_goes_back_about_a_year(trust):
    for school in trust.schools:
        first = min(day_of(row["occurred_at"]) for row in dated(school))
        assert timedelta(days=270) < trust.day - first <= timedelta(days=366)


def test_the_high_school_has_about_six_a_day(trust):
    days = Counter(
        {row["incident_id"]: day_of(row["occurred_at"]) for row in dated(trust.northwick)}.values()
    )
    assert 5 < sum(days.values()) / len(days) < 8


def test_incidents_come_in_clusters(autumn_trust):
    rows = dated(autumn_trust.northwick)
    often = Counter(row["pupil_id"] for row in rows)
    busiest = sum(count for _, count in often.most_common(90))
    assert busiest > len(rows) * 0.4
    clocks = Counter(datetime.fromisoformat(row["occurred_at"]).hour for row in rows)
    assert clocks[10] + clocks[12] + clocks[13] > len(rows) * 0.5


def test_everybody_in_an_incident_was_in_school(trust):
    for school in trust.schools:
        for row in dated(school):
            assert school.on_roll(row["pupil_id"], day_of(row["occurred_at"]))


def test_nobody_is_twice_in_one_incident_and_every_role_is_one_of_ours(trust):
    for school in trust.schools:
        keys = [(row["incident_id"], row["pupil_id"]) for row in school.incidents]
        assert len(keys) == len(set(keys))
        roles = {row["role"] for row in school.incidents}
        assert roles == {"harmed", "responsible", "both", "witness", "affected"}


def test_most_suspensions_name_the_incident_that_led_to_them(trust):
    for school in trust.schools:
        involved: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
        for row in dated(school):
            involved[row["incident_id"]][row["pupil_id"]] = row
        linked = [row for row in school.suspensions.values() if row["incident_id"]]
        assert len(linked) >= len(school.suspensions) * 0.55
        for row in linked:
            incident = involved[row["incident_id"]][row["pupil_id"]]
            assert incident["role"] in ("responsible", "both")
            assert day_of(incident["occurred_at"]) <= day_of(row["decided_at"])


def test_a_suspended_pupil_is_in_no_incident_after_the_first_day(trust):
    for school in trust.schools:
        days: dict[str, set[date]] = defaultdict(set)
        for row in school.suspensions.values():
            if row["category"] in ("SUSP", "FIXD") and row["start_date"] and not row["cancelled_at"]:
                days[row["pupil_id"]] |= {s.day for s in school.sessions_of(row)[2:]}
        assert not [r for r in dated(school) if day_of(r["occurred_at"]) in days[r["pupil_id"]]]


def test_no_mark_is_of_the_future_or_of_a_day_without_school(trust):
    for school in trust.schools:
        marked = {(day_of(row["date"]), row["session"]) for row in school.attendance}
        assert all(school.calendar.is_school_day(day) for day, _ in marked)
        assert max(marked) <= (trust.day, "AM")
        assert 25 <= len({day for day, _ in marked}) <= 61


def test_marks_are_given_once_to_pupils_on_roll_with_codes_of_the_table(trust):
    for school in trust.schools:
        keys = Counter((row["pupil_id"], row["date"], row["session"]) for row in school.attendance)
        assert max(keys.values()) == 1
        assert {meaning_of(row["code"]) for row in school.attendance} >= {Meaning.PRESENT, Meaning.AUTHORISED}
        assert all(meaning_of(row["code"]) is not Meaning.UNKNOWN for row in school.attendance)
        assert all(school.on_roll(row["pupil_id"], day_of(row["date"])) for row in school.attendance[::7])


def test_most_pupils_are_present(trust):
    for school in trust.schools:
        codes = Counter(meaning_of(row["code"]) for row in school.attendance)
        assert 0.9 < codes[Meaning.PRESENT] / codes.total() < 0.97


def test_every_suspended_session_is_marked_so_but_one(trust):
    wrong = []
    for school in trust.schools:
        marks = {
            (row["pupil_id"], Session(day_of(row["date"]), Half[row["session"]])): row["code"]
            for row in school.attendance
        }
        for key, row in school.suspensions.items():
            if row["category"] in ("SUSP", "FIXD") and not row["cancelled_at"]:
                found = {marks.get((row["pupil_id"], s), "E") for s in school.sessions_of(row)}
                wrong += [key] if found - {"E", "K"} else []
    assert wrong == [trust.told.shows["attendance mismatch"]]


@pytest.mark.parametrize("show", ["impossible date", "unknown pupil"])
def test_a_bad_row_is_bad_for_the_reason_that_is_told(trust, show):
    key = trust.told.shows[show]
    if show == "unknown pupil":
        assert trust.northwick.suspensions[key]["pupil_id"] not in trust.northwick.pupils
    else:
        (row,) = (row for row in trust.northwick.incidents if row["incident_id"] == key)
        with pytest.raises(ValueError, match="day is out of range"):
            day_of(row["occurred_at"])


def test_every_other_row_names_a_known_pupil(trust):
    for school in trust.schools:
        for row in [*school.incidents, *school.suspensions.values(), *school.attendance]:
            unknown = row["pupil_id"] not in school.pupils
            assert not unknown or row.get("suspension_id") == trust.told.shows["unknown pupil"]
