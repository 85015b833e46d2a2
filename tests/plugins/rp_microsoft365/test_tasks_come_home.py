"""What people do in Planner comes home: from the words of the commands to the plan and back."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.installation import Answer
from tests.graph_server.people import delete_task, edit_details, edit_task
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import HEAD, LEAD
from tests.plugins.rp_microsoft365.tenant_installation import SECRET, install_in_tenant

pytestmark = pytest.mark.facts
NOTICE = "RP-2026-0001.written-notice.1"
MARKER = "[written-notice.1]"
REF = "RP-2026-0001"


class Trust:
    """One school whose tasks were all sent to Planner."""

    def __init__(self, folder: Path, server: GraphServer) -> None:
        self.server = server
        self._installation = install_in_tenant(folder, server)
        for words in (("setup", "microsoft365"), ("sync",), ("deliver",)):
            assert self.run(*words).code == 0, words

    def run(self, *words: str) -> Answer:
        return self._installation.run(*words, **SECRET)

    def json(self, *words: str) -> Any:
        answer = self.run(*words, "--json")
        assert answer.code == 0, answer.err
        return answer.json

    def pull(self) -> dict[str, int]:
        """What was done by people, without the zeros."""
        (school,) = self.json("pull")["schools"]
        return {name: count for name, count in school.items() if count and name != "school"}

    def task(self, key: str = NOTICE) -> Any:
        return next(task for task in self.json("task", "list") if task["id"] == key)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return list(self.server.state.tasks.values())

    def row(self, key: str = NOTICE) -> dict[str, Any]:
        reference, rest = key.split(".", 1)
        (row,) = [
            r for r in self.rows if r["title"].startswith(reference) and r["title"].endswith(f"[{rest}]")
        ]
        return row

    def time_passes(self) -> None:
        """Until what was sent must be shown, so that what is absent was deleted."""
        with closing(sqlite3.connect(self._installation.folder / "rp-connect.db")) as store, store:
            store.execute("UPDATE effects SET done_at = '2026-01-05 09:00:00.000000' WHERE state = 'done'")

    def waiting(self) -> int:
        states = [effect["state"] for effect in self.json("effect", "list")]
        return len([state for state in states if state != "done"])

    def seen_of(self, key: str) -> str:
        with closing(sqlite3.connect(self._installation.folder / "rp-connect.db")) as store:
            return str(store.execute("SELECT seen FROM tasks WHERE id = ?", (key,)).fetchone()[0])


@pytest.fixture
def trust(graph_server: GraphServer, tmp_path: Path) -> Trust:
    return Trust(tmp_path, graph_server)


def test_each_open_task_is_one_in_planner_and_nothing_comes_back_as_a_persons(trust: Trust):
    tasks = trust.json("task", "list")

    assert len(trust.rows) == len(tasks) > 20
    assert {row["id"] for row in trust.rows} == {task["external_id"] for task in tasks}
    assert trust.pull() == {}
    assert trust.waiting() == 0


def test_a_task_shows_its_stage_its_steps_and_the_way_to_its_case(trust: Trust):
    row = trust.row()
    details = trust.server.state.task_details[row["id"]]

    assert trust.server.state.buckets[row["bucketId"]]["name"] == "Referred"
    first = next(iter(details["checklist"].values()))
    assert first["title"] == "How long it is for, and the reasons"
    assert list(details["references"]) == [f"http%3A//127%2E0%2E0%2E1%3A8080/cases/{REF}"]
    assert list(row["assignments"]) == [LEAD]  # nobody holds the role of the head, so it falls to the lead


def test_a_tick_comes_home_and_goes_back_when_it_is_taken_away(trust: Trust):
    edit_task(trust.server.state, trust.row()["id"], percentComplete=100)
    assert trust.pull() == {"done": 1}
    assert trust.task()["state"] == "done"
    assert trust.pull() == {}

    edit_task(trust.server.state, trust.row()["id"], percentComplete=0)
    assert trust.pull() == {"reopened": 1}
    assert trust.task()["state"] == "open"


def test_a_task_that_is_dragged_to_another_day_is_planned_then_and_its_due_never_moves(trust: Trust):
    due = trust.task()["due"]
    edit_task(trust.server.state, trust.row()["id"], dueDateTime="2026-11-20T10:00:00Z")

    assert trust.pull() == {"replanned": 1}
    assert (trust.task()["due"], trust.task()["planned"]) == (due, "2026-11-20")
    assert trust.run("deliver").code == 0
    assert trust.row()["dueDateTime"].startswith("2026-11-20")
    assert trust.pull() == {}


def test_a_task_that_is_given_to_somebody_else_is_theirs(trust: Trust):
    now = {"assignedDateTime": "2026-11-12T09:00:00Z", "orderHint": " !"}
    edit_task(trust.server.state, trust.row()["id"], assignments={LEAD: None, HEAD: now})

    assert trust.pull() == {"reassigned": 1}
    assert trust.pull() == {}
    assert trust.run("case", "stage", REF, "triage").code == 0
    assert trust.run("deliver").code == 0
    assert list(trust.row()["assignments"]) == [HEAD]


def test_a_deleted_task_is_made_again_once_and_then_the_lead_is_asked(trust: Trust):
    trust.time_passes()
    delete_task(trust.server.state, trust.row()["id"])
    assert trust.pull() == {"recreated": 1}
    assert trust.run("deliver").code == 0
    again = trust.row()
    assert "deleted and has been made again" in trust.server.state.task_details[again["id"]]["description"]

    trust.time_passes()
    delete_task(trust.server.state, again["id"])
    assert trust.pull() == {"asked": 1}
    assert trust.run("deliver").code == 0
    assert not [row for row in trust.rows if row["title"].startswith(REF) and row["title"].endswith(MARKER)]
    assert trust.task()["state"] == "open"
    assert trust.waiting() == 0


def test_a_task_whose_title_people_rewrote_is_neither_lost_nor_made_again(trust: Trust):
    before = len(trust.rows)
    edit_task(trust.server.state, trust.row()["id"], title=f"{REF} · Letter home", percentComplete=100)

    assert trust.pull() == {"done": 1}
    assert trust.run("deliver").code == 0
    assert len(trust.rows) == before


def test_a_copy_that_people_made_of_a_task_changes_nothing_here(trust: Trust):
    state = trust.server.state
    row = trust.row()
    copy = {
        **row,
        "id": "copy".ljust(28, "0"),
        "percentComplete": 100,
        "createdDateTime": "2099-01-01T00:00:00Z",
    }
    state.tasks[copy["id"]] = copy
    state.task_details[copy["id"]] = {**state.task_details[row["id"]]}

    assert trust.pull() == {}
    assert trust.task()["state"] == "open"


def test_notes_and_ticked_steps_are_peoples_and_come_to_nothing_here(trust: Trust):
    row = trust.row()
    (first, *_) = trust.server.state.task_details[row["id"]]["checklist"]
    seen = trust.seen_of(NOTICE)
    edit_details(trust.server.state, row["id"], checklist={first: {"isChecked": True}}, description="Rang.")

    assert trust.pull() == {}
    assert trust.seen_of(NOTICE) == seen


def test_a_tick_that_was_not_read_is_not_written_over(trust: Trust):
    """A person ticks it while the case moves here: the tick is read first, then the rest is written."""
    edit_task(trust.server.state, trust.row()["id"], percentComplete=100)
    assert trust.run("case", "stage", REF, "triage").code == 0
    assert trust.run("deliver").code == 0

    assert trust.row()["percentComplete"] == 100
    assert trust.pull() in ({}, {"done": 1})
    assert trust.task()["state"] == "done"
    assert trust.waiting() == 0


def test_a_case_that_moves_takes_its_open_tasks_to_the_next_bucket(trust: Trust):
    assert trust.run("case", "stage", REF, "triage").code == 0
    assert trust.run("deliver").code == 0

    buckets = trust.server.state.buckets
    names = {buckets[row["bucketId"]]["name"] for row in trust.rows if row["title"].startswith(REF)}
    assert names == {"Triage"}
    assert trust.pull() == {}


def test_a_cancelled_suspension_finishes_its_tasks_there_with_a_note(trust: Trust):
    assert trust.run("case", "cancel", REF).code == 0
    assert trust.run("deliver").code == 0
    cancelled = [task for task in trust.json("task", "list") if task["state"] == "cancelled"]

    assert len(cancelled) > 5
    for task in cancelled:
        row = trust.server.state.tasks[task["external_id"]]
        assert row["percentComplete"] == 100
        assert "Cancelled" in trust.server.state.task_details[row["id"]]["description"]
    assert trust.pull() == {}


def test_a_full_plan_parks_what_has_no_room_and_retry_sends_it_later(
    graph_server: GraphServer, tmp_path: Path
):
    graph_server.configure(max_active_tasks=10, max_plans=1)
    installation = install_in_tenant(tmp_path, graph_server)
    for words in (("setup", "microsoft365"), ("sync",)):
        assert installation.run(*words, **SECRET).code == 0
    assert installation.run("deliver", **SECRET).code == 3
    effects = installation.run("effect", "list", "--state", "parked", "--json", **SECRET).json
    tasks = [effect for effect in effects if effect["kind"] == "task"]
    assert len(graph_server.state.tasks) == 10
    assert tasks
    assert {"lan full" in effect["reason"] for effect in tasks} == {True}

    graph_server.configure(max_active_tasks=500)
    for effect in tasks:
        assert installation.run("effect", "retry", str(effect["id"]), **SECRET).code == 0
    installation.run("deliver", **SECRET)
    titles = [row["title"] for row in graph_server.state.tasks.values()]
    assert len(titles) == len(set(titles)) == 10 + len(tasks)


def hurry(store: Path) -> int:
    """How much is still to be sent, none of which waits any longer for a time of its own."""
    with closing(sqlite3.connect(store)) as held, held:
        held.execute("UPDATE effects SET not_before = NULL WHERE state IN ('unclear', 'waiting')")
        left: int = held.execute("SELECT count(*) FROM effects WHERE state != 'done'").fetchone()[0]
    return left


def test_a_worker_that_loses_answers_makes_no_task_twice(graph_server: GraphServer, tmp_path: Path):
    installation = install_in_tenant(tmp_path, graph_server)
    for words in (("setup", "microsoft365"), ("sync",)):
        assert installation.run(*words, **SECRET).code == 0
    graph_server.faults.lose_answers("504", service="planner", method="POST", chance=0.2)
    graph_server.faults.throttle(0.0, service="planner", chance=0.05)
    for _ in range(12):
        installation.run("deliver", **SECRET)
        hurry(tmp_path / "rp-connect.db")
    graph_server.faults.clear()
    ends = time.monotonic() + 60
    while hurry(tmp_path / "rp-connect.db") and time.monotonic() < ends:  # a lane may be shut for a while
        assert installation.run("deliver", **SECRET).code == 0
        time.sleep(0.5)

    tasks = installation.run("task", "list", "--json", **SECRET).json
    titles = [row["title"] for row in graph_server.state.tasks.values()]
    assert len(titles) == len(set(titles)) == len(tasks)
    assert {task["external_id"] for task in tasks} == set(graph_server.state.tasks)
