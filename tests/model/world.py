"""One school that a test drives step by step: drop, store, workspace, and the people around it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from rp_connect.domain.effect import EffectState
from rp_connect.domain.task import Task, TaskState
from rp_connect.errors import RpConnectError
from rp_connect.services.deliver_effects import Delivered, deliver_effects
from rp_connect.services.office import Office, School
from rp_connect.services.pull_tasks import SchoolPull, pull_tasks
from rp_connect.services.put_items import Course
from rp_connect.services.send_effect import send_all
from rp_connect.services.sync_report import SchoolSync
from rp_connect.services.sync_schools import sync_schools
from rp_connect.storage.owners import this_process
from rp_connect.wiring.office import build_office
from tests.drop_school import DropSchool, pupil

NOW = "2026-11-12T10:00"
LONDON = ZoneInfo("Europe/London")
SCHOOL = "northwick"
MEMORY = Path("/dev/shm")  # noqa: S108 - a disk that forgets is quick, and nothing here is cut off


class World:
    """`refused` counts what services refused with a sentence, which is an answer like any other."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rp-model-", dir=MEMORY if MEMORY.is_dir() else None))
        self.drop = DropSchool(self.folder)
        self.drop.pupils = [pupil(f"P{n}") for n in range(1, 4)]
        self.drop.write()
        self.office = build_office(self.folder / "rp-connect.toml", now=NOW)
        self.refused = 0

    def close(self) -> None:
        self.office.store.close()
        shutil.rmtree(self.folder)

    @property
    def school(self) -> School:
        return self.office.school(SCHOOL)

    def sync(self) -> SchoolSync:
        self.drop.write()
        (report,) = sync_schools(self.office)
        return report

    def deliver(self) -> Delivered:
        return deliver_effects(self.office)

    def pull(self) -> SchoolPull:
        (report,) = pull_tasks(self.office)
        return report

    def tasks(self) -> dict[str, Task]:
        with self.office.store.read() as work:
            return {task.id: task for task in work.tasks.every()}

    def tasks_of(self, state: TaskState) -> list[Task]:
        return [task for task in self.tasks().values() if task.state is state]

    def in_flight(self) -> set[str]:
        with self.office.store.read() as work:
            flying = (EffectState.LEASED, EffectState.UNCLEAR)
            return {effect.key for effect in work.effects.every() if effect.state in flying}

    def refs(self) -> list[str]:
        with self.office.store.read() as work:
            return [case.ref for case in work.cases.every()]

    def attempt(self, what: object, *args: object) -> bool:
        """Whether a service did it; a refusal changes nothing and is a sentence for a person."""
        assert callable(what)
        try:
            what(self.office, *args)
        except RpConnectError as refusal:
            if refusal.exit_code != 2 or not str(refusal).endswith("."):
                raise
            self.refused += 1
            return False
        return True

    @cached_property
    def _dead(self) -> Office:
        """The office of a worker on this machine whose process has ended."""
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        return replace(self.office, worker=f"{this_process().rsplit(':', 2)[0]}:{ended.pid}:0")

    def worker_dies(self, leased: int, written: int) -> int:
        """A worker leases some effects, writes some of them, and dies before it can say so."""
        with self.office.store.begin() as work:
            rows = work.effects.lease(self._dead.worker, leased)
            work.commit()
        for row in rows[:written]:
            (sent,) = send_all(
                self.office, self.school, self.school.workspace(), [row], Course(lambda _: True)
            )
            if isinstance(sent.outcome, RpConnectError):
                break
        return len(rows)

    def file(self, task_id: str) -> Path:
        return self.folder / "workspace" / "tasks" / f"{task_id}.ics"

    def files(self) -> list[str]:
        return sorted(path.stem for path in (self.folder / "workspace" / "tasks").glob("*.ics"))

    def lines(self, path: Path) -> dict[str, str]:
        """The properties of the task or meeting in a file, read by hand."""
        text = path.read_bytes().decode().replace("\r\n ", "")
        inner = re.split(r"BEGIN:(?:VTODO|VEVENT)\r\n", text)[1]
        return {
            line.partition(":")[0].partition(";")[0]: line.partition(":")[2] for line in inner.splitlines()
        }

    def edit(self, task_id: str, **lines: str | None) -> None:
        """A person changes the file in a calendar program."""
        path = self.file(task_id)
        text = path.read_bytes().decode().replace("\r\n ", "")
        for name, value in lines.items():
            text = re.sub(rf"(?m)^{name.replace('_', '-')}[;:].*\r\n", "", text)
            if value is not None:
                mark = ";VALUE=DATE:" if name == "DUE" else ":"
                text = text.replace("END:VTODO", f"{name.replace('_', '-')}{mark}{value}\r\nEND:VTODO")
        path.write_bytes(text.encode())

    def shown_day(self, task: Task) -> date | None:
        return task.shown_day(LONDON)


def moment(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 20, tzinfo=LONDON)
