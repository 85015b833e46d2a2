"""Killed at any step and run again, a sync or a delivery ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from pathlib import Path

import psycopg
import pytest

from tests.faults.killing import Run, plain_school, random_shares, rich_school, run, standing
from tests.postgres_server import PostgresServer

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
RANDOM_KILLS, STEPS = (100, 0) if FULL else (2, 3)
pytestmark = [pytest.mark.trial, pytest.mark.timeout(0 if FULL else 240)]


class Arenas:
    """Copies of a school on one kind of store: a file copied, or a database made from a template."""

    def __init__(self, folder: Path, server: PostgresServer | None) -> None:
        self.folder = folder
        self.server = server
        self.school = rich_school
        self._name = f"kill_{secrets.token_hex(4)}"
        self._made = 0

    def fresh(self, template: Path | None) -> Path:
        self._made += 1
        target = self.folder / f"{self._name}_{self._made}"
        url = "sqlite:///rp-connect.db"
        if template is not None:
            shutil.copytree(template, target)
        if self.server is not None:
            url = self._database(template, target.name)
        self.school(target, url).write()
        return target

    def _database(self, template: Path | None, name: str) -> str:
        assert self.server is not None
        with psycopg.connect(self.server.url("postgres").replace("+psycopg", ""), autocommit=True) as admin:
            clause = f" TEMPLATE {template.name}" if template else ""
            admin.execute(f"CREATE DATABASE {name}{clause}")
        return self.server.url(name)

    def drop(self, folder: Path) -> None:
        shutil.rmtree(folder)
        if self.server is not None:
            with psycopg.connect(
                self.server.url("postgres").replace("+psycopg", ""), autocommit=True
            ) as admin:
                admin.execute(f"DROP DATABASE {folder.name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def arenas(request: pytest.FixtureRequest, tmp_path: Path) -> Arenas:
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    return Arenas(tmp_path, server)


def task_list(folder: Path, arenas: Arenas) -> str:
    """`task list --json`, the workspace's own ids aside."""
    url = "sqlite:///rp-connect.db" if arenas.server is None else arenas.server.url(folder.name)
    return json.dumps([task | {"external_id": None} for task in arenas.school(folder, url).tasks()], indent=1)


def prepared(arenas: Arenas, command: str) -> Path:
    """The state before `command`: an empty store with its schema, or a synced school."""
    template = arenas.fresh(None)
    task_list(template, arenas)
    if command == "deliver":
        assert run(template, "sync").finished
    return template


def killed_and_run_again(arenas: Arenas, template: Path, command: str, expected: str, **kill: float) -> Run:
    """Kill once, run until it ends well; then the tasks are as expected and no write was done twice."""
    folder = arenas.fresh(template)
    killed = run(folder, command, **kill)
    before = standing(folder)
    again = run(folder, command)
    assert again.finished
    assert len(again.writes) == len(set(again.writes))
    assert not before & set(again.writes)
    assert run(folder, command).writes == []
    assert task_list(folder, arenas) == expected
    if command == "deliver":
        assert len(standing(folder)) == len([w for w in before | set(again.writes) if "." in w[0]])
    arenas.drop(folder)
    return killed


@pytest.mark.parametrize("command", ["sync", "deliver"])
def test_killed_at_every_step_nothing_is_lost_and_nothing_done_twice(arenas: Arenas, command: str) -> None:
    arenas.school = plain_school
    template = prepared(arenas, command)
    whole = arenas.fresh(template)
    undisturbed = run(whole, command)
    expected = task_list(whole, arenas)
    assert undisturbed.finished
    step = undisturbed.moments // STEPS if STEPS else 1
    moments = range(1, undisturbed.moments + 1, step)
    landed = 0
    for moment in moments:
        killed = killed_and_run_again(arenas, template, command, expected, kill_at=moment)
        assert killed.finished or killed.moments == moment
        landed += not killed.finished
    # What ends at about the same time is stored at once, so that one run has a few commits more than another.
    assert len(moments) - landed <= max(1, 0.2 * len(moments))


@pytest.mark.parametrize("command", ["sync", "deliver"])
def test_killed_at_random_shares_of_the_writing_it_is_the_same(arenas: Arenas, command: str) -> None:
    template = prepared(arenas, command)
    whole = arenas.fresh(template)
    undisturbed = run(whole, command)
    expected = task_list(whole, arenas)
    length, landed, tries = undisturbed.seconds, 0, random_shares(2 * RANDOM_KILLS, seed=2026)
    while landed < RANDOM_KILLS:
        share = next(tries, None)
        assert share is not None, f"only {landed} of {2 * RANDOM_KILLS} kills met the writing"
        killed = killed_and_run_again(arenas, template, command, expected, kill_after_s=share * length)
        landed += not killed.finished and killed.moments > 0
        # A run that was over before its kill shows that runs have become shorter.
        length = min(length, killed.seconds) if killed.finished else length
