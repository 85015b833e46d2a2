"""What came and what was answered is counted, also the requests that came too early."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.graph_server.client import KEY, Client, event, question
from tests.graph_server.operations import BY_HAND, FOLDER, exercised
from tests.graph_server.people import delete_event, delete_task, edit_details, edit_task
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import GROUP, LEAD

pytestmark = pytest.mark.facts
EVENTS = f"/users/{LEAD}/events"


def test_requests_and_writes_are_counted_by_service(client: Client, plan: str, graph_server: GraphServer):
    client.batch(
        question(1, "POST", EVENTS, event()),
        question(2, "POST", "/planner/tasks", {"planId": plan, "title": "RP-1"}),
        question(3, "GET", f"/planner/plans/{plan}"),
        question(4, "GET", "/planner/tasks/none"),
    )

    log = graph_server.log
    assert (log.requests, log.batches) == (2, 1)
    assert log.logical == {"planner": 4, "calendar": 1}
    assert log.writes == {"planner": 2, "calendar": 1}
    assert log.statuses["planner 404"] == 1
    assert log.count("POST /planner/tasks") == 1
    assert {entry.request for entry in log.entries} == {1, 2}
    assert "GET /planner/tasks/{plannerTask-id}" not in log.operations()
    assert "GET /planner/plans/{plannerPlan-id}" in log.operations()


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("as_date", [False, True])
def test_a_request_before_its_retry_after_is_over_is_noted(
    client: Client, plan: str, graph_server: GraphServer, as_date: bool, whole: bool
):
    graph_server.faults.throttle(30, service="planner", times=1, as_date=as_date, whole=whole)
    path = f"/planner/plans/{plan}"
    client.ask("POST", "/$batch", {"requests": [question(1, "GET", path)]})
    time.sleep(0.06)
    client.get(f"/users/{LEAD}")
    assert graph_server.log.too_early() == []
    client.get(path)

    (early,) = graph_server.log.too_early()
    assert (early["service"], 0 < early["early_by"] <= 31) == ("planner", True)


def test_a_request_after_its_retry_after_is_in_time(client: Client, plan: str, graph_server: GraphServer):
    graph_server.faults.throttle(1, service="planner", times=1)
    client.ask("GET", f"/planner/plans/{plan}")
    time.sleep(1.01)
    client.get(f"/planner/plans/{plan}")

    assert graph_server.log.too_early() == []


def test_a_second_answer_does_not_shorten_the_wait_of_the_first(
    client: Client, plan: str, graph_server: GraphServer
):
    graph_server.faults.throttle(30, service="planner", times=1)
    client.ask("GET", f"/planner/plans/{plan}")
    graph_server.faults.throttle(1, service="planner", times=1)
    client.ask("GET", f"/planner/plans/{plan}")
    time.sleep(1.1)
    client.get(f"/planner/plans/{plan}")

    assert graph_server.log.too_early()[-1]["early_by"] > 20


def test_duplicates_are_counted_from_the_state(client: Client, plan: str, graph_server: GraphServer):
    for _ in range(2):
        client.new_task(plan)
        client.new_event(singleValueExtendedProperties=[{"id": KEY, "value": "meeting:1"}])
    client.new_item(client.new_list(), "RP-1")

    state = graph_server.state
    assert state.duplicates(state.tasks.values(), "title") == {"RP-1": 2}
    assert state.duplicates(state.items.values(), "fields", "Reference") == {}
    assert state.property_counts(KEY) == {"meeting:1": 2}


def test_what_people_do_changes_the_etag_as_well(client: Client, plan: str, graph_server: GraphServer):
    made = client.new_task(plan)
    path = f"/planner/tasks/{made['id']}"
    edit_task(graph_server.state, made["id"], percentComplete=100)
    edit_details(graph_server.state, made["id"], description="Rang home")

    seen = client.get(path)
    assert (seen["percentComplete"], seen["hasDescription"]) == (100, True)
    assert seen["@odata.etag"] != made["@odata.etag"]
    stale = client.ask("PATCH", path, {"percentComplete": 50}, if_match=made["@odata.etag"])
    assert stale.status_code == 409
    delete_task(graph_server.state, made["id"])
    assert client.ask("GET", path).status_code == 404
    key = client.new_event()["id"]
    delete_event(graph_server.state, key)
    assert client.ask("GET", f"{EVENTS}/{key}").status_code == 404


def test_a_process_writes_down_what_the_product_exercised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with GraphServer(check_every=0) as server, _session() as session:
        client = Client(server.url, session)
        client.get("/users")
        session.headers["User-Agent"] = "NONISV|rp-connect|rp-connect/0.1"
        client.get(f"/users/{LEAD}")
        client.get(f"/users/{LEAD}")
        client.ask("GET", "/groups/none")
        client.batch(question(1, "GET", f"/groups/{GROUP}"))
        client.ask("GET", f"/groups/{GROUP}/members", Authorization=f"Bearer made-up-{BY_HAND}")

    assert exercised(tmp_path) == {"GET /users/{user-id}", "POST /$batch", "GET /groups/{group-id}"}
    assert [len(path.read_text().splitlines()) for path in tmp_path.iterdir()] == [3]


def _session():
    import requests

    return requests.Session()
