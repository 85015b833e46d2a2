"""P5, the store alone: 200,000 marks of one school into an empty SQLite store."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.bench import SEED, Bench
from tests.benchmarks.limits import lots, prepared, put, upsert
from tests.benchmarks.measure import Cost, Variant, interleaved
from tests.benchmarks.table import Line
from tests.benchmarks.trust import FIRST_DAY, Mark, days_from, marks_of, store_with_pupils

OURS, BARE, REFERENCE = "ours", "bare", "as in the reference"
TARGET = 2.0
SAME = "sqlite3 executemany of the same tuples in the same transactions"
AS_REFERENCE = "the same, 10,000 a transaction and synchronous NORMAL, as the reference took it"


def measure(bench: Bench) -> list[Line]:
    room = bench.room("marks")
    empty = store_with_pupils(room, bench.size.marks_pupils)
    costs = interleaved(variants(room / "run", empty, marks(bench)), bench.runs)
    what = f"{bench.size.marks:,} marks into SQLite"
    return compared("P5a", what, costs)


def compared(figure: str, what: str, costs: Mapping[str, Sequence[Cost]]) -> list[Line]:
    """With the disk, without it (the slower it is, the better wall ratios look), and as in the reference."""
    ours, bare, reference = costs[OURS], costs[BARE], costs[REFERENCE]
    again = [replace(cost, parts={}) for cost in ours]
    by_reference = Line(
        figure=figure,
        what=f"{what}, strictly",
        ours=again,
        raw=reference,
        beside=AS_REFERENCE,
        target=TARGET,
    )
    return [
        Line(figure=figure, what=what, ours=ours, raw=bare, beside=SAME, target=TARGET),
        Line(figure=figure, what=f"{what}, by CPU", ours=again, raw=bare, by="cpu", target=TARGET),
        by_reference,
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
    return {
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
