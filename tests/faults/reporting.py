"""A child that syncs or delivers and reports each commit and each outside write, before and after it happens.

It can end itself with SIGKILL at the n-th of these moments, so that no step is left untried.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from rp_connect.ports.store import Store, UnitOfWork
from rp_connect.ports.workspace import Bulk, Workspace, Written
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office, School
from rp_connect.services.sync_schools import sync_schools
from rp_connect.wiring.office import build_office

COMMANDS: dict[str, Callable[[Office], object]] = {
    "sync": lambda office: sync_schools(office),
    "deliver": lambda office: deliver_effects(office),
}


@dataclass
class Reporter:
    """Counts the moments, tells them to the parent, and dies at `kill_at` (0: never), counted in those
    moments alone that `kill_on` names (empty: in all)."""

    connection: Connection
    kill_at: int = 0
    kill_on: str = ""
    count: int = 0
    named: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, event: str, key: str = "", revision: int = 0) -> None:
        with self.lock:
            self.count += 1
            self.connection.send((event, key, revision))
            self.named += self.kill_on in ("", event)
            if self.named == self.kill_at:
                os.kill(os.getpid(), signal.SIGKILL)


class ReportingWork:
    """A unit of work that reports its commit."""

    def __init__(self, work: UnitOfWork, report: Reporter) -> None:
        self._work = work
        self._report = report

    def __getattr__(self, name: str) -> Any:
        return getattr(self._work, name)

    def commit(self) -> None:
        self._report("before commit")
        self._work.commit()
        self._report("after commit")


class ReportingStore:
    """A store whose writing transactions report."""

    def __init__(self, store: Store, report: Reporter) -> None:
        self._store = store
        self._report = report

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def begin(self) -> Iterator[Any]:
        with self._store.begin() as work:
            yield ReportingWork(work, self._report)


class ReportingShelf:
    """The tasks, meetings, records or notices of a workspace, reporting every write."""

    def __init__(self, shelf: Any, report: Reporter) -> None:
        self._shelf = shelf
        self._report = report

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shelf, name)

    def create(self, item: Any) -> Any:
        return self._write(item, lambda: self._shelf.create(item))

    def update(self, external_id: str, item: Any) -> Any:
        return self._write(item, lambda: self._shelf.update(external_id, item))

    def _write(self, item: Any, write: Callable[[], Any]) -> Any:
        self._report("before write", item.key, item.revision)
        written = write()
        self._report("after write", item.key, item.revision)
        return written


class ReportingBulkShelf(ReportingShelf):
    """One that takes several at once: each of them is reported."""

    def find_all(self, keys: Sequence[str]) -> Any:
        return self._shelf.find_all(keys)

    def create_all(self, items: Sequence[Any]) -> Any:
        return self._write_all(items, lambda: self._shelf.create_all(items))

    def update_all(self, changes: Sequence[tuple[str, Any]]) -> Any:
        return self._write_all([item for _, item in changes], lambda: self._shelf.update_all(changes))

    def _write_all(self, items: Sequence[Any], write: Callable[[], Any]) -> Any:
        for item in items:
            self._report("before write", item.key, item.revision)
        outcomes = write()
        for item, outcome in zip(items, outcomes, strict=True):
            if isinstance(outcome, Written):
                self._report("after write", item.key, item.revision)
        return outcomes


class ReportingWorkspace:
    def __init__(self, workspace: Workspace, report: Reporter) -> None:
        self.settles_after = workspace.settles_after
        self.online_meetings = workspace.online_meetings
        self.scope = workspace.scope
        self.lanes = workspace.lanes
        for name in ("tasks", "meetings", "records", "summaries", "notices"):
            setattr(self, name, _reporting(getattr(workspace, name), report))


def _reporting(shelf: Any, report: Reporter) -> ReportingShelf | None:
    if shelf is None:
        return None
    return (ReportingBulkShelf if isinstance(shelf, Bulk) else ReportingShelf)(shelf, report)


@dataclass(frozen=True, slots=True)
class Order:
    """What a child is to do, and when it dies. `secrets` go into its environment."""

    config: str
    now: str
    command: str
    kill_at: int = 0
    kill_on: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)


def child(order: Order, connection: Connection) -> None:
    """Run the command, everything reported; "finished" is the last report of a run that was not killed."""
    os.environ.update(order.secrets)
    report = Reporter(connection, order.kill_at, order.kill_on)
    office = build_office(Path(order.config), now=order.now)
    schools = {key: _reported(school, report) for key, school in office.schools.items()}
    store = cast(Store, ReportingStore(office.store, report))
    reporting = replace(office, store=store, schools=schools)
    COMMANDS[order.command](reporting)
    connection.send(("finished", json.dumps(report.count), 0))


def _reported(school: School, report: Reporter) -> School:
    def workspace() -> Workspace:
        return cast(Workspace, ReportingWorkspace(school.workspace(), report))

    return replace(school, workspace=workspace)
