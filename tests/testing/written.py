"""Reads an invented trust back from its files, with nothing of the code that wrote it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from rp_connect.domain.calendar import DayHours, Half, Period, PeriodKind, SchoolCalendar, Session
from rp_connect.testing.invented_trust import InventedTrust, write_trust

HOURS = DayHours((time(8, 45), time(12, 15)), (time(13, 15), time(15, 15)))
Row = dict[str, str]


def day_of(text: str) -> date:
    """A date or a moment, in either of the two ways in which a drop may write it."""
    if "/" in text:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a date has no offset
    return datetime.fromisoformat(text).date()


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class WrittenSchool:
    id: str
    folder: Path

    def rows(self, name: str) -> list[Row]:
        return rows_of(self.folder / "drop" / f"{name}.csv")

    @cached_property
    def pupils(self) -> dict[str, Row]:
        return {row["pupil_id"]: row for row in self.rows("pupils")}

    @cached_property
    def incidents(self) -> list[Row]:
        return self.rows("incidents")

    @cached_property
    def suspensions(self) -> dict[str, Row]:
        return {row["suspension_id"]: row for row in self.rows("suspensions")}

    @cached_property
    def attendance(self) -> list[Row]:
        return self.rows("attendance")

    @cached_property
    def calendar(self) -> SchoolCalendar:
        periods = [
            Period(day_of(row["first"]), day_of(row["last"]), PeriodKind(row["kind"]), row["label"])
            for row in rows_of(self.folder / "calendar.csv")
        ]
        return SchoolCalendar(periods, HOURS, ZoneInfo("Europe/London"))

    def on_roll(self, pupil: str, day: date) -> bool:
        row = self.pupils[pupil]
        gone = row["on_roll_to"]
        return day_of(row["on_roll_from"]) <= day and (not gone or day <= day_of(gone))

    def sessions_of(self, row: Row) -> list[Session]:
        """The suspended sessions of a dated row, by its own count or else by its end."""
        if not row["start_date"]:
            return []
        start = Session(day_of(row["start_date"]), Half[row["start_session"]])
        if row["sessions"]:
            following = self.calendar.sessions_from(start)
            return [session for session, _ in zip(following, range(int(row["sessions"])), strict=False)]
        if not row["end_date"]:
            return [start]
        return list(self.calendar.sessions_between(start, self.end_of(row)))

    def end_of(self, row: Row) -> Session:
        return Session(day_of(row["end_date"]), Half[row["end_session"]])


@dataclass(frozen=True)
class WrittenTrust:
    """What `write_trust` says it wrote on `today`, and what it did write."""

    today: date
    told: InventedTrust
    northwick: WrittenSchool
    eastmoor: WrittenSchool

    @property
    def schools(self) -> tuple[WrittenSchool, WrittenSchool]:
        return self.northwick, self.eastmoor

    @property
    def day(self) -> date:
        """The day of the demonstration."""
        return self.told.clock.date()

    def suspension(self, show: str) -> Row:
        return self.northwick.suspensions[self.told.shows[show]]

    def pupil(self, show: str) -> Row:
        return self.northwick.pupils[self.suspension(show)["pupil_id"]]

    def sessions(self, show: str) -> list[Session]:
        return self.northwick.sessions_of(self.suspension(show))


def write(folder: Path, today: date) -> WrittenTrust:
    told = write_trust(folder, today)
    northwick, eastmoor = (WrittenSchool(school, folder / school) for school in told.schools)
    return WrittenTrust(today, told, northwick, eastmoor)
