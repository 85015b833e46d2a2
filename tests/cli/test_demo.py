"""`demo`: an invented trust that lives, in a folder that only the demo may replace."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rp_connect.cli.demo import MARKER
from tests.cli.installation import Answer, Installation, run, spawn

TERM = "2026-11-18T10:00"
SUMMER = "2026-08-12T10:00"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Answer, Installation]:
    """The demo as it ran on a school day, and its installation."""
    folder = tmp_path_factory.mktemp("demo")
    answer = spawn("--now", TERM, "demo", "--no-serve", folder=folder)
    assert answer.code == 0, answer.err
    return answer, Installation(folder / "demo-trust")


@pytest.mark.slow
def test_it_tells_what_happened_and_what_to_look_at(shown):
    answer, _ = shown
    assert re.search(r"^northwick  \d+ cases opened", answer.out, re.MULTILINE)
    assert re.search(r"^eastmoor  \d+ cases opened", answer.out, re.MULTILINE)
    assert " 0 waiting, 0 parked." in answer.out
    assert re.search(r"\d+ tasks done, \d+ left late, 2 meetings set\.", answer.out)
    assert "rp-connect --config demo-trust/rp-connect.toml" in answer.out
    assert answer.err.count("\n") == 1


@pytest.mark.slow
def test_most_tasks_that_were_due_are_done_and_a_few_are_late(shown):
    _, trust = shown
    tasks = trust.json("task", "list", now=TERM)
    past = [task for task in tasks if task["due"] and task["due"][:10] < TERM[:10]]
    late = [task for task in past if task["state"] == "open"]
    assert 0 < len(late) < len(past) / 10
    assert len({task["case"] for task in late}) > 1


@pytest.mark.slow
def test_everything_it_did_stands_in_the_workspaces(shown):
    _, trust = shown
    assert {effect["state"] for effect in trust.json("effect", "list", now=TERM)} == {"done"}
    pulled = trust.json("pull", now=TERM)["schools"]
    assert [{n for key, n in s.items() if key not in ("school", "fault")} for s in pulled] == [{0}, {0}]


@pytest.mark.slow
def test_it_replaces_what_an_earlier_demo_made(shown):
    _, trust = shown
    answer = run(
        "--now", SUMMER, "demo", "--no-serve", "--dir", str(trust.folder), folder=trust.folder.parent
    )
    assert answer.code == 0
    assert "on Wednesday 22 July 2026" in answer.out or "on Wednesday 15 July 2026" in answer.out


def test_a_folder_that_it_did_not_make_is_left_alone(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("Dear parents")
    answer = run("demo", "--no-serve", "--dir", "mine", folder=tmp_path)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "mine was not made by the demo, so it is left alone; name another with --dir.\n"
    assert [path.name for path in mine.iterdir()] == ["letter.txt"]


def test_a_file_of_that_name_is_left_alone(tmp_path):
    (tmp_path / "demo-trust").write_text("Dear parents")
    assert run("demo", "--no-serve", folder=tmp_path).code == 2
    assert (tmp_path / "demo-trust").read_text() == "Dear parents"


def test_the_marker_says_whose_folder_it_is(shown):
    _, trust = shown
    assert "The demo of rp-connect made this folder" in Path(trust.folder / MARKER).read_text()
