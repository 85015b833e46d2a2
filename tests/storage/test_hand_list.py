"""The list of outcomes that staff enter in the MIS by hand."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rp_connect.domain.outcome import Outcome, OutcomeResult
from rp_connect.errors import AccessError
from rp_connect.ports.hand_list import HandLine
from rp_connect.storage.hand_list import HEADER, CsvHandList

HELD = Outcome(
    case="RP-2026-0001",
    school="northwick",
    number=1,
    held_on=date(2026, 11, 12),
    result=OutcomeResult.AGREED,
    note="Both were heard.",
    recorded_by="the lead",
    recorded_at=datetime(2026, 11, 12, 15, tzinfo=UTC),
)


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True)))


def test_a_line_has_all_that_staff_need_to_find_the_record(tmp_path: Path) -> None:
    hand_list = CsvHandList(tmp_path / "outcomes" / "northwick.csv")
    assert not hand_list.holds(HELD.key)
    hand_list.add(HandLine(HELD, ["P1", "P2"], "S-17"))
    assert hand_list.holds(HELD.key)
    header, line = rows(tmp_path / "outcomes" / "northwick.csv")
    assert tuple(header) == HEADER
    assert line == [
        "RP-2026-0001.outcome.1",
        "RP-2026-0001",
        "P1 P2",
        "S-17",
        "2026-11-12",
        "agreed",
        "[RP-2026-0001.outcome.1] Restorative conference held; agreement reached on 12 November 2026. "
        "Both were heard.",
    ]


def test_what_stands_in_the_list_stays_and_accents_and_commas_survive(tmp_path: Path) -> None:
    hand_list = CsvHandList(tmp_path / "northwick.csv")
    hand_list.add(HandLine(replace(HELD, note='“Zoë”, said "fine",\nand smiled'), ["P1"], None))
    hand_list.add(HandLine(replace(HELD, number=2), ["P1"], None))
    assert [row[0] for row in rows(tmp_path / "northwick.csv")] == [
        "key",
        "RP-2026-0001.outcome.1",
        "RP-2026-0001.outcome.2",
    ]
    assert rows(tmp_path / "northwick.csv")[1][-1].endswith('“Zoë”, said "fine",\nand smiled')
    assert sorted(path.name for path in tmp_path.iterdir()) == ["northwick.csv"]


@pytest.mark.parametrize("pupil", ["=1+1", "+44", "-2", "@x"])
def test_no_cell_is_taken_for_a_formula_by_a_spreadsheet(tmp_path: Path, pupil: str) -> None:
    hand_list = CsvHandList(tmp_path / "northwick.csv")
    hand_list.add(HandLine(HELD, [pupil], pupil))
    assert rows(tmp_path / "northwick.csv")[1][2:4] == [f"'{pupil}", f"'{pupil}"]


def test_a_list_that_cannot_be_read_is_one_sentence_without_its_contents(tmp_path: Path) -> None:
    path = tmp_path / "northwick.csv"
    path.write_bytes(b"key\n\xff\xfe\x00secret")
    with pytest.raises(AccessError, match="cannot be read or written") as caught:
        CsvHandList(path).holds(HELD.key)
    assert "secret" not in str(caught.value)
