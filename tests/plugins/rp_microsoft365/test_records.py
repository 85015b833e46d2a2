"""The records shelf against the Graph server: one item for each case, whatever happens on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rp_connect.errors import (
    AccessError,
    ConfigError,
    ConflictError,
    GoneError,
    RpConnectError,
    UnclearError,
)
from rp_connect.ports.workspace import Bulk, CaseRecord, Written
from rp_microsoft365.records import LATE_S, SharePointRecords
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.tenant_school import CANARY, RECORD, open_workspace

pytestmark = pytest.mark.facts
INSERT: dict[str, Any] = {"service": "lists", "method": "POST"}


@pytest.fixture
def records(graph_server: GraphServer) -> SharePointRecords:
    open_workspace(graph_server).setup()
    return opened(graph_server)


def opened(server: GraphServer, **own: Any) -> SharePointRecords:
    shelf = open_workspace(server, **own).records
    assert isinstance(shelf, SharePointRecords)
    return shelf


def items(server: GraphServer) -> list[dict[str, Any]]:
    """The fields of each item, as they stand in the tenant."""
    return [row["fields"] for row in server.state.items.values()]


def written(outcome: Written | RpConnectError | None) -> Written:
    assert isinstance(outcome, Written), outcome
    return outcome


def numbered(count: int) -> list[CaseRecord]:
    return [replace(RECORD, key=f"RP-2026-{n:04}") for n in range(1, count + 1)]


def test_a_case_is_one_item_with_typed_columns(graph_server: GraphServer, records: SharePointRecords):
    made = records.create(RECORD)

    assert items(graph_server) == [
        {
            "Title": "RP-2026-0001 · Reintegration",
            "CaseReference": "RP-2026-0001",
            "Revision": 1,
            "School": "northwick",
            "CaseKind": "reintegration",
            "Stage": "preparing",
            "Opened": "2026-11-11T12:00:00Z",
            "Pupils": "P-100",
            "AwayFrom": "2026-11-11T12:00:00Z",
            "HalfDays": 6,
            "Meeting": "2026-11-12T14:20:00Z",
            "TasksOpen": 7,
            "TasksDone": 1,
        }
    ]
    assert records.find(RECORD.key) == made
    assert made.revision == 1


def test_no_name_of_a_pupil_is_in_the_tenant_unless_the_school_says_so(
    graph_server: GraphServer, records: SharePointRecords
):
    records.create(RECORD)
    assert CANARY not in str(graph_server.state.snapshot())

    open_workspace(graph_server, record_names=True).setup()
    opened(graph_server, record_names=True).create(replace(RECORD, key="RP-2026-0002"))

    named = items(graph_server)[1]
    assert named["PupilNames"] == CANARY
    assert CANARY not in named["Title"]


def test_a_case_that_is_not_there_is_not_found(records: SharePointRecords):
    assert records.find("RP-2026-0404") is None
    assert records.find("it's") is None


def test_a_change_is_written_over_the_item_and_keeps_what_people_added(
    graph_server: GraphServer, records: SharePointRecords
):
    made = records.create(RECORD)
    next(iter(graph_server.state.items.values()))["fields"]["Colour"] = "green"

    columns = {name: text for name, text in RECORD.columns.items() if name != "meeting"}
    later = replace(RECORD, revision=2, columns={**columns, "stage": "closed"})
    now = records.update(made.external_id, later)

    held = items(graph_server)[0]
    assert (held["Stage"], held["Revision"], held["Meeting"], held["Colour"]) == ("closed", 2, None, "green")
    assert now.revision == 2
    assert now.version != made.version
    assert records.find(RECORD.key) == now


def test_an_older_revision_never_writes_over_a_newer_one(
    graph_server: GraphServer, records: SharePointRecords
):
    made = records.create(replace(RECORD, revision=3))

    with pytest.raises(ConflictError, match="RP-2026-0001 in the list is newer than revision 2"):
        records.update(made.external_id, replace(RECORD, revision=2))
    assert items(graph_server)[0]["Revision"] == 3


def test_a_change_that_somebody_made_between_our_look_and_our_write_is_not_lost(
    graph_server: GraphServer, records: SharePointRecords
):
    records.create(RECORD)
    found = written(records.find(RECORD.key))
    with graph_server.lock:
        row = next(iter(graph_server.state.items.values()))
        row["fields"]["Stage"] = "a person's own"
        row["_version"] += 1

    with pytest.raises(ConflictError):
        records.update(found.external_id, replace(RECORD, revision=2))
    assert items(graph_server)[0]["Stage"] == "a person's own"

    records.update(found.external_id, replace(RECORD, revision=2))
    assert items(graph_server)[0]["Revision"] == 2


def test_an_item_that_a_person_deleted_is_gone(graph_server: GraphServer, records: SharePointRecords):
    made = records.create(RECORD)
    other = records.create(replace(RECORD, key="RP-2026-0002"))
    with pytest.raises(GoneError):
        records.update(other.external_id, replace(RECORD, revision=2))

    graph_server.state.items.clear()
    with pytest.raises(GoneError):
        records.update(made.external_id, replace(RECORD, revision=2))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "invalidRequest"),
        (400, "-2146232060, Microsoft.SharePoint.SPDuplicateValuesFoundException"),
        (404, "itemNotFound"),
        (409, "nameAlreadyExists"),
        (412, "resourceModified"),
        (422, ""),
    ],
)
def test_an_insert_that_had_landed_before_is_found_however_the_list_refuses_it(
    graph_server: GraphServer, records: SharePointRecords, status: int, code: str
):
    graph_server.configure(duplicate_status=status, duplicate_code=code)
    first = records.create(RECORD)

    assert records.create(RECORD) == first
    with pytest.raises(ConflictError, match=r"already holds RP-2026-0001\."):
        records.create(replace(RECORD, revision=2))
    assert len(items(graph_server)) == 1


def test_an_insert_whose_answer_is_lost_is_unclear_and_then_found(
    graph_server: GraphServer, records: SharePointRecords
):
    graph_server.faults.lose_answers(times=1, **INSERT)

    with pytest.raises(UnclearError):
        records.create(RECORD)

    assert written(records.find(RECORD.key)).revision == 1
    assert len(items(graph_server)) == 1


def test_a_refusal_that_is_no_duplicate_is_told_as_it_is(
    graph_server: GraphServer, records: SharePointRecords
):
    """After it was looked for as long as something that is not shown yet would need."""
    graph_server.faults.refuse(400, "invalidRequest", **INSERT)
    pauses: list[float] = []
    records.pause = pauses.append

    with pytest.raises(RpConnectError, match="does not take this request"):
        records.create(RECORD)
    assert pauses == list(LATE_S)
    assert items(graph_server) == []


def test_a_case_that_changes_within_seconds_of_being_listed_is_looked_for_again_and_is_one_item(
    graph_server: GraphServer, records: SharePointRecords
):
    graph_server.configure(visible_after=60)
    records.create(RECORD)
    records.pause = lambda _: graph_server.state.reveal()
    with pytest.raises(ConflictError):
        records.create(replace(RECORD, revision=2))
    found = written(records.find(RECORD.key))
    records.update(found.external_id, replace(RECORD, revision=2))
    assert [fields["Revision"] for fields in items(graph_server)] == [2]


def test_a_sign_in_that_ends_when_a_refused_case_is_looked_for_hides_no_other(
    graph_server: GraphServer, records: SharePointRecords
):
    one, two = numbered(2)
    records.create(one)
    graph_server.faults.sign_out(service="lists", method="GET", path="/items")

    outcomes = records.create_all([one, two])

    assert [type(each) for each in outcomes] == [AccessError, Written]


def test_fifty_cases_are_made_looked_up_and_changed_in_batches(
    graph_server: GraphServer, records: SharePointRecords
):
    assert isinstance(records, Bulk)
    cases = numbered(50)
    before = graph_server.log.requests

    made = [written(each) for each in records.create_all(cases)]
    found = [written(each) for each in records.find_all([case.key for case in cases])]
    later = [replace(case, revision=2) for case in cases]
    changed = records.update_all([(one.external_id, case) for one, case in zip(made, later, strict=True)])

    assert [one.external_id for one in found] == [one.external_id for one in made]
    assert {written(one).revision for one in changed} == {2}
    assert graph_server.state.duplicates(graph_server.state.items.values(), "fields", "CaseReference") == {}
    # The list is looked up once by name; then 50 items are 3 batches, three times over.
    assert graph_server.log.requests - before == 1 + 9


def test_what_befalls_one_of_several_befalls_no_other(graph_server: GraphServer, records: SharePointRecords):
    one, two, three = numbered(3)
    newer = records.create(replace(two, revision=5))
    made = [written(each) for each in records.create_all([one, three])]

    changed = records.update_all(
        [
            (made[0].external_id, replace(one, revision=2)),
            (newer.external_id, replace(two, revision=2)),
            ("4711", replace(two, revision=2)),
            (made[1].external_id, replace(three, revision=2)),
        ]
    )

    assert [type(each) for each in changed] == [Written, ConflictError, GoneError, Written]
    assert [fields["Revision"] for fields in items(graph_server)] == [5, 2, 2]


def test_a_list_that_is_missing_is_a_sentence_that_says_what_to_run(graph_server: GraphServer):
    with pytest.raises(ConfigError, match="no list “Restorative cases”: run “rp-connect setup microsoft365”"):
        opened(graph_server).create(RECORD)


def test_a_missing_permission_is_named(graph_server: GraphServer, records: SharePointRecords):
    graph_server.faults.lack("Sites.Selected")

    with pytest.raises(AccessError, match=r"Sites\.Selected"):
        records.create(RECORD)


def test_an_address_instead_of_the_sites_id_is_told_with_the_question_that_gives_it(
    graph_server: GraphServer,
):
    shelf = opened(graph_server, site="https://school.sharepoint.com/sites/rp")

    with pytest.raises(ConfigError, match=r"/sites/school\.sharepoint\.com:/sites/rp\?\$select=id") as told:
        shelf.find("RP-2026-0001")
    assert f"GET {graph_server.url}/sites/" in str(told.value), "at the Graph of the settings"
