"""`task`: the list, its shape and its order, and marking a task as done."""

from __future__ import annotations

from tests.cli.installation import Installation

TASK_KEYS = [
    "id", "case", "school", "duty", "title", "due", "planned", "due_note", "state", "role", "basis",
    "confidence", "external_id", "source", "steps",
]  # fmt: skip
NOTICE = "RP-2026-0001.written-notice.1"


def test_a_task_has_exactly_the_promised_keys_in_their_order(synced: Installation):
    tasks = {task["id"]: task for task in synced.json("task", "list")}
    assert all(list(task) == TASK_KEYS for task in tasks.values())
    assert tasks[NOTICE] == {
        "id": NOTICE,
        "case": "RP-2026-0001",
        "school": "northwick",
        "duty": "written-notice",
        "title": tasks[NOTICE]["title"],
        "due": "2026-11-11T15:15:00+00:00",
        "planned": None,
        "due_note": "late information",
        "state": "open",
        "role": "head",
        "basis": tasks[NOTICE]["basis"],
        "confidence": "C",
        "external_id": None,
        "source": {"mis": "file_drop", "kind": "suspension", "id": "S-1"},
        "steps": tasks[NOTICE]["steps"],
    }
    assert "How long it is for, and the reasons" in tasks[NOTICE]["steps"]
    assert tasks[NOTICE]["title"].startswith("RP-2026-0001 · ")


def test_a_moment_in_summer_bears_the_summers_offset(installation: Installation):
    installation.drop(
        "suspensions.csv",
        "suspension_id,pupil_id,category,decided_at,start_date,sessions\nS-5,P-1,SUSP,2026-09-10,2026-09-10,2\n",
    )
    installation.run("sync", now="2026-09-10T11:00")
    due = {task["duty"]: task["due"] for task in installation.json("task", "list")}
    assert due["written-notice"] == "2026-09-10T15:15:00+01:00"


def test_tasks_come_by_case_and_then_by_due(synced: Installation):
    tasks = synced.json("task", "list")
    order = [(task["case"], task["due"] is None, (task["due"] or "")[:10]) for task in tasks]
    assert order == sorted(order)


def test_the_list_can_be_narrowed(synced: Installation):
    synced.run("task", "done", NOTICE)
    everything = synced.json("task", "list")
    assert synced.json("task", "list", "--school", "northwick") == everything
    assert synced.json("task", "list", "--case", "RP-2026-0002") == [
        task for task in everything if task["case"] == "RP-2026-0002"
    ]
    assert [task["id"] for task in synced.json("task", "list", "--state", "done")] == [NOTICE]


def test_the_list_fits_eighty_columns_and_names_every_task(synced: Installation):
    lines = synced.run("task", "list").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines[1:]] == [task["id"] for task in synced.json("task", "list")]


def test_a_wider_terminal_also_gets_the_titles(synced: Installation):
    lines = synced.run("task", "list", COLUMNS="140").out.splitlines()
    assert max(map(len, lines)) <= 140
    assert lines[0].split() == ["ID", "Due", "State", "For", "Task"]


def test_a_case_that_does_not_exist_is_one_sentence(synced: Installation):
    answer = synced.run("task", "list", "--case", "RP-2026-0404", "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "RP-2026-0404" in answer.err


def test_a_state_that_does_not_exist_names_those_that_do(synced: Installation):
    answer = synced.run("task", "list", "--state", "late")
    assert answer.code == 2
    assert "'open', 'done', 'cancelled'" in answer.err


def test_marking_a_task_as_done_says_what_is_left(synced: Installation):
    before = len(synced.json("task", "list", "--case", "RP-2026-0001", "--state", "open"))
    answer = synced.run("task", "done", NOTICE)
    assert answer.code == 0
    assert answer.out == f"{NOTICE} is done. RP-2026-0001 has {before - 1} open tasks.\n"
    assert synced.run("task", "done", NOTICE).code == 0


def test_a_task_that_does_not_exist_cannot_be_done(synced: Installation):
    answer = synced.run("task", "done", "RP-2026-0001.tea-and-cake.1")
    assert (answer.code, answer.out) == (2, "")


def test_an_installation_without_tasks_says_so(installation: Installation):
    assert installation.run("task", "list").out == "There are no such tasks.\n"
    assert installation.json("task", "list") == []
