"""P8: what it takes to start, beside an interpreter that does nothing; and what must not be loaded for it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rp_connect.services.sync_schools import sync_schools
from rp_connect.wiring.office import build_office
from tests.benchmarks.bench import SEED, Bench
from tests.benchmarks.measure import program_environment, programs
from tests.benchmarks.table import Line
from tests.benchmarks.trust import NOW, Shape, write_trust

ROOT = Path(__file__).parents[2]
TARGET = 1.5
BARE = "python -c pass"
_ENTRY = "import sys; from rp_connect.__main__ import main; sys.exit(main())"
"""What the script `rp-connect` does beside what pip puts into it."""

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
    if not shutil.which(script):
        raise RuntimeError("rp-connect is not installed in this environment: run make setup")
    commands = {
        BARE: [sys.executable, "-c", "pass"],
        "rp-connect --version": [script, "--version"],
        "its entry point alone": [sys.executable, "-c", _ENTRY, "--version"],
        "rp-connect --help": [script, "--help"],
        "rp-connect task list --json of 20 cases": [script, "task", "list", "--json"],
    }
    costs = programs(commands, bench.size.starts, room)

    def line(what: str, **more: Any) -> Line:
        return Line(figure="P8", what=what, ours=costs[what], raw=costs[BARE], beside=BARE, **more)

    _, version, entry, *others = commands
    return [
        line(version, target=TARGET),
        line(version, target=TARGET, by="cpu"),
        line(entry, target=TARGET),
        line(entry, target=TARGET, by="cpu"),
        *(line(what) for what in others),
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
        note=f"{len(modules)} modules in all",
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
