"""suspensions.csv: categories, reasons, dates, length, order."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rp_connect.domain.calendar import Half
from rp_connect.domain.suspension import Dates, SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.ports.mis import Kind
from tests.plugins.rp_file_drop.folder import SUSPENSIONS, DropFolder, ids


def test_every_column_of_a_suspension_arrives(drop: DropFolder):
    taken = drop.suspension(
        suspension_id="S-17",
        pupil_id="00412",
        category="SUSP",
        reason_1="pp",
        reason_2="",
        reason_3="DB",
        decided_at="2026-11-10T15:40:00+00:00",
        start_date="2026-11-11",
        start_session="AM",
        end_date="13/11/2026",
        end_session="pm",
        sessions="6",
        exam_date="2026-11-12",
        notice_received="2026-11-10",
        representations_at="2026-11-16T09:30",
        cancelled_at="2026-11-17",
        incident_id="2026-17",
    )

    assert taken.only() == SuspensionRecord(
        id="S-17",
        pupil_id="00412",
        category="SUSP",
        reasons=("PP", "DB"),
        decided=When(date(2026, 11, 10), datetime(2026, 11, 10, 15, 40, tzinfo=UTC)),
        dates=Dates(
            start=date(2026, 11, 11),
            start_half=Half.AM,
            end=date(2026, 11, 13),
            end_half=Half.PM,
            sessions=6,
        ),
        exam=date(2026, 11, 12),
        notice_received=date(2026, 11, 10),
        representations=date(2026, 11, 16),
        cancelled=When(date(2026, 11, 17)),
        incident_id="2026-17",
    )


def test_a_suspension_without_dates_stays_without_dates(drop: DropFolder):
    assert drop.suspension().only() == SuspensionRecord(id="S1", pupil_id="P1", category="SUSP")


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("SUSP", "SUSP"),
        (" susp ", "SUSP"),
        ("FIXD", "SUSP"),
        ("fixd", "SUSP"),
        ("Perm", "PERM"),
        ("LNCH", "LNCH"),
    ],
)
def test_the_categories_are_known_in_any_case(drop: DropFolder, word: str, category: str):
    taken = drop.suspension(category=word)

    assert taken.only().category == category
    assert taken.reading.unmapped == []


def test_an_unknown_category_is_kept_verbatim_and_reported_once(drop: DropFolder):
    drop.lines("suspensions", SUSPENSIONS, "S1,P1,Internal (room 4)", "S2,P1,Internal (room 4)", "S3,P1,SUSP")

    taken = drop.take(Kind.SUSPENSION)

    assert [r.category for r in taken.records] == ["Internal (room 4)", "Internal (room 4)", "SUSP"]
    assert taken.reading.unmapped == ["Internal (room 4)"]


@pytest.mark.parametrize(
    ("column", "key"), [("suspension_id", "line 2"), ("pupil_id", "S1"), ("category", "S1")]
)
def test_a_suspension_without_a_needed_value_is_refused(drop: DropFolder, column: str, key: str):
    assert drop.suspension(**{column: ""}).refused == {key: f"{column} is empty"}


@pytest.mark.parametrize(
    ("word", "half"), [("AM", Half.AM), ("am", Half.AM), ("Pm", Half.PM), (" PM ", Half.PM), ("", None)]
)
def test_sessions_of_the_day_are_am_and_pm_in_any_case(drop: DropFolder, word: str, half: Half | None):
    dates = drop.suspension(start_session=word, end_session=word).only().dates

    assert (dates.start_half, dates.end_half) == (half, half)


@pytest.mark.parametrize("word", ["morning", "A.M.", "1"])
def test_another_word_for_a_session_is_refused(drop: DropFolder, word: str):
    assert drop.suspension(start_session=word).refused == {"S1": "start_session is not AM or PM"}


@pytest.mark.parametrize(
    ("given", "sessions"), [("1", 1), ("06", 6), ("1000", 1000), ("0", None), ("", None)]
)
def test_sessions_are_counted_and_none_at_all_is_not_a_length(
    drop: DropFolder, given: str, sessions: int | None
):
    assert drop.suspension(sessions=given).only().dates.sessions == sessions


@pytest.mark.parametrize("given", ["-1", "2.5", "3.0", "1001", "six", "1e2", "٣", "+4", "1 0"])
def test_sessions_that_are_no_count_are_refused(drop: DropFolder, given: str):
    assert drop.suspension(sessions=given).refused == {"S1": "sessions is not a whole number from 0 to 1000"}


def test_a_lunchtime_suspension_keeps_whatever_sessions_says(drop: DropFolder):
    assert drop.suspension(category="LNCH", sessions="0").only().dates.sessions == 0


@pytest.mark.parametrize(
    "end",
    [
        {"end_date": "2026-11-10"},
        {"end_date": "2026-11-11", "start_session": "PM", "end_session": "AM"},
        {"end_date": "2026-11-10", "sessions": "4"},
    ],
)
def test_an_end_before_the_start_is_refused(drop: DropFolder, end: dict[str, str]):
    taken = drop.suspension(start_date="2026-11-11", **end)

    assert taken.refused == {"S1": "the end is before the start"}
    assert taken.records == []


def test_an_end_in_the_session_of_the_start_is_one_session(drop: DropFolder):
    taken = drop.suspension(
        start_date="2026-11-11", start_session="PM", end_date="2026-11-11", end_session="PM"
    )

    assert taken.only().dates.first == taken.only().dates.final


def test_an_end_without_a_start_is_left_to_a_person(drop: DropFolder):
    assert drop.suspension(end_date="2026-11-11").only().dates == Dates(end=date(2026, 11, 11))


@pytest.mark.parametrize(
    "column",
    [
        "start_date",
        "end_date",
        "exam_date",
        "notice_received",
        "representations_at",
        "decided_at",
        "cancelled_at",
    ],
)
@pytest.mark.parametrize(
    "day", ["1899-12-30", "30/12/1899", "1999-12-31", "2101-01-01", "9999-12-31", "0001-01-01"]
)
def test_dates_of_spreadsheets_and_other_centuries_are_refused(drop: DropFolder, column: str, day: str):
    assert drop.suspension(**{column: day}).refused == {"S1": f"{column} is outside 2000 to 2100"}


@pytest.mark.parametrize("column", ["exam_date", "notice_received", "representations_at"])
def test_a_moment_counts_as_its_local_day(drop: DropFolder, column: str):
    record = drop.suspension(**{column: "2026-06-30T23:30:00Z"}).only()

    day = {"exam_date": record.exam, "notice_received": record.notice_received}.get(
        column, record.representations
    )
    assert day == date(2026, 7, 1)


@pytest.mark.parametrize("column", ["start_date", "end_date"])
def test_the_days_of_a_suspension_are_bare_dates(drop: DropFolder, column: str):
    assert drop.suspension(**{column: "2026-11-11T09:00"}).refused == {"S1": f"{column} is not a date"}


def test_suspensions_come_by_decision_else_start_then_start_and_id(drop: DropFolder):
    drop.lines(
        "suspensions",
        f"{SUSPENSIONS},decided_at,start_date",
        "S9,P1,SUSP,,",
        "S8,P1,SUSP,2026-11-12,2026-11-12",
        "S7,P1,SUSP,2026-11-10T16:00,2026-11-12",
        "S6,P1,SUSP,,2026-11-11",
        "S5,P1,SUSP,2026-11-10T09:00,2026-11-13",
        "S4,P1,SUSP,2026-11-12,2026-11-12",
    )

    assert ids(drop.take(Kind.SUSPENSION).records) == ["S7", "S5", "S6", "S4", "S8", "S9"]


def test_an_incident_id_that_cannot_be_one_is_refused(drop: DropFolder):
    taken = drop.suspension(incident_id="9" * 101)

    assert taken.refused == {"S1": "incident_id is too long, or holds characters that cannot be printed"}
