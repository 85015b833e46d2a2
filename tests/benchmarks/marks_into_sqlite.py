"""P5, the store alone: 200,000 marks of one school into an empty SQLite store."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.benchmarks.bench import SEED, Bench
from tests.benchmarks.limits import counted, lots, many, prepared, put, upsert
from tests.benchmarks.measure import Cost, Variant, interleaved
from tests.benchmarks.table import Line
from tests.benchmarks.trust import FIRST_DAY, Mark, days_from, marks_of, store_with_pupils

OURS, TARGET = "ours", 2.0
BARE, COUNTED, REFERENCE = "executemany", "executemany, counters too", "executemany, 10,000 rows NORMAL"
"""The raw limits: the same prepared tuples in the same transactions of 1,000 rows, synchronous FULL; the same
with a bare upsert of the counters; and the reference's own way, which DESIGN §4 and §6 do not leave us."""


def measure(bench: Bench) -> list[Line]:
    room = bench.room("marks")
    empty = store_with_pupils(room, bench.size.marks_pupils)
    costs = interleaved(variants(room / "run", empty, marks(bench)), bench.runs)
    what = f"{bench.size.marks:,} marks into SQLite"
    return compared("P5a", what, costs)


def compared(figure: str, what: str, costs: Mapping[str, Sequence[Cost]]) -> list[Line]:
    """By CPU too: the slower a disk is, the better ratios of whole seconds look."""
    ours, again = costs[OURS], [replace(cost, parts={}) for cost in costs[OURS]]

    def beside(limit: str, ours: Sequence[Cost] = again, **more: Any) -> Line:
        return Line(figure=figure, what=what, ours=ours, raw=costs[limit], beside=limit, **more)

    return [
        beside(BARE, ours, target=TARGET),
        beside(BARE, by="cpu", target=TARGET),
        beside(REFERENCE, target=TARGET),
        beside(COUNTED),
        beside(COUNTED, by="cpu"),
    ]


def marks(bench: Bench) -> list[Mark]:
    days = days_from(FIRST_DAY, bench.size.marks_days)
    return marks_of(range(1, bench.size.marks_pupils + 1), days, SEED)


def variants(folder: Path, empty: Path, given: list[Mark]) -> dict[str, Variant]:
    """Each run writes into a copy of `empty`."""
    transactions = [("s001", some) for some in lots(given, 1000)]
    return {
        OURS: _on_a_copy(empty, folder, lambda path: put(f"sqlite:///{path}", transactions)),
        **raw_variants(folder, empty, given),
    }


def raw_variants(folder: Path, empty: Path, given: list[Mark]) -> dict[str, Variant]:
    tuples = prepared(1, given)
    by_thousand, by_ten_thousand = list(lots(tuples, 1000)), list(lots(tuples, 10_000))
    with_counters = counted(by_thousand)
    return {
        COUNTED: _on_a_copy(empty, folder, lambda path: many(path, with_counters)),
        BARE: _on_a_copy(empty, folder, lambda path: upsert(path, by_thousand)),
        REFERENCE: _on_a_copy(empty, folder, lambda path: upsert(path, by_ten_thousand, "NORMAL")),
    }


def _on_a_copy(empty: Path, folder: Path, work: Callable[[Path], Cost]) -> Variant:
    def run() -> Cost:
        folder.mkdir()
        try:
            return work(Path(shutil.copy(empty, folder)))
        finally:
            shutil.rmtree(folder)

    return run
