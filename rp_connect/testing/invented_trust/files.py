"""Writes a school's exports, in the order and the words of its own MIS."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from rp_connect.testing.invented_trust.calendars import CalendarRow
from rp_connect.testing.invented_trust.incidents import Incident
from rp_connect.testing.invented_trust.people import Colleague, Pupil
from rp_connect.testing.invented_trust.schools import School
from rp_connect.testing.invented_trust.suspensions import Suspension
from rp_connect.testing.invented_trust.timeline import Timeline

PUPIL_COLUMNS = (
    *("pupil_id", "upn", "given_name", "family_name", "preferred_name", "date_of_birth"),
    *("year_group", "reg_group", "on_roll_from", "on_roll_to"),
    *("social_worker", "looked_after", "ehcp", "sen_support", "key_adult_email"),
)
STAFF_COLUMNS = ("staff_id", "given_name", "family_name", "email")
INCIDENT_COLUMNS = (
    *("incident_id", "occurred_at", "recorded_at", "type", "location", "description"),
    *("pupil_id", "role", "action", "status"),
)
SUSPENSION_COLUMNS = (
    *("suspension_id", "pupil_id", "category", "reason_1", "reason_2", "reason_3", "decided_at"),
    *("start_date", "start_session", "end_date", "end_session", "sessions"),
    *("exam_date", "notice_received", "representations_at", "cancelled_at", "incident_id"),
)
ATTENDANCE_COLUMNS = ("pupil_id", "date", "session", "code")
CALENDAR_COLUMNS = ("kind", "first", "last", "label")

Row = Sequence[object]


class ExportWriter:
    """Knows how one school's MIS writes dates and files."""

    def __init__(self, folder: Path, school: School, timeline: Timeline) -> None:
        self._folder = folder
        self._school = school
        self._timeline = timeline
        (folder / "drop").mkdir(parents=True, exist_ok=True)

    def calendar(self, rows: Iterable[CalendarRow]) -> None:
        self._write("calendar.csv", CALENDAR_COLUMNS, rows)

    def pupils(self, pupils: Iterable[Pupil]) -> None:
        self._write("drop/pupils.csv", PUPIL_COLUMNS, (self._pupil(pupil) for pupil in pupils))

    def staff(self, staff: Iterable[Colleague]) -> None:
        self._write("drop/staff.csv", STAFF_COLUMNS, ((c.id, c.given, c.family, c.email) for c in staff))

    def incidents(self, numbered: Iterable[tuple[str, Incident]], bad: Iterable[Row]) -> None:
        rows = [row for key, incident in numbered for row in _incident_rows(key, incident)]
        self._write("drop/incidents.csv", INCIDENT_COLUMNS, [*rows, *bad])

    def suspensions(self, numbered: Iterable[tuple[str, Suspension, str]], bad: Iterable[Row]) -> None:
        rows = [self._suspension(key, one, incident) for key, one, incident in numbered]
        self._write("drop/suspensions.csv", SUSPENSION_COLUMNS, [*rows, *bad])

    def attendance(self, rows: Iterable[Row]) -> None:
        self._write("drop/attendance.csv", ATTENDANCE_COLUMNS, rows)

    def _write(self, name: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        encoding = "utf-8-sig" if self._school.byte_order_mark else "utf-8"
        with (self._folder / name).open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)

    def _pupil(self, pupil: Pupil) -> Row:
        days = [self._school.day_text(day) for day in (pupil.born, pupil.on_roll_from, pupil.on_roll_to)]
        who = (pupil.id, pupil.upn, pupil.given, pupil.family, pupil.preferred, days[0])
        where = (pupil.year_group, pupil.reg_group, *days[1:])
        return (*who, *where, *pupil.flags, pupil.key_adult)

    def _suspension(self, key: str, one: Suspension, incident: str) -> Row:
        day = self._school.day_text
        category = self._school.suspension_word if one.category == "SUSP" else one.category
        reasons = (*one.reasons, "", "", "")[:3]
        later = (day(one.exam), day(one.notice_received), day(one.representations), _moment(one.cancelled))
        return (
            key,
            one.pupil.id,
            category,
            *reasons,
            self._decided(one),
            *self._dates(one),
            *later,
            incident,
        )

    def _decided(self, one: Suspension) -> str:
        return (
            _moment(one.decided) if isinstance(one.decided, datetime) else self._school.day_text(one.decided)
        )

    def _dates(self, one: Suspension) -> Row:
        """Start, end and length; some systems count sessions, some give the end, some both."""
        counted = one.written != "ends" and self._school.sessions_counted
        ended = one.written != "sessions" or not self._school.sessions_counted
        length = one.sessions if counted and one.sessions is not None else ""
        return (*self._half(one.first), *self._half(one.last if ended else None), length)

    def _half(self, session: int | None) -> tuple[str, str]:
        if session is None:
            return "", ""
        day: date = self._timeline.day(session // 2)
        return self._school.day_text(day), ("AM", "PM")[session % 2]


def _incident_rows(key: str, incident: Incident) -> list[Row]:
    what = (key, _moment(incident.occurred), _moment(incident.recorded), incident.kind, incident.location)
    end = (incident.action, incident.status)
    return [(*what, incident.description, pupil.id, role, *end) for pupil, role in incident.involved]


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(timespec="seconds")
