"""A small attendance file is sorted in memory and a large one on disk: nobody can tell which it was."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rp_connect.ports.mis import Kind
from rp_file_drop.spool import Spool
from rp_file_drop.tray import HOLDS, Tray
from tests.plugins.rp_file_drop.folder import ATTENDANCE, DropFolder

ENTRIES = st.tuples(
    st.integers(0, 3),
    st.sampled_from(["P1", "P10", "P2", "é", "\U0001f600"]),
    st.sampled_from(["/", "L", None]),
)
REFUSED = st.tuples(st.integers(2, 9), st.sampled_from(["P1", "line 4"]), st.sampled_from(["why", "why not"]))


@given(st.lists(ENTRIES), st.lists(REFUSED, unique_by=lambda refused: refused[0]))
def test_memory_and_disk_answer_alike(entries, refused):
    small, large, moved = Tray(), Spool(), Tray()
    half = len(entries) // 2
    for held in (small, large):
        held.add(entries, refused)
    moved.add(entries[:half], refused)
    moved_on = moved.onto_disk()
    moved_on.add(entries[half:], [])
    answers = []
    for held in (small, large, moved_on):
        held.sort()
        groups = [group for some in held.groups(3) for group in some]
        refusals = [refusal for some in held.refusals(2) for refusal in some]
        answers.append((held.keys(), held.refused_names(), groups, refusals))
    assert answers[0] == answers[1] == answers[2]


def lines(count: int) -> list[str]:
    """The last twenty marks are there twice, and every thousandth row cannot be read."""
    day = date(2026, 9, 1)
    good = [
        f"P{n % 500:03},{day + timedelta(n // 1000)},{'PM' if n // 500 % 2 else 'AM'},{'N' if n % 7 else '/'}"
        for n in range(count)
    ]
    return [*good, *reversed(good[-20:]), *(f"P{n},2026-09-01,AM,TOO LONG" for n in range(0, count, 1000))]


@pytest.mark.parametrize("count", [HOLDS // 2, HOLDS * 2])
def test_a_file_that_outgrows_memory_reads_as_one_that_does_not(tmp_path: Path, count: int):
    drop, unreadable = DropFolder(tmp_path), count // 1000
    drop.lines("attendance", ATTENDANCE, *lines(count))

    taken = drop.take(Kind.ATTENDANCE)

    assert (len(taken.records), len(taken.refused)) == (count, unreadable)
    assert taken.reading.keys == count + unreadable
    assert taken.records == sorted(taken.records, key=lambda mark: (mark.day, mark.half, mark.pupil_id))
