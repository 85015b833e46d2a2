"""`rp-connect setup microsoft365`, `check` and `deliver` as an administrator runs them."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cli.installation import Installation, environment
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.tenant_installation import SECRET, install_in_tenant
from tests.plugins.rp_microsoft365.test_setup import made

pytestmark = pytest.mark.facts
FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
SAMPLE = 2


@pytest.fixture
def installation(tmp_path: Path, graph_server: GraphServer) -> Installation:
    return install_in_tenant(tmp_path, graph_server)


def problems(installation: Installation) -> list[str]:
    answer = installation.run("check", "--json", **SECRET)
    assert answer.code == 0, answer.err
    found: list[str] = answer.json["schools"][0]["permissions_missing"]
    return found


def test_setup_says_what_it_did_and_then_there_is_nothing_to_say(installation: Installation):
    answer = installation.run("setup", "microsoft365", **SECRET)

    assert answer.code == 0
    assert answer.out.startswith("northwick\n  ✓ Created the list “Restorative cases”.\n")
    assert "✗" not in answer.out
    assert problems(installation) == []


def test_two_set_ups_at_once_are_one(installation: Installation, graph_server: GraphServer):
    """The second is told that somebody is at it, and does nothing."""
    graph_server.faults.slow(0.3, method="POST", times=1)
    with ThreadPoolExecutor() as both:
        runs = [both.submit(installation.spawn, "setup", "microsoft365", **SECRET) for _ in range(2)]

    assert sorted(run.result().code for run in runs) in ([0, 0], [0, 3])
    assert set(made(graph_server).values()) == {1}


def test_setup_says_what_is_left_for_a_person(installation: Installation, graph_server: GraphServer):
    graph_server.faults.lack("Calendars.ReadWrite")

    answer = installation.run("setup", "microsoft365", **SECRET)

    assert answer.code == 0
    assert "✗ " in answer.out
    assert "New-ManagementRoleAssignment" in answer.out


def test_a_setup_that_is_partly_refused_says_what_it_did_and_which_consent_is_missing(
    installation: Installation, graph_server: GraphServer
):
    graph_server.faults.lack("Sites.Selected")

    answer = installation.run("setup", "microsoft365", **SECRET)

    assert answer.code == 1
    done, refused = ([line for line in answer.out.splitlines() if mark in line] for mark in "✓✗")
    assert any("Made the plan “Restorative practice" in line for line in done)
    assert ["Sites.Selected" in line for line in refused] == [True]


def test_every_case_of_a_sync_is_one_item_of_the_list(installation: Installation, graph_server: GraphServer):
    installation.run("setup", "microsoft365", **SECRET)
    assert installation.run("sync", **SECRET).code == 0

    installation.run("deliver", **SECRET)

    rows = [row["fields"] for row in graph_server.state.items.values()]
    assert sorted(row["CaseReference"] for row in rows) == ["RP-2026-0001", "RP-2026-0002"]
    assert {row["Pupils"] for row in rows} == {"P-1", "P-2"}
    assert "Canarybird" not in str(graph_server.state.snapshot())


@pytest.mark.trial
def test_setup_killed_at_any_request_and_run_again_ends_in_the_same_state(tmp_path: Path):
    """SIGKILL while one request after the other is under way; the tenant is a new one each time."""
    with GraphServer() as server:
        installation = install_in_tenant(fresh(tmp_path, "whole"), server)
        assert installation.run("setup", "microsoft365", **SECRET).code == 0
        wanted, every = made(server), range(1, server.log.requests + 1)
    for nth in every if FULL else random.Random(4).sample(every, SAMPLE):
        with GraphServer() as server:
            installation = install_in_tenant(fresh(tmp_path, str(nth)), server)
            kill_at_request(installation, server, nth)

            assert installation.run("setup", "microsoft365", **SECRET).code == 0
            assert made(server) == wanted, nth
            assert server.log.violations == []


def fresh(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def kill_at_request(installation: Installation, server: GraphServer, nth: int) -> None:
    """The program is killed once Graph has got its `nth` request and has done nothing about it."""
    hung = server.faults.hang(nth=nth)
    program = subprocess.Popen(
        [sys.executable, "-m", "rp_connect", "setup", "microsoft365"],
        cwd=installation.folder,
        env=environment(**SECRET),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while not hung.struck and program.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    program.kill()
    program.wait()
    assert hung.struck, f"request {nth} never came"
    server.faults.clear()
