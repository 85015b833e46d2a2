"""A workspace that counts on the receiving side: what came, when, and how many calls were in it at once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any

from rp_connect.errors import ConflictError, RpConnectError
from rp_connect.ports.workspace import Busy, LaneLimits, SeenTask, Written
from rp_connect.services.office import Office
from rp_connect.services.sync_schools import sync_schools
from tests.drop_school import DropSchool, pupil, suspension

NOW = "2026-11-12T09:40"
Fault = Callable[[str, str], RpConnectError | None]


@dataclass
class Receiver:
    """`fault` says how the write of a key on a shelf ends instead; `slow` seconds pass in each call."""

    fault: Fault = lambda shelf, key: None
    slow: float = 0.0
    things: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    calls: list[tuple[float, str, int]] = field(default_factory=list)
    made: Counter[tuple[str, str]] = field(default_factory=Counter)
    inside: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def call(self, shelf: str, count: int) -> Iterator[None]:
        with self.lock:
            self.calls.append((time.monotonic(), shelf, count))
            self.inside[shelf] += 1
            self.most[shelf] = max(self.most[shelf], self.inside[shelf])
        time.sleep(self.slow)
        yield
        with self.lock:
            self.inside[shelf] -= 1

    def keys(self, shelf: str) -> set[str]:
        return {key for where, key in self.things if where == shelf}

    def rows(self, shelf: str) -> list[int]:
        return [count for _, where, count in self.calls if where == shelf]


class Shelf:
    def __init__(self, receiver: Receiver, name: str) -> None:
        self.receiver = receiver
        self.name = name

    def find(self, key: str) -> Written | None:
        held = self.receiver.things.get((self.name, key))
        return Written(*held, int(held[1])) if held else None  # type: ignore[arg-type]

    def create(self, item: Any) -> Written:
        with self.receiver.call(self.name, 1):
            return self.write(item, new=True)

    def update(self, external_id: str, item: Any) -> Written:
        with self.receiver.call(self.name, 1):
            return self.write(item, new=False)

    def everything(self) -> Iterator[SeenTask]:
        return iter(())

    def write(self, item: Any, *, new: bool) -> Written:
        place = (self.name, item.key)
        fault = self.receiver.fault(self.name, item.key)
        if fault is not None:
            raise fault
        with self.receiver.lock:
            if new and place in self.receiver.things:
                raise ConflictError(f"{item.key} is there already.")
            self.receiver.made[place] += new
            self.receiver.things[place] = (f"id of {item.key}", item.revision)
        return Written(f"id of {item.key}", str(item.revision), item.revision)


class BulkShelf(Shelf):
    def find_all(self, keys: Sequence[str]) -> list[Written | None]:
        return [self.find(key) for key in keys]

    def create_all(self, items: Sequence[Any]) -> list[Written | RpConnectError]:
        with self.receiver.call(self.name, len(items)):
            return [self.tried(item, new=True) for item in items]

    def update_all(self, changes: Sequence[tuple[str, Any]]) -> list[Written | RpConnectError]:
        with self.receiver.call(self.name, len(changes)):
            return [self.tried(item, new=False) for _, item in changes]

    def tried(self, item: Any, *, new: bool) -> Written | RpConnectError:
        try:
            return self.write(item, new=new)
        except RpConnectError as fault:
            return fault


class ReceiverWorkspace:
    settles_after = 0.0
    online_meetings = False
    scope = "one account"

    def __init__(self, receiver: Receiver, lanes: Mapping[str, LaneLimits], *, bulk: bool = True) -> None:
        self.lanes = lanes
        shelf = BulkShelf if bulk else Shelf
        for name in ("tasks", "meetings", "records", "summaries"):
            setattr(self, name, shelf(receiver, name))
        self.notices = None

    def busy(self, *asked: object) -> Sequence[Busy]:
        return []

    def probe(self) -> Sequence[str]:
        return []

    setup = probe


LANES = {
    "planner": LaneLimits(20, 2),
    "lists": LaneLimits(20, 1),
    "calendar": LaneLimits(20, 1, alone=True),
    "files": LaneLimits(20, 1),
}


def synced(folder: Path, store_url: str = "sqlite:///rp-connect.db", cases: int = 6) -> DropSchool:
    school = DropSchool(folder, store_url=store_url)
    school.pupils = [pupil(f"P{n}") for n in range(1, cases + 1)]
    school.suspensions = [
        suspension(f"S{n:02}", "2026-11-12", 4, pupil_id=f"P{n}") for n in range(1, cases + 1)
    ]
    school.write()
    office = school.office(NOW)
    sync_schools(office)
    office.store.close()
    return school


def joined(
    school: DropSchool,
    receiver: Receiver,
    *,
    bulk: bool = True,
    lanes: Mapping[str, LaneLimits] = LANES,
    worker: str = "",
) -> Office:
    """The school's office as one process has it, with `receiver` for its workspace."""
    office = school.office(NOW)
    workspace: Any = ReceiverWorkspace(receiver, lanes, bulk=bulk)
    schools = {key: replaced(one, workspace=lambda: workspace) for key, one in office.schools.items()}
    return replaced(office, schools=schools, worker=worker or office.worker)
