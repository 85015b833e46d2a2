"""A wrong request of each kind is caught, and so is a wrong answer of our own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
import requests

from tests.graph_server.client import Client, event, question
from tests.graph_server.faults import Fault, FaultMenu
from tests.graph_server.fixtures import judge
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import LEAD, SITE

pytestmark = pytest.mark.facts
EVENTS = f"/users/{LEAD}/events"
TASK = {"planId": "p", "title": "RP-1"}
DONE_AT = {"completedDateTime": "2026-01-01T00:00:00Z"}
ETAG = 'W/"JzEtVGFzayAgICBA0000000000000001Jw=="'

WRONG = {
    "wrong name": ("POST", "/planner/tasks", {**TASK, "dueDate": "2026-01-01"}, {}, "dueDate"),
    "name of the older API": ("POST", "/planner/plans", {"owner": "x", "title": "RP"}, {}, "owner"),
    "missing name": ("POST", "/planner/tasks", {"planId": "p"}, {}, "'title' is a required"),
    "missing body": ("POST", "/planner/tasks", None, {}, "missing body"),
    "body where none belongs": ("GET", "/planner/tasks/x", {"a": 1}, {}, "unexpected body"),
    "missing If-Match": ("PATCH", "/planner/tasks/x", {"title": "a"}, {}, "missing header If-Match"),
    "If-Match that is no etag": ("DELETE", "/planner/tasks/x", None, {"if_match": "*"}, "If-Match"),
    "dateTime with Z": ("POST", EVENTS, event(start="2026-03-27T14:20:00Z"), {}, "dateTime"),
    "date without a zone": ("POST", "/planner/tasks", {**TASK, "dueDateTime": "2026-01-01T00:00"}, {}, "due"),
    "wrong query option": ("GET", f"{EVENTS}/x?$filter=a eq 1", None, {}, "unknown query option $filter"),
    "page too large": ("GET", f"{EVENTS}?$top=5000", None, {}, "$top"),
    "title too long": ("POST", "/planner/tasks", {**TASK, "title": "x" * 256}, {}, "title"),
    "wrong type": ("POST", "/planner/tasks", {**TASK, "percentComplete": "half"}, {}, "'half' is not of"),
    "value that is none of the enum's": ("POST", EVENTS, event(showAs="away"), {}, "'away' is not one of"),
    "number too large": ("POST", "/planner/tasks", {**TASK, "percentComplete": 101}, {}, "101 is greater"),
    "number too small": ("PATCH", "/planner/tasks/x", {"priority": -1}, {"if_match": ETAG}, "-1 is less"),
    "name that is only read": ("PATCH", "/planner/tasks/x", DONE_AT, {"if_match": ETAG}, "completedDate"),
    "missing name inside": ("POST", "/planner/plans", {"title": "RP", "container": {}}, {}, "'url' is a req"),
    "empty change": ("PATCH", f"{EVENTS}/x", {}, {}, "non-empty"),
    "unknown operation": ("GET", "/planner/rosters", None, {}, "no such operation"),
    "unknown version of a path": ("GET", f"/sites/{SITE}/lists/x/drive", None, {}, "no such operation"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_request_is_caught(careless: Client, unjudged: GraphServer, kind: str):
    method, path, body, headers, word = WRONG[kind]
    careless.ask(method, path, body, **headers)

    assert word in " ".join(unjudged.log.violations)


@pytest.mark.parametrize("kind", [kind for kind in WRONG if kind != "If-Match that is no etag"])
def test_a_wrong_request_inside_a_batch_is_caught(careless: Client, unjudged: GraphServer, kind: str):
    method, path, body, _, word = WRONG[kind]
    careless.batch(question(1, method, path, body))

    assert word in " ".join(unjudged.log.violations)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"id": "1", "method": "GET", "url": "https://graph.microsoft.com/v1.0/users"}, "url"),
        ({"id": "1", "method": "POST", "url": "/planner/tasks", "body": TASK}, "headers"),
        ({"id": "1", "method": "POST", "url": "/planner/tasks", "body": TASK, "headers": {}}, "no JSON type"),
        ({"method": "GET", "url": "/users"}, "'id' is a required"),
        ({"id": "1", "method": "LIST", "url": "/users"}, "LIST"),
    ],
)
def test_a_wrong_batch_is_caught(careless: Client, unjudged: GraphServer, wrong: dict[str, Any], word: str):
    careless.ask("POST", "/$batch", {"requests": [wrong]})

    assert word in " ".join(unjudged.log.violations)


WRONG_TASK = {**TASK, "dueDate": "2026-01-01"}
BEFALLS: dict[str, Callable[[FaultMenu], Fault]] = {
    "it is signed out": lambda menu: menu.sign_out(),
    "the server is busy": lambda menu: menu.busy(whole=True),
    "it is throttled": lambda menu: menu.throttle(whole=True),
    "the answer is lost": lambda menu: menu.lose_answers("504", whole=True),
    "the answer is a page in HTML": lambda menu: menu.malform("html"),
}


@pytest.mark.parametrize("befalls", BEFALLS)
def test_a_wrong_request_is_caught_whatever_befalls_it(careless: Client, unjudged: GraphServer, befalls: str):
    BEFALLS[befalls](unjudged.faults)
    careless.ask("POST", "/planner/tasks", WRONG_TASK)

    (found,) = unjudged.log.violations
    assert re.match(r"POST /planner/tasks was asked wrongly: .*dueDate", found)


@pytest.mark.parametrize("befalls", BEFALLS)
def test_a_wrong_request_inside_a_batch_is_caught_whatever_befalls_the_batch(
    careless: Client, unjudged: GraphServer, befalls: str
):
    BEFALLS[befalls](unjudged.faults)
    good, wrong = (
        question(1, "POST", "/planner/tasks", TASK),
        question(2, "POST", "/planner/tasks", WRONG_TASK),
    )
    careless.ask("POST", "/$batch", {"requests": [good, wrong]})

    (found,) = unjudged.log.violations
    assert re.match(r"POST /planner/tasks was asked wrongly: .*dueDate", found)


@pytest.mark.parametrize("befalls", BEFALLS)
def test_a_wrong_batch_is_caught_whatever_befalls_it(careless: Client, unjudged: GraphServer, befalls: str):
    BEFALLS[befalls](unjudged.faults)
    asked = {"requests": [question(1, "POST", "/planner/tasks", TASK)], "sequential": True}
    careless.ask("POST", "/$batch", asked)

    (found,) = unjudged.log.violations
    assert re.match(r"POST /\$batch was asked wrongly: .*sequential", found)


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_a_wrong_request_that_waits_while_the_server_goes_away_is_caught(
    unjudged: GraphServer, whole: bool, batch: bool
):
    hanging = unjudged.faults.hang(whole=whole)
    asked = {"requests": [question(1, "POST", "/planner/tasks", WRONG_TASK)]} if batch else WRONG_TASK
    asking = Thread(target=ask_in_vain, args=(unjudged.url, "/$batch" if batch else "/planner/tasks", asked))
    asking.start()
    while not hanging.struck:
        time.sleep(0.01)
    unjudged.go_away()
    asking.join()

    (found,) = unjudged.log.violations
    assert re.match(r"POST /planner/tasks was asked wrongly: .*dueDate", found)


def ask_in_vain(url: str, path: str, body: Any) -> None:
    with requests.Session() as session, pytest.raises(requests.ConnectionError):
        Client(url, session).ask("POST", path, body)


@pytest.mark.parametrize("path", [f"/users/{LEAD}", "/$batch"])
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("fault", ["refuse", "lose"])
def test_an_answer_that_a_fault_gives_is_laid_beside_the_contract_too(
    careless: Client, unjudged: GraphServer, fault: str, whole: bool, path: str
):
    """A redirection is none of the answers that the contract knows."""
    menu = unjudged.faults
    menu.refuse(302, "moved", whole=whole) if fault == "refuse" else menu.lose_answers("302", whole=whole)
    asked = ("POST", path, {"requests": [question(1, "GET", f"/users/{LEAD}")]})
    careless.ask(*asked if path == "/$batch" else ("GET", path))

    (found,) = unjudged.log.violations
    assert "status 302 not documented" in found


def test_a_request_without_a_token_is_refused_and_caught(unjudged: GraphServer):
    assert requests.get(f"{unjudged.url}/users/{LEAD}", timeout=10).status_code == 401
    assert "bearer" in unjudged.log.violations[0]


def test_a_path_of_another_version_is_caught(unjudged: GraphServer):
    requests.get(f"{unjudged.root}/beta/users/{LEAD}", timeout=10)

    assert "not a path under /v1.0" in unjudged.log.violations[0]


def test_a_body_that_is_no_json_is_refused(unjudged: GraphServer):
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
    answer = requests.post(f"{unjudged.url}/planner/tasks", data=b"{", headers=headers, timeout=10)

    assert answer.status_code == 400
    assert "JSON" in unjudged.log.violations[0]


def test_an_answer_of_ours_that_breaks_the_contract_is_caught(careless: Client, unjudged: GraphServer):
    unjudged.state.users[LEAD]["mail"] = ["not", "a", "text"]
    careless.get(f"/users/{LEAD}")

    assert "answered 200 wrongly" in unjudged.log.violations[0]


def test_a_fall_of_the_server_itself_is_caught(careless: Client, unjudged: GraphServer):
    unjudged.state.users[LEAD] = {"id": LEAD}
    careless.ask("POST", EVENTS, event())

    assert "fell over" in unjudged.log.violations[0]


def test_what_was_found_fails_the_test(unjudged: GraphServer):
    judge([])
    with pytest.raises(pytest.fail.Exception, match="contract was broken"):
        judge(["POST /planner/tasks was asked wrongly"])


def test_right_requests_leave_nothing_behind(client: Client, graph_server: GraphServer):
    client.new_task(client.new_plan())
    client.new_event()
    client.new_item(client.new_list(), "RP-1")

    assert graph_server.log.violations == []
