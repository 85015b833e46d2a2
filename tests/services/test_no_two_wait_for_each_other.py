"""On PostgreSQL a sync, a delivery, a pull and people change the same cases at once, and none is turned away
because two of them waited for each other."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rp_connect.domain.case import Stage
from rp_connect.errors import GoneError, RpConnectError, TryLaterError, UsageError
from rp_connect.ports.workspace import SeenTask
from rp_connect.services.complete_task import complete_task
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.move_case import move_case
from rp_connect.services.office import Office
from rp_connect.services.pull_tasks import pull_tasks
from rp_connect.services.sync_schools import sync_schools
from tests.drop_school import DropSchool
from tests.services.receiver import BulkShelf, Receiver, joined, synced

CASES, SYNCS = 8, 4
pytestmark = pytest.mark.timeout(290)


class BusyPlan(BulkShelf):
    """People touch every task there again and again."""

    versions = itertools.count(1)

    def everything(self) -> Iterator[SeenTask]:
        with self.receiver.lock:
            there = [
                (key, held[0]) for (shelf, key), held in self.receiver.things.items() if shelf == "tasks"
            ]
        for key, external_id in there:
            yield SeenTask(
                key, external_id, f"by a person {next(self.versions)}", done=False, day=None, assignees=()
            )


def often_refused(dice: random.Random) -> Callable[[str, str], RpConnectError | None]:
    """A third of all writes of tasks and records ends otherwise than well."""

    def fault(shelf: str, key: str) -> RpConnectError | None:
        drawn = dice.random() if shelf in ("tasks", "records") else 1.0
        if drawn < 0.25:
            return TryLaterError("The service asks for patience.", retry_after=0.01)
        return GoneError(f"{key} is gone.") if drawn < 0.35 and shelf == "tasks" else None

    return fault


def office_of(school: DropSchool, receiver: Receiver) -> Office:
    office = joined(school, receiver)
    for one in office.schools.values():
        workspace: Any = one.workspace()
        workspace.tasks = BusyPlan(receiver, "tasks")
    return office


def new_lengths(school: DropSchool, turn: int) -> None:
    for row in school.suspensions:
        row["sessions"] = 4 + 2 * (turn % 2)
    school.write()


def test_nobody_is_turned_away_since_two_waited_for_each_other(tmp_path: Path, postgres_url: str) -> None:
    school = synced(tmp_path, postgres_url, cases=CASES)
    office = office_of(school, Receiver(often_refused(random.Random(5))))
    over = threading.Event()
    turns = dict.fromkeys(("delivered", "pulled", "clicked"), 0)

    def syncing() -> None:
        try:
            for turn in range(SYNCS):
                new_lengths(school, turn)
                (report,) = sync_schools(office, full=True)
                assert report.fault is None, report.fault
        finally:
            over.set()

    def again(name: str, do: Callable[[], object]) -> None:
        while not over.is_set():
            do()
            turns[name] += 1

    with ThreadPoolExecutor(4) as threads:
        jobs = [
            threads.submit(syncing),
            threads.submit(again, "delivered", lambda: deliver_effects(office, seconds=1.0)),
            threads.submit(again, "pulled", lambda: pull_tasks(office)),
            threads.submit(again, "clicked", lambda: click(office, random.Random(7))),
        ]
        for job in jobs:
            job.result()
    office.store.close()
    assert min(turns.values()) > 0, turns


def click(office: Office, dice: random.Random) -> None:
    with office.store.read() as work:
        task = dice.choice(work.tasks.every())
    try:
        complete_task(office, task.id, "the lead")
        move_case(office, task.case, Stage.TRIAGE, "the lead")
    except UsageError:
        return
