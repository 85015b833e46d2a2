"""Pages of at most a thousand records; the cursor comes with the last one only."""

from __future__ import annotations

import pytest

from rp_connect.ports.mis import Kind
from tests.plugins.rp_file_drop.folder import ATTENDANCE, PUPILS, DropFolder

LINES = {
    Kind.PUPIL: ("pupils", PUPILS, "P{0:04d},Ada,X"),
    Kind.ATTENDANCE: ("attendance", ATTENDANCE, "P{0:04d},2026-11-02,AM,/"),
}


@pytest.mark.parametrize("kind", list(LINES))
@pytest.mark.parametrize(
    ("count", "sizes"), [(0, [0]), (1, [1]), (1000, [1000]), (1001, [1000, 1]), (2500, [1000, 1000, 500])]
)
def test_pages_hold_a_thousand_records_and_the_last_one_the_cursor(
    drop: DropFolder, kind: Kind, count: int, sizes: list[int]
):
    name, header, row = LINES[kind]
    path = drop.lines(name, header, *(row.format(n) for n in range(count)))

    taken = drop.take(kind)

    assert [len(page.records) for page in taken.pages] == sizes
    assert [page.cursor is not None for page in taken.pages] == [False] * (len(sizes) - 1) + [True]
    assert taken.reading.keys == count
    assert sum(page.bytes_read for page in taken.pages) == taken.reading.bytes_total == path.stat().st_size


def test_refusals_come_by_pages_with_the_records(drop: DropFolder):
    taken = drop.pupils(PUPILS, *(f"P{n},Ada" for n in range(1500)), "P9999,Ada,X")

    assert [(len(page.records), len(page.refusals)) for page in taken.pages] == [(1, 1000), (0, 500)]
    assert taken.reading.keys == 1501


def test_nothing_is_read_that_nobody_asked_for(drop: DropFolder):
    drop.pupils(PUPILS, *(f"P{n},Ada,X" for n in range(3000)))
    pages = drop.adapter().everything(Kind.PUPIL).pages()

    assert len(next(pages).records) == 1000
