"""The calendar file, which stands where the configuration says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rp_connect.domain.calendar import Period, PeriodKind
from rp_connect.ports.mis import Kind, MisSettings
from rp_file_drop.adapter import FileDrop
from rp_file_drop.settings import FileDropSettings
from tests.plugins.rp_file_drop.folder import CALENDAR, LONDON, DropFolder, NoSecrets


def test_terms_holidays_inset_days_closures_and_directed_days_are_read(drop: DropFolder):
    drop.lines(
        "calendar",
        CALENDAR,
        "term,2026-09-02,18/12/2026,Autumn",
        "Holiday,2026-10-26,2026-10-30,Half-term",
        "INSET,2026-09-02,2026-09-02,",
        " closure ,2026-12-01,2026-12-01,Boiler",
        "directed,2026-11-27,2026-11-27,Staff only",
        "term,2027-01-04,2027-03-25,Spring",
    )

    taken = drop.take(Kind.CALENDAR)

    assert taken.records == [
        Period(date(2026, 9, 2), date(2026, 12, 18), PeriodKind.TERM, "Autumn"),
        Period(date(2026, 10, 26), date(2026, 10, 30), PeriodKind.HOLIDAY, "Half-term"),
        Period(date(2026, 9, 2), date(2026, 9, 2), PeriodKind.INSET),
        Period(date(2026, 12, 1), date(2026, 12, 1), PeriodKind.CLOSURE, "Boiler"),
        Period(date(2026, 11, 27), date(2026, 11, 27), PeriodKind.DIRECTED, "Staff only"),
        Period(date(2027, 1, 4), date(2027, 3, 25), PeriodKind.TERM, "Spring"),
    ]
    assert taken.refused == {}


def test_a_calendar_has_no_keys_that_could_shrink(drop: DropFolder):
    drop.lines("calendar", CALENDAR, "term,2026-09-02,2026-12-18,")

    assert drop.take(Kind.CALENDAR).reading.keys is None


def test_a_day_without_a_last_is_one_day(drop: DropFolder):
    drop.lines("calendar", CALENDAR, "closure,2026-12-01,,")

    assert drop.take(Kind.CALENDAR).only() == Period(date(2026, 12, 1), date(2026, 12, 1), PeriodKind.CLOSURE)


def test_a_row_that_is_there_twice_counts_once(drop: DropFolder):
    drop.lines("calendar", CALENDAR, "term,2026-09-02,2026-12-18,", "TERM,02/09/2026,18/12/2026,")

    assert len(drop.take(Kind.CALENDAR).records) == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("half-term,2026-10-26,2026-10-30,", "kind is none of term, holiday, inset, closure, directed"),
        (",2026-10-26,2026-10-30,x", "kind is empty"),
        ("term,,2026-10-30,", "first is empty"),
        ("term,2026-10-30,2026-10-26,", "last is before first"),
        ("term,1899-12-30,2026-10-26,", "first is outside 2000 to 2100"),
        ("term,2026-09-02,2062-31-12,", "last is not a date"),
    ],
)
def test_a_row_that_cannot_be_read_goes_by_its_line(drop: DropFolder, row: str, reason: str):
    drop.lines("calendar", CALENDAR, row, "term,2026-09-02,2026-12-18,")

    taken = drop.take(Kind.CALENDAR)

    assert taken.refused == {"line 2": reason}
    assert len(taken.records) == 1


def test_the_calendar_stands_wherever_the_configuration_names_it(tmp_path: Path):
    own = FileDropSettings(folder=Path("exports/drop"))
    for name in ("drop", "elsewhere"):
        calendar = tmp_path / "exports" / name / "School days 2026.csv"
        calendar.parent.mkdir(parents=True, exist_ok=True)
        calendar.write_text(f"{CALENDAR}\nterm,2026-09-02,2026-12-18,\n")
        relative = calendar.relative_to(tmp_path)
        for path in (calendar, relative):
            adapter = FileDrop(MisSettings("northwick", "", LONDON, path, tmp_path, own, NoSecrets()))

            reading = adapter.everything(Kind.CALENDAR)

            assert reading.label == "School days 2026.csv"
            assert [len(page.records) for page in reading.pages()] == [1]
