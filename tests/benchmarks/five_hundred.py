"""500 suspensions that arrive at once, and the board that shows their cases: for information only."""

from __future__ import annotations

from pathlib import Path

from rp_connect.services.show_board import show_board
from rp_connect.services.sync_schools import sync_schools
from rp_connect.wiring.office import build_office
from tests.benchmarks.bench import SEED, Bench
from tests.benchmarks.browser import get, pages
from tests.benchmarks.marks_from_a_drop import installation, put_back
from tests.benchmarks.measure import Cost, Shares, interleaved, took, typical
from tests.benchmarks.seams import watched
from tests.benchmarks.table import Line
from tests.benchmarks.trust import NOW, write_incidents, write_suspensions


def measure(bench: Bench) -> list[Line]:
    size = bench.size
    few, many = with_cases(bench.room("few"), size.usual_cases), with_cases(bench.room("cases"), size.cases)
    sync(few, size.usual_cases)
    syncs = interleaved({"sync": lambda: sync(many, size.cases)}, bench.runs)["sync"]
    speed = size.cases / typical(syncs, lambda cost: cost.wall)
    what = f"sync of {size.cases:,} suspensions with their incidents"
    return [
        Line(figure="cases", what=what, ours=syncs, note=f"{speed:.0f} cases a second"),
        board(few, size.usual_cases, size.requests),
        board(many, size.cases, size.requests),
    ]


def with_cases(room: Path, cases: int) -> Path:
    """A school of twice as many known pupils; the suspensions lie in its drop and were not read yet."""
    config = installation(room, 2 * cases)
    drop = room / "s001" / "drop"
    write_incidents(drop, [(n, n, n + cases) for n in range(1, cases + 1)])
    write_suspensions(drop, range(1, cases + 1), SEED)
    return config


def sync(config: Path, cases: int) -> Cost:
    """One pass in which every suspension becomes a case."""
    put_back(config.parent)
    shares = Shares()
    office = watched(build_office(config, now=NOW), shares)
    opened: list[int] = []
    try:
        cost = took(lambda: opened.extend(report.cases_opened for report in sync_schools(office)))
    finally:
        office.store.close()
    if sum(opened) != cases:
        raise RuntimeError(f"{cases} suspensions became {sum(opened)} cases")
    return shares.of(cost)


def board(config: Path, cases: int, requests: int) -> Line:
    """What the page costs, and how much of it is the service behind it."""
    office = build_office(config, now=NOW)
    try:
        with pages(config, NOW) as app:
            get(app, "/")  # templates are compiled
            size = len(get(app, "/"))
            variants = {
                "page": lambda: took(lambda: get(app, "/")),
                "service": lambda: took(lambda: show_board(office)),
            }
            costs = interleaved(variants, requests)
    finally:
        office.store.close()
    return Line(
        figure="board",
        what=f"the board page of {cases:,} open cases",
        ours=costs["page"],
        raw=costs["service"],
        beside="its service alone",
        note=f"{size >> 10:,} KiB of HTML",
    )
