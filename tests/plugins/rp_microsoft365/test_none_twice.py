"""Through the store and the outbox: whatever befalls a batch of tasks on its way, none stands there twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.installation import Installation
from tests.graph_server.people import edit_task
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.tenant_installation import SECRET, install_in_tenant

pytestmark = pytest.mark.facts
TASK = r"^/planner/tasks$"
PLANS = r"^/groups/.*/planner/plans"
ONE_TASK = r"^/planner/tasks/[^/]+$"
NOTES = r"^/planner/tasks/[^/]+/details$"


@pytest.fixture
def installation(tmp_path: Path, graph_server: GraphServer) -> Installation:
    """Two suspensions have been read, and nothing of them is sent yet."""
    found = install_in_tenant(tmp_path, graph_server)
    for words in (("setup", "microsoft365"), ("sync",)):
        assert found.run(*words, **SECRET).code == 0
    return found


def deliver(installation: Installation) -> dict[str, int]:
    answer = installation.run("deliver", "--json", **SECRET)
    sent: dict[str, int] = answer.json
    return sent


def until_all_is_sent(installation: Installation, *, but: str = "") -> None:
    """By other processes, as long as it takes but without the waits; `but` may be left."""
    for _ in range(6):
        with closing(sqlite3.connect(installation.folder / "rp-connect.db")) as store, store:
            store.execute("UPDATE effects SET not_before = NULL WHERE state IN ('unclear', 'waiting')")
            store.execute("UPDATE lanes SET closed_until = NULL, owner = NULL, held_until = NULL")
        left: dict[str, int] = installation.spawn("deliver", "--json", **SECRET).json
        if not any(count for name, count in left.items() if name != but):
            return
    pytest.fail("it does not come to an end")


def all_there_once(server: GraphServer) -> bool:
    titles = [task["title"] for task in server.state.tasks.values()]
    return len(titles) > 20 and len(set(titles)) == len(titles)


@pytest.mark.parametrize("how", ["503", "504", "cut"])
def test_a_batch_that_was_carried_out_and_answered_badly_is_looked_for_before_it_is_sent_again(
    installation: Installation, graph_server: GraphServer, how: str
):
    fault = graph_server.faults.lose_answers(how, whole=True, method="POST", path=TASK, times=1)
    assert deliver(installation)["waiting"] > 0
    until_all_is_sent(installation)

    assert fault.struck == 1
    assert all_there_once(graph_server)


def test_single_tasks_that_were_made_and_answered_badly_are_there_once(
    installation: Installation, graph_server: GraphServer
):
    graph_server.faults.lose_answers("503", method="POST", path=TASK, chance=0.5, times=12)
    deliver(installation)
    until_all_is_sent(installation)

    assert all_there_once(graph_server)


def test_a_full_plan_and_a_group_that_asks_for_patience_double_nothing(
    installation: Installation, graph_server: GraphServer
):
    graph_server.faults.limit("MaximumTasksInProject", path=TASK, nth=10)
    graph_server.faults.throttle(9.0, method="GET", path=PLANS, nth=2)
    deliver(installation)
    until_all_is_sent(installation)

    assert all_there_once(graph_server)


def test_a_sign_in_that_ends_between_tasks_and_notes_doubles_nothing_when_a_person_sends_it_again(
    installation: Installation, graph_server: GraphServer
):
    graph_server.faults.sign_out(method="GET", path=NOTES, times=2)
    deliver(installation)
    for parked in installation.run("effect", "list", "--state", "parked", "--json", **SECRET).json:
        installation.run("effect", "retry", str(parked["id"]), **SECRET)
    until_all_is_sent(installation)

    assert all_there_once(graph_server)


@pytest.fixture
def reworded(installation: Installation, graph_server: GraphServer) -> tuple[str, str]:
    """All is sent, and a teacher gave a task a title without our key: its id here, and its id in Planner."""
    until_all_is_sent(installation)
    task: str = installation.run("task", "list", "--json", **SECRET).json[0]["id"]
    with closing(sqlite3.connect(installation.folder / "rp-connect.db")) as store:
        found = store.execute("SELECT external_id FROM tasks WHERE id = ?", (task,)).fetchone()[0]
    edit_task(graph_server.state, found, title="Ring the parents today")
    return task, found


@pytest.mark.parametrize("how", ["told to come later", "parked and sent again by a person"])
def test_a_task_whose_title_lost_our_key_is_not_made_a_second_time(
    installation: Installation, graph_server: GraphServer, reworded: tuple[str, str], how: str
):
    task, its_id = reworded
    before = len(graph_server.state.tasks)
    if how == "told to come later":
        graph_server.faults.busy(None, service="planner", method="PATCH", path=ONE_TASK, times=1)
    else:
        graph_server.faults.refuse(403, "", service="planner", method="PATCH", path=ONE_TASK, times=1)
    assert installation.run("task", "done", task, **SECRET).code == 0
    deliver(installation)
    for parked in installation.run("effect", "list", "--state", "parked", "--json", **SECRET).json:
        installation.run("effect", "retry", str(parked["id"]), **SECRET)
    until_all_is_sent(installation)

    assert len(graph_server.state.tasks) == before
    assert graph_server.state.tasks[its_id]["percentComplete"] == 100


def test_a_case_that_the_list_never_takes_is_parked_though_each_process_tries_it_once(
    installation: Installation, graph_server: GraphServer
):
    graph_server.faults.refuse(400, "invalidRequest", method="POST", path=r"/lists/[^/]+/items$")
    deliver(installation)
    until_all_is_sent(installation, but="parked")

    effects = installation.run("effect", "list", "--json", **SECRET).json
    assert {one["state"] for one in effects if one["kind"] == "record"} == {"parked"}
