"""The server in a process of its own is the same server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.graph_server.client import Client, event
from tests.graph_server.own_process import ROOT, OwnProcess
from tests.graph_server.tenant import LEAD

pytestmark = pytest.mark.facts


@pytest.fixture
def there(graph_process: OwnProcess) -> Iterator[Client]:
    with requests.Session() as session:
        yield Client(graph_process.url, session)


def test_what_it_holds_and_what_came_is_read_as_a_copy(there: Client, graph_process: OwnProcess):
    plan = there.new_plan()
    there.new_task(plan)
    there.new_task(plan)
    there.put("/drives/b!documents/root:/RP-1.docx:/content", b"\x00\xff")

    state, log = graph_process.state, graph_process.log
    assert state.duplicates(state.tasks.values(), "title") == {"RP-1": 2}
    assert list(state.contents.values()) == [b"\x00\xff"]
    assert log.writes == {"planner": 3, "files": 1}
    assert (log.requests, log.count("POST /planner/tasks"), log.violations) == (4, 2, [])
    assert graph_process.cpu() > 0


def test_faults_options_and_people_reach_it(there: Client, graph_process: OwnProcess):
    fault = graph_process.faults.throttle(7, service="planner", nth=2)
    plan = there.new_plan()
    refused = there.ask("POST", "/planner/tasks", {"planId": plan, "title": "RP-1"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    graph_process.faults.remove(fault)
    graph_process.configure(page_size=1)
    task = there.new_task(plan)
    graph_process.person("edit_task", task["id"], percentComplete=100)

    assert there.get(f"/planner/tasks/{task['id']}")["percentComplete"] == 100
    assert len(there.get("/users")["value"]) == 1
    with pytest.raises(RuntimeError, match="no option nonsense"):
        graph_process.configure(nonsense=1)


def test_it_is_gone_and_comes_back_with_all_it_held(there: Client, graph_process: OwnProcess):
    key = there.new_event()["id"]
    graph_process.go_away()
    with pytest.raises(requests.ConnectionError):
        there.ask("GET", f"/users/{LEAD}/events/{key}")
    graph_process.come_back()

    assert there.get(f"/users/{LEAD}/events/{key}")["id"] == key


def test_a_client_that_is_killed_does_not_disturb_it(there: Client, graph_process: OwnProcess):
    graph_process.faults.slow(60, method="POST", times=1)
    program = (
        "import json, requests, sys\n"
        "requests.post(sys.argv[1], json=json.loads(sys.argv[2]), headers={'Authorization': 'Bearer x'})"
    )
    asked = [f"{graph_process.url}/users/{LEAD}/events", json.dumps(event())]
    with subprocess.Popen([sys.executable, "-c", program, *asked]) as client:
        while not graph_process.log.connections:
            time.sleep(0.02)
        client.send_signal(signal.SIGKILL)
    graph_process.faults.clear()
    there.ask("POST", f"/users/{LEAD}/events", event("RP-2"))

    assert "RP-2" in {row["subject"] for row in graph_process.state.events.values()}


def test_it_ends_with_the_process_that_started_it(tmp_path: Path):
    program = (
        "import os, sys\n"
        "from tests.graph_server.own_process import OwnProcess\n"
        "server = OwnProcess(check_every=0).__enter__()\n"
        "print(server._process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=60)
    number = int(ended.stdout)

    deadline = time.monotonic() + 10
    while _runs(number):
        assert time.monotonic() < deadline, "the server outlived the process that started it"
        time.sleep(0.05)


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{number}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
