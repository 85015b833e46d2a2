"""The parent of the children that are killed: starts them quickly, kills them, and compares what is left."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.drop_school import DropSchool, pupil, suspension
from tests.faults.reporting import Order, child

NOW = "2026-11-12T09:40"
LIMIT_S = 60.0

_fork = multiprocessing.get_context("forkserver")
_fork.set_forkserver_preload(
    [
        "tests.faults.reporting",
        "rp_england.plugin",
        "rp_file_drop.adapter",
        "rp_microsoft365.workspace",
        "rp_microsoft365.wire",
        "docx",
    ]
)

Write = tuple[str, int]
"""Key and revision of one outside write."""


@dataclass
class Run:
    """What one child reported before it ended, and whether it was killed."""

    events: list[tuple[str, str, int]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def finished(self) -> bool:
        return bool(self.events) and self.events[-1][0] == "finished"

    @property
    def moments(self) -> int:
        return len(self.events) - self.finished

    @property
    def writes(self) -> list[Write]:
        return [(key, revision) for event, key, revision in self.events if event == "after write"]


def run(
    folder: Path, command: str, *, kill_after_s: float | None = None, limit_s: float = LIMIT_S, **more: Any
) -> Run:
    """One child. `kill_after_s` counts from its first report; `more` are `kill_at`, the number of the report,
    and what else an `Order` has."""
    ours, theirs = _fork.Pipe(duplex=False)
    order = Order(str(folder / "rp-connect.toml"), NOW, command, **more)
    process = _fork.Process(target=child, args=(order, theirs))
    process.start()
    theirs.close()
    result, first, deadline = Run(), 0.0, time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if first and kill_after_s is not None and time.monotonic() >= first + kill_after_s:
            os.kill(process.pid or 0, signal.SIGKILL)
            kill_after_s = None
        try:
            if ours.poll(0.0005 if kill_after_s is not None and first else 0.05):
                result.events.append(ours.recv())
                first = first or time.monotonic()
                result.seconds = time.monotonic() - first
        except (EOFError, OSError):
            break
    process.join(limit_s)
    ours.close()
    return result


def standing(folder: Path) -> set[Write]:
    """The revisions that stand in the local workspace, read from its files by hand."""
    found = set()
    for path in sorted((folder / "workspace").glob("*/*.ics")):
        for line in path.read_bytes().decode().replace("\r\n ", "").splitlines():
            if line.startswith("X-RP-REVISION"):
                found.add((path.stem, int(line.partition(":")[2])))
    return found


def rich_school(folder: Path, store_url: str) -> DropSchool:
    """Ten suspensions that show most rules, with marks enough for several transactions."""
    school = DropSchool(folder, store_url=store_url)
    school.pupils = [pupil(f"P{n}", looked_after="Y" if n == 3 else "") for n in range(1, 31)]
    days = ["2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12"]
    school.attendance = [
        {"pupil_id": f"P{n}", "date": day, "session": half, "code": "/"}
        for n in range(1, 31)
        for day in days
        for half in ("AM", "PM")
    ]
    school.suspensions = [
        suspension("S01", "2026-11-12", 6),
        suspension("S02", "2026-11-09", 6, pupil_id="P2", cancelled_at="2026-11-11"),
        suspension("S03", "2026-11-10", 4, pupil_id="P3"),
        suspension("S04", "2026-11-12", 12, pupil_id="P3"),
        suspension("S05", None, None, pupil_id="P5", decided_at="2026-11-11"),
        suspension("S06", "2026-11-11", None, pupil_id="P6", category="PERM"),
        suspension("S07", "2026-11-11", None, pupil_id="P7", category="LNCH"),
    ]
    return school


def plain_school(folder: Path, store_url: str) -> DropSchool:
    """Two suspensions, one of them cancelled: small enough to be killed at every single step."""
    school = DropSchool(folder, store_url=store_url)
    school.attendance = [{"pupil_id": "P1", "date": "2026-11-12", "session": "AM", "code": "I"}]
    school.suspensions = [
        suspension("S01", "2026-11-12", 2),
        suspension("S02", "2026-11-09", 6, pupil_id="P2", cancelled_at="2026-11-11"),
    ]
    return school


def random_shares(count: int, seed: int) -> Iterator[float]:
    """Where in a run to kill: shares of the time between its first and its last report."""
    dice = random.Random(seed)
    return iter([dice.uniform(0.0, 0.95) for _ in range(count)])
