"""What the sheet of a case and the summary of its meeting say, before any workspace makes it its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rp_connect.ports.workspace import PUPIL_FACT, CaseRecord
from rp_connect.services.office import Office
from rp_connect.services.render_record import case_record, meeting_summary
from rp_connect.services.set_meeting import cancel_meeting, meeting_id, set_meeting
from tests.web.small_school import add_reintegration, local, open_trust

REF = "RP-2026-0001"
PEOPLE = 'lead = ["lead@trust.example"]\nhead = ["Head@trust.example"]'


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = open_trust(tmp_path, people=PEOPLE)
    add_reintegration(found)
    yield found
    found.store.close()


def sheet(office: Office) -> CaseRecord:
    with office.store.read() as work:
        return case_record(office, work, office.school("northwick"), REF, 3)


def summary(office: Office) -> CaseRecord:
    with office.store.read() as work:
        return meeting_summary(office, work, office.school("northwick"), meeting_id(REF), 2)


def meet(office: Office, *invited: str, online: bool = False) -> None:
    at = local("2026-11-12T14:20")
    set_meeting(office, REF, at, 45, "" if online else "Room 2", online, invited, "lead")


def test_a_record_has_its_facts_by_stable_names_for_a_table(office: Office):
    meet(office, "lead@trust.example")

    columns = dict(sheet(office).columns)

    done, still_open = columns.pop("tasks_done"), columns.pop("tasks_open")
    assert int(done) + int(still_open) == len(sheet(office).tasks)
    assert columns == {
        "school": "northwick",
        "kind": "reintegration",
        "stage": "referred",
        "opened": "2026-11-09",
        "pupils": "P-1",
        "pupil_names": "Ada Testperson",
        "from": "2026-11-09",
        "half_days": "6",
        "meeting": "2026-11-12T14:20:00+00:00",
    }


def test_a_meeting_that_was_cancelled_leaves_no_time_in_the_record(office: Office):
    meet(office)
    cancel_meeting(office, REF, "lead")

    assert "meeting" not in sheet(office).columns


def test_the_title_and_the_key_of_a_record_name_nobody(office: Office):
    meet(office)

    for record in (sheet(office), summary(office)):
        assert "Testperson" not in record.title + record.key + repr(record)
        assert dict(record.facts)[PUPIL_FACT] == "Ada Testperson"


def test_a_summary_says_when_where_and_who_was_asked_by_role(office: Office):
    meet(office, "head@TRUST.example", "mum@home.example", "dad@home.example")

    facts = summary(office).facts

    assert facts[:3] == [
        ("When", "Thursday 12 November 2026, 14:20, for 45 minutes"),
        ("Where", "Room 2"),
        ("Invited", "the head, 2 other people"),
    ]
    assert not any("@" in text for fact in facts for text in fact)
    assert [label for label, _ in facts].count("Meeting") == 0


def test_a_summary_of_a_cancelled_meeting_says_so(office: Office):
    meet(office)
    cancel_meeting(office, REF, "lead")

    facts = dict(summary(office).facts)

    assert facts["Cancelled"] == "This meeting was cancelled."
    assert facts["Invited"] == "Nobody was invited by rp-connect"
