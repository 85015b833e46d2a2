"""Drops as they come on a bad day: whatever was done to some rows, the others arrive."""

from __future__ import annotations

import os
from random import Random

import pytest

from rp_connect.ports.mis import Kind
from tests.plugins.rp_file_drop.folder import DropFolder
from tests.plugins.rp_file_drop.fuzz import check, check_incidents, fuzzed, read
from tests.plugins.rp_file_drop.invented_rows import FILES, Invented

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
MUTATED = 100_000 if FULL else 2_000
EACH_FILE = pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])


def run(drop: DropFolder, file: Invented, seed: int, count: int) -> int:
    """One fuzzed file through the adapter and the oracle; how many of its rows were mutated."""
    fuzz = fuzzed(Random(f"{file.name} {seed}"), file, count)
    taken = read(drop, fuzz)
    check(fuzz, taken)
    if file.kind is Kind.INCIDENT:
        check_incidents(fuzz, taken)
    return fuzz.mutated


@EACH_FILE
@pytest.mark.parametrize("seed", range(6))
def test_every_untouched_row_arrives_and_every_other_is_accounted_for(
    drop: DropFolder, file: Invented, seed: int
):
    assert run(drop, file, seed, count=100) > 10


@pytest.mark.trial
@EACH_FILE
def test_a_hundred_thousand_mutated_rows_cost_no_other_row(drop: DropFolder, file: Invented):
    mutated, seed = 0, 1_000
    while mutated < MUTATED // len(FILES):
        mutated += run(drop, file, seed, count=400)
        seed += 1
