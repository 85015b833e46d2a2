"""`python -m tests.benchmarks [names…]`: measure, and print one table."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.benchmarks.bench import SIZES, Bench
from tests.benchmarks.machine import machine
from tests.benchmarks.table import Line, remarks, table

FIGURES = {
    "marks": "marks_into_sqlite",
    "drop": "marks_from_a_drop",
    "postgres": "marks_into_postgres",
    "year": "day_into_year",
    "start": "cold_start",
    "quiet": "nothing_new",
    "cases": "five_hundred",
    "growth": "growth",
    "functions": "functions_start",
    "fleet": "fleet_workers",
    "wonde": "wonde_first_read",
    "graph": "graph_writers",
}


def main(words: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(words)
    on, lines = machine(), []
    with tempfile.TemporaryDirectory(prefix="rp-bench-", dir=asked.folder) as folder:
        bench = Bench(folder=Path(folder), size=SIZES[asked.scale], runs=asked.runs)
        for name in asked.names or FIGURES:
            lines += measured(name, bench)
    print("; ".join(f"{what} {which}" for what, which in on.items()))
    print(f"scale {asked.scale}, {asked.runs} runs, medians\n\n{table(lines)}\n\n{remarks(lines)}")
    if asked.json:
        found = {
            "machine": on,
            "scale": asked.scale,
            "runs": asked.runs,
            "lines": [x.to_json() for x in lines],
        }
        asked.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return int(asked.strict and any(line.missed for line in lines))


def measured(name: str, bench: Bench) -> list[Line]:
    begun = time.monotonic()
    measure: Callable[[Bench], list[Line]] = import_module(f"tests.benchmarks.{FIGURES[name]}").measure
    lines = measure(bench)
    bench.tell(f"{name}: measured in {time.monotonic() - begun:.0f} s")
    return lines


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    add: Any = parser.add_argument
    add(
        "names",
        nargs="*",
        choices=[*FIGURES, []],
        metavar="names",
        help=f"of {', '.join(FIGURES)}; none: all",
    )
    add("--runs", type=int, default=5, help="how often each is taken (5)")
    add("--scale", choices=SIZES, default="small", help="full: a year of 38 M marks, schools of 1,000 pupils")
    add("--json", type=Path, metavar="FILE", help="write every sample there")
    add("--folder", type=Path, help="where to write; a file system of the kind that the store will lie on")
    add("--strict", action="store_true", help="exit 1 where a ratio or a promise was missed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
