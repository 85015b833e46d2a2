"""Behaviours are incidents with their pupils, in the school's own words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rp_connect.domain.incident import IncidentRole
from rp_connect.ports.mis import Kind
from tests.plugins.rp_wonde.conftest import Open
from tests.plugins.rp_wonde.taking import Taken
from tests.plugins.rp_wonde.vendor import WondeSchool
from tests.plugins.rp_wonde.wonde_rows import behaviour, php, student


@pytest.fixture
def school(school: WondeSchool) -> WondeSchool:
    school.put("students", student("A1"), student("A2"))
    return school


ROLES = {"AG": "responsible", "ta": "harmed"}


def test_an_incident_has_everybody_in_it_by_their_upi(school: WondeSchool, adapter_of: Open):
    school.put("behaviours", behaviour("B1", ("A1", "AG"), ("A2", "TA")))

    (incident,) = Taken(adapter_of(behaviour_roles=ROLES).everything(Kind.INCIDENT)).records

    assert [(i.pupil_id, i.role, i.role_word) for i in incident.involved] == [
        ("upi-A1", IncidentRole.RESPONSIBLE, "AG"),
        ("upi-A2", IncidentRole.HARMED, "TA"),
    ]
    assert (incident.kind, incident.location, incident.description) == ("BULL", "Yard", "A coat was torn.")
    assert incident.occurred.at == datetime(2026, 11, 9, 10, 30, tzinfo=UTC)


def test_a_pupil_without_a_upi_is_found_by_the_wonde_id(school: WondeSchool, adapter):
    school.put("students", student("A1", "upi-other"))
    row = behaviour("B1")
    row["students"] = {"data": [{"id": "A1", "meta": {"role": None}}]}
    school.put("behaviours", row)

    (incident,) = Taken(adapter.everything(Kind.INCIDENT)).records

    assert [one.pupil_id for one in incident.involved] == ["upi-other"]


def test_a_role_that_nobody_mapped_counts_as_affected_and_is_named(school: WondeSchool, adapter):
    school.put("behaviours", behaviour("B1", ("A1", "Passer-by")))

    taken = Taken(adapter.everything(Kind.INCIDENT))

    assert taken.records[0].involved[0].role is IncidentRole.AFFECTED
    assert taken.reading.unmapped == ["Passer-by"]


def test_a_pupil_without_any_role_is_what_the_school_says_such_a_pupil_is(school, adapter_of: Open):
    school.put("behaviours", behaviour("B1", ("A1", None)))

    asked = Taken(adapter_of(unnamed_role="responsible").everything(Kind.INCIDENT))
    silent = Taken(adapter_of().everything(Kind.INCIDENT))

    assert asked.records[0].involved[0].role is IncidentRole.RESPONSIBLE
    assert silent.records[0].involved[0].role is IncidentRole.AFFECTED
    assert asked.reading.unmapped == []


def test_a_day_without_a_time_stays_a_day(school: WondeSchool, adapter):
    school.put(
        "behaviours", behaviour("B1", ("A1", "AG"), incident_date=php(date(2026, 6, 30), "Europe/London"))
    )

    (incident,) = Taken(adapter.everything(Kind.INCIDENT)).records

    assert (incident.occurred.day, incident.occurred.at) == (date(2026, 6, 30), None)


def test_what_was_recorded_without_a_day_happened_when_it_was_recorded(school: WondeSchool, adapter):
    row = behaviour("B1", ("A1", "AG"), incident_date=None, recorded_date="2026-11-10T09:00:00+00:00")
    school.put("behaviours", row, behaviour("B2", ("A1", "AG"), incident_date=None))

    taken = Taken(adapter.everything(Kind.INCIDENT))

    assert taken.records[0].occurred.at == datetime(2026, 11, 10, 9, tzinfo=UTC)
    assert [(r.key, r.reason) for r in taken.refusals] == [
        ("B2", "incident_date and recorded_date are missing")
    ]


def test_a_pupil_whom_nobody_can_tell_is_refused_and_the_others_stay(school: WondeSchool, adapter):
    row = behaviour("B1", ("A1", "AG"))
    row["students"]["data"].append({"id": "A404", "meta": {}})
    school.put("behaviours", row)

    taken = Taken(adapter.everything(Kind.INCIDENT))

    assert [one.pupil_id for one in taken.records[0].involved] == ["upi-A1"]
    assert [r.key for r in taken.refusals] == ["B1/A404"]


def test_an_incident_of_which_nobody_can_be_told_is_not_one_with_nobody_in_it(school: WondeSchool, adapter):
    school.put("students", student("A1") | {"date_of_birth": {"date": "not a date"}})
    school.put("behaviours", behaviour("B1", ("A1", "AG")))

    taken = Taken(adapter.everything(Kind.INCIDENT))

    assert taken.records == []
    assert [refusal.key for refusal in taken.refusals] == ["B1/A1", "B1"]


def test_pupils_that_are_not_given_are_not_nobody(school: WondeSchool, adapter):
    school.left_out.add("students")
    school.put("behaviours", behaviour("B1", ("A1", "AG")))

    taken = Taken(adapter.everything(Kind.INCIDENT))

    assert (taken.records, [r.reason for r in taken.refusals]) == ([], ["its students are not given"])


def test_an_outcome_that_we_wrote_is_not_read_back_as_an_incident(school: WondeSchool, adapter):
    comment = "[RP-2026-0007.outcome.1] Restorative conference held; agreement reached on 12 November 2026."
    school.put("behaviours", behaviour("B1", ("A1", "AG"), comment=comment), behaviour("B2", ("A1", "AG")))

    assert [one.id for one in Taken(adapter.everything(Kind.INCIDENT)).records] == ["B2"]


def test_a_behaviour_that_came_twice_is_given_once(school: WondeSchool, adapter):
    """A list that is read by page numbers moves on while somebody types."""
    school.rows["behaviours"] = [behaviour("B1", ("A1", "AG")), behaviour("B1", ("A1", "AG"))]

    taken = Taken(adapter.everything(Kind.INCIDENT))

    assert ([one.id for one in taken.records], taken.reading.keys) == (["B1"], 1)


def test_behaviours_of_years_ago_are_not_asked_for(school: WondeSchool, adapter):
    ago = datetime.now(UTC) - timedelta(days=500)
    school.put("behaviours", behaviour("B1", ("A1", "AG")), changed=ago)
    school.put("behaviours", behaviour("B2", ("A1", "AG")))

    assert [one.id for one in Taken(adapter.everything(Kind.INCIDENT)).records] == ["B2"]
    assert [one.id for one in Taken(adapter.changes(Kind.INCIDENT, None)).records] == ["B2"]
