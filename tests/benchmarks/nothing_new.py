"""A second sync on the same day, when no file has changed: it should cost little more than looking."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from rp_connect.services.office import Office
from rp_connect.services.sync_report import SchoolSync
from rp_connect.services.sync_schools import sync_schools
from rp_connect.wiring.office import build_office
from tests.benchmarks.bench import SEED, Bench
from tests.benchmarks.measure import Cost, Shares, interleaved, took
from tests.benchmarks.seams import watched
from tests.benchmarks.table import Line
from tests.benchmarks.trust import NOW, write_trust

BESIDE = "stat and SHA-256 of the same files"


def measure(bench: Bench) -> list[Line]:
    room, shape, schools = bench.room("quiet"), bench.size.quiet_shape, bench.size.quiet_schools
    config = write_trust(room, schools, shape, SEED)
    files = [path for number in range(schools) for path in _files(room, f"s{number + 1:03}")]
    office = build_office(config, now=NOW)
    try:
        first = took(lambda: sync_schools(office))
        costs = interleaved(
            {"ours": lambda: _again(office), "raw": lambda: took(lambda: digest(files))}, bench.runs
        )
        shares = Shares()
        watched_costs = [shares.of(took(lambda: sync_schools(watched(office, shares))))]
    finally:
        office.store.close()
    what = (
        f"no-change sync, per school of {shape.pupils:,} pupils and {shape.pupils * shape.days * 2:,} marks"
    )
    read = sum(path.stat().st_size for path in files) >> 10
    return [
        Line(
            figure="sync",
            what=what,
            ours=costs["ours"],
            raw=costs["raw"],
            beside=BESIDE,
            per=schools,
            note=f"{schools} schools, {read / schools:,.0f} KiB each",
        ),
        Line(figure="sync", what="the same, its parts", ours=watched_costs, per=schools),
        Line(figure="sync", what="the first sync of them, per school", ours=[first], per=schools),
    ]


def _again(office: Office) -> Cost:
    reports: list[SchoolSync] = []
    cost = took(lambda: reports.extend(sync_schools(office)))
    faults = [report.fault for report in reports if report.fault]
    if faults or any(sum(report.read.values()) for report in reports):
        raise RuntimeError(f"the second sync should have found nothing new: {faults}")
    return cost


def digest(files: Iterable[Path]) -> list[str]:
    found = []
    for path in files:
        status = path.stat()
        found.append(f"{status.st_size} {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return found


def _files(room: Path, school: str) -> list[Path]:
    return [room / "calendar.csv", *sorted((room / school / "drop").iterdir())]
