"""`python -m tests.graph_server.speed`: how fast the barest clients run against it, in one run, side by side.

The job is the reference's: 500 cases, each one event, one list item and eight tasks, 5,000 writes. The server
has a process of its own and checks nothing, so that its CPU is not the measure; with `--check` it checks all.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator

import requests

from tests.graph_server.call import Json
from tests.graph_server.client import TOKEN, Client, event, question
from tests.graph_server.own_process import OwnProcess
from tests.graph_server.tenant import LEAD, SITE

NO_LIMIT = {"max_tasks": 10**6, "max_active_tasks": 10**6, "max_assigned": 10**6}
TASKS_A_CASE = 8
AT_ONCE = 20
Writing = Callable[[requests.Session, str, list[Json]], None]


def case_writes(number: int, plan: str, cases: str) -> Iterator[Json]:
    name = f"RP-{number:04d}"
    yield question(0, "POST", f"/users/{LEAD}/events", event(name, transactionId=name))
    yield question(0, "POST", f"/sites/{SITE}/lists/{cases}/items", {"fields": {"Reference": name}})
    for task in range(TASKS_A_CASE):
        yield question(0, "POST", "/planner/tasks", {"planId": plan, "title": f"{name} {task}"})


def one_by_one(session: requests.Session, url: str, writes: list[Json]) -> None:
    for each in writes:
        answer = session.post(url + each["url"], json=each["body"], headers=TOKEN, timeout=30)
        assert answer.status_code == 201, answer.text


def in_batches(session: requests.Session, url: str, writes: list[Json]) -> None:
    for first in range(0, len(writes), AT_ONCE):
        asked = [{**each, "id": str(place)} for place, each in enumerate(writes[first : first + AT_ONCE])]
        answer = session.post(f"{url}/$batch", json={"requests": asked}, headers=TOKEN, timeout=30)
        bad = [each for each in answer.json()["responses"] if each["status"] != 201]
        assert bad == [], json.dumps(bad[:3])


def measure(name: str, writing: Writing, cases: int, check_every: int) -> None:
    with OwnProcess(check_every=check_every) as server, requests.Session() as session:
        session.trust_env = False
        server.configure(**NO_LIMIT)
        client = Client(server.url, session)
        plan, table = client.new_plan(), client.new_list()
        writes = [each for number in range(cases) for each in case_writes(number, plan, table)]
        theirs, begun, ours = server.cpu(), time.perf_counter(), time.process_time()
        writing(session, server.url, writes)
        wall, ours, theirs = time.perf_counter() - begun, time.process_time() - ours, server.cpu() - theirs
        log, state = server.log, server.state
        lost = len(writes) - len(state.events) - len(state.items) - len(state.tasks)
        sys.stdout.write(
            f"{name:<12} {len(writes)} writes, {log.requests - 2} HTTP requests, {lost} lost:"
            f" {wall:.2f} s wall, client {ours:.2f} s CPU, server {theirs:.2f} s CPU\n"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.graph_server.speed", description=__doc__)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--check", action="store_true", help="lay everything beside the contract")
    asked = parser.parse_args()
    for name, writing in (("$batch of 20", in_batches), ("one by one", one_by_one)):
        measure(name, writing, asked.cases, int(asked.check))


if __name__ == "__main__":
    main()
