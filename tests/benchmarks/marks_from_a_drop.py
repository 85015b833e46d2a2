"""P5, the whole path: attendance.csv of 200,000 marks through the file drop and a real sync."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from pathlib import Path

from rp_connect.services.sync_report import SchoolSync
from rp_connect.services.sync_schools import sync_schools
from rp_connect.wiring.office import build_office
from rp_file_drop.spool import Spool
from rp_file_drop.tray import Tray
from tests.benchmarks import marks_into_sqlite
from tests.benchmarks.bench import SEED, Bench
from tests.benchmarks.measure import Cost, Shares, interleaved, programs, took
from tests.benchmarks.seams import watched
from tests.benchmarks.table import Line
from tests.benchmarks.trust import (
    FIRST_DAY,
    NOW,
    Shape,
    days_from,
    store_with_pupils,
    write_attendance,
    write_trust,
)

BASE = "before.db"


def measure(bench: Bench) -> list[Line]:
    room, size = bench.room("drop"), bench.size
    config = installation(room, size.marks_pupils)
    write_attendance(room / "s001" / "drop", size.marks_pupils, days_from(FIRST_DAY, size.marks_days), SEED)
    limits = room / "limits"
    limits.mkdir()
    empty = store_with_pupils(limits, size.marks_pupils)
    raw = marks_into_sqlite.raw_variants(limits / "run", empty, marks_into_sqlite.marks(bench))
    costs = interleaved({marks_into_sqlite.OURS: lambda: sync(config, size.marks), **raw}, bench.runs)
    whole = as_a_program(room, bench.runs)
    what = f"attendance.csv of {size.marks:,} marks through a sync"
    return [
        *marks_into_sqlite.compared("P5b", what, costs),
        Line(figure="P5b", what="the same as `rp-connect sync`, a process of its own", ours=whole),
    ]


def installation(folder: Path, pupils: int) -> Path:
    """One school whose pupils are known; `before.db` is its store before there was any attendance."""
    config = write_trust(folder, 1, Shape(pupils=pupils), SEED)
    office = build_office(config, now=NOW)
    sync_schools(office)
    office.store.close()
    shutil.copy(folder / "rp-connect.db", folder / BASE)
    return config


def sync(config: Path, marks: int) -> Cost:
    """One pass that finds the attendance file, and what each part of it took."""
    put_back(config.parent)
    shares = Shares()
    office = watched(build_office(config, now=NOW), shares)
    try:
        with (
            shares.methods(Spool, "sort", ["add", "sort", "keys"]),
            shares.methods(Tray, "sort", ["add", "sort", "keys"]),
        ):
            reports: list[SchoolSync] = []
            cost = took(lambda: reports.extend(sync_schools(office)))
    finally:
        office.store.close()
    if reports[0].read["attendance"] != marks or reports[0].refused:
        raise RuntimeError(f"not every mark was read: {reports[0].to_json()}")
    return shares.of(cost)


def put_back(folder: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            (folder / f"rp-connect.db{ending}").unlink()
    shutil.copy(folder / BASE, folder / "rp-connect.db")


def as_a_program(room: Path, runs: int) -> list[Cost]:
    """The same by `rp-connect sync`, its start included."""
    again = ["/bin/sh", "-c", f"rm -f rp-connect.db*; cp {BASE} rp-connect.db"]
    words = [sys.executable, "-m", "rp_connect", "--now", NOW, "sync"]
    return programs({"sync": words}, runs, room, {"sync": again})["sync"]
