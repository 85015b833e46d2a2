"""P8: what it takes to start, beside an interpreter that does nothing; and what must not be loaded for it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rp_connect.services.sync_schools import sync_schools
from rp_connect.wiring.office import build_office
from tests.benchmarks.bench import SEED, Bench
from tests.benchmarks.measure import program_environment, programs
from tests.benchmarks.table import Line
from tests.benchmarks.trust import NOW, Shape, write_trust

ROOT = Path(__file__).parents[2]
TARGET = 1.5
BARE = "`python -c pass` of the same environment"
HEAVY = (
    "alembic",
    "docx",
    "icalendar",
    "matplotlib",
    "msal",
    "office365",
    "pandas",
    "sqlalchemy.orm",
    "starlette",
    "uvicorn",
)
HEAVY_FOR_A_PAGE = ("matplotlib", "msal", "office365", "pandas", "sqlalchemy.orm")


def measure(bench: Bench) -> list[Line]:
    room = bench.room("start")
    config = write_trust(room, 1, Shape(pupils=200, days=2, incidents=20, suspensions=20), SEED)
    office = build_office(config, now=NOW)
    sync_schools(office)
    office.store.close()
    return [*_starts(bench, room), *promises(config)]


def _starts(bench: Bench, room: Path) -> list[Line]:
    script = str(Path(sys.executable).with_name("rp-connect"))
    commands = {
        "bare": [sys.executable, "-c", "pass"],
        "script": [script, "--version"],
        "module": [sys.executable, "-m", "rp_connect", "--version"],
        "tasks": [script, "task", "list", "--json"],
        "check": [script, "--help"],
    }
    if not shutil.which(script):
        raise RuntimeError("rp-connect is not installed in this environment: run make setup")
    costs = programs(commands, bench.size.starts, room)
    bare = costs["bare"]
    return [
        Line(
            figure="P8",
            what="rp-connect --version",
            ours=costs["script"],
            raw=bare,
            beside=BARE,
            target=TARGET,
        ),
        Line(
            figure="P8",
            what="rp-connect --version, by CPU",
            ours=costs["script"],
            raw=bare,
            by="cpu",
            target=TARGET,
        ),
        Line(figure="P8", what="python -m rp_connect --version", ours=costs["module"], raw=bare, beside=BARE),
        Line(figure="P8", what="rp-connect --help", ours=costs["check"], raw=bare, beside=BARE),
        Line(
            figure="P8",
            what="rp-connect task list --json, 20 cases",
            ours=costs["tasks"],
            raw=bare,
            beside=BARE,
        ),
    ]


def promises(config: Path) -> list[Line]:
    moved = ["--now", NOW]
    return [
        promise("--version", ["--version"], HEAVY, config.parent),
        promise("task list --json", [*moved, "task", "list", "--json"], HEAVY, config.parent),
        promise("the board page", ["--page", str(config)], HEAVY_FOR_A_PAGE, config.parent),
    ]


def promise(what: str, words: Sequence[str], heavy: Sequence[str], folder: Path) -> Line:
    modules = loaded(words, folder)
    found = [name for name in heavy if name in modules]
    return Line(
        figure="P8",
        what=f"heavy modules that {what} loads",
        shown=", ".join(found) or f"none of {len(heavy)}",
        holds=not found,
        note=f"{len(modules)} modules in all; must not be among them: {', '.join(heavy)}",
    )


def loaded(words: Sequence[str], folder: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.loaded", *words],
        cwd=folder,
        env={**program_environment(), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))
