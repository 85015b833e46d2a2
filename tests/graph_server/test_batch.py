"""`$batch`: up to twenty requests in one, each judged on its own."""

from __future__ import annotations

import time
from threading import Thread

import pytest
import requests

from tests.graph_server.client import Client, event, question
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import LEAD

pytestmark = pytest.mark.facts
EVENTS = f"/users/{LEAD}/events"


def test_twenty_requests_are_answered_one_by_one(client: Client, plan: str, graph_server: GraphServer):
    task = {"planId": plan, "title": "RP-1"}
    asked = [question(number, "POST", "/planner/tasks", task) for number in range(19)]
    answers = client.batch(*asked, question(19, "GET", "/planner/tasks/none"))

    assert [answers[str(number)]["status"] for number in range(20)] == [201] * 19 + [404]
    assert len(graph_server.state.tasks) == 19
    assert answers["0"]["headers"] == {"Content-Type": "application/json"}
    assert (graph_server.log.batches, graph_server.log.logical["planner"]) == (1, 21)


def test_an_item_without_an_answer_body_says_so(client: Client, plan: str):
    task = client.new_task(plan)
    asked = question(
        1,
        "PATCH",
        f"/planner/tasks/{task['id']}",
        {"title": "x"},
        headers={"If-Match": task["@odata.etag"], "Content-Type": "application/json"},
    )

    assert client.batch(asked)["1"] == {"id": "1", "status": 204, "headers": {}, "body": None}


def test_a_request_that_waits_for_another_is_not_served_and_the_test_is_told(
    careless: Client, unjudged: GraphServer
):
    person = f"/users/{LEAD}"
    careless.batch(question(1, "GET", person), question(2, "GET", person, dependsOn=["1"]))

    assert ["dependsOn" in found for found in unjudged.log.violations] == [True]


def test_a_batch_of_21_is_refused_as_one(careless: Client, unjudged: GraphServer):
    asked = [question(number, "GET", f"/users/{LEAD}") for number in range(21)]

    assert careless.ask("POST", "/$batch", {"requests": asked}).status_code == 400
    assert "requests:" in unjudged.log.violations[0]


def test_two_requests_with_one_id_are_refused_as_one(careless: Client, unjudged: GraphServer):
    asked = [question(1, "GET", f"/users/{LEAD}")] * 2

    assert careless.ask("POST", "/$batch", {"requests": asked}).status_code == 400
    assert "used twice" in unjudged.log.violations[0]


def test_outlook_does_four_of_a_batch_at_a_time(client: Client, graph_server: GraphServer):
    graph_server.faults.slow(0.05, service="calendar")
    answers = client.batch(*[question(number, "POST", EVENTS, event()) for number in range(8)])

    assert {each["status"] for each in answers.values()} == {201}
    assert graph_server.log.outlook_peak == 4
    assert client.batch_seconds >= graph_server.log.outlook_longest_s >= 0.1


def test_outlook_refuses_a_fifth_request_at_once(client: Client, graph_server: GraphServer):
    graph_server.faults.slow(60, service="calendar")
    threads = [Thread(target=ask_in_vain, args=(graph_server.url,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    while graph_server.log.outlook_peak < 4:
        time.sleep(0.01)
    fifth = client.ask("POST", EVENTS, event())
    graph_server.go_away()
    for thread in threads:
        thread.join()

    assert (fifth.status_code, fifth.headers["Retry-After"]) == (429, "1")
    assert graph_server.log.outlook_refused == 1
    assert graph_server.state.events == {}


def ask_in_vain(url: str) -> None:
    with requests.Session() as session, pytest.raises(requests.ConnectionError):
        Client(url, session).ask("POST", EVENTS, event())
