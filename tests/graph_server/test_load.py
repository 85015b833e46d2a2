"""Many clients, a server that comes and goes, clients that are cut off: nothing is counted wrongly."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.graph_server.client import Client, question
from tests.graph_server.server import GraphServer

pytestmark = pytest.mark.facts
CLIENTS, BATCHES, ITEMS = 6, 5, 20


def all_at_once(work: Callable[[int], None]) -> None:
    threads = [Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def tasks(plan: str, name: str) -> list[dict[str, Any]]:
    return [
        question(number, "POST", "/planner/tasks", {"planId": plan, "title": f"{name}-{number}"})
        for number in range(ITEMS)
    ]


def test_what_many_clients_were_told_is_what_stands_there(graph_server: GraphServer, client: Client):
    plan = client.new_plan()
    graph_server.faults.throttle(chance=0.2, service="planner", method="POST")
    graph_server.faults.refuse(500, "x", chance=0.1, whole=True, service="planner")
    told: list[str] = []

    def work(number: int) -> None:
        with requests.Session() as session:
            own = Client(graph_server.url, session)
            for batch in range(BATCHES):
                answer = own.ask("POST", "/$batch", {"requests": tasks(plan, f"{number}-{batch}")})
                items = answer.json().get("responses", ())
                told.extend(each["body"]["title"] for each in items if each["status"] == 201)

    all_at_once(work)

    state, log = graph_server.state, graph_server.log
    assert sorted(row["title"] for row in state.tasks.values()) == sorted(told)
    assert 0 < len(told) < CLIENTS * BATCHES * ITEMS
    assert (log.writes["planner"], log.requests) == (len(told) + 1, CLIENTS * BATCHES + 1)
    assert log.logical["planner"] == CLIENTS * BATCHES * ITEMS + 1


@pytest.mark.parametrize("kept", [20, 90, -1])
def test_half_a_request_is_none(graph_server: GraphServer, client: Client, kept: int):
    plan = client.new_plan()
    body = f'{{"planId":"{plan}","title":"RP-1"}}'
    head = ["POST /v1.0/planner/tasks HTTP/1.1", "Host: localhost", "Authorization: Bearer x"]
    head += ["Content-Type: application/json", f"Content-Length: {len(body)}", "", body]
    address = urlsplit(graph_server.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall("\r\n".join(head).encode()[:kept])
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1000):
            pass

    assert (graph_server.state.tasks, graph_server.log.requests) == ({}, 1)


def test_a_server_that_comes_and_goes_loses_nothing_that_it_confirmed(
    graph_server: GraphServer, client: Client
):
    plan = client.new_plan()
    told: list[str] = []
    cut: list[int] = []
    until = time.monotonic() + 1.5

    def work(number: int) -> None:
        turn = 0
        with requests.Session() as session:
            own = Client(graph_server.url, session)
            while time.monotonic() < until:
                turn += 1
                try:
                    told.append(own.new_task(plan, f"{number}-{turn}")["title"])
                except requests.ConnectionError:
                    cut.append(number)

    def trouble() -> None:
        while time.monotonic() < until:
            time.sleep(0.1)
            graph_server.go_away()
            time.sleep(0.02)
            graph_server.come_back()

    shaking = Thread(target=trouble)
    shaking.start()
    all_at_once(work)
    shaking.join()

    stands = [row["title"] for row in graph_server.state.tasks.values()]
    assert set(told) <= set(stands)
    assert len(stands) == len(set(stands))
    assert cut
