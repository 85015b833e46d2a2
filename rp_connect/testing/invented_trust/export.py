"""One school's whole export: everything drawn, numbered as its MIS numbers it, written, and explained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from rp_connect.testing.invented_trust.attendance import attendance_rows
from rp_connect.testing.invented_trust.calendars import CalendarRow
from rp_connect.testing.invented_trust.casting import suspensions_of
from rp_connect.testing.invented_trust.files import ExportWriter, Row
from rp_connect.testing.invented_trust.incidents import Incident, incidents_of
from rp_connect.testing.invented_trust.people import Colleague, Pupil
from rp_connect.testing.invented_trust.pupils import pupils_of
from rp_connect.testing.invented_trust.schools import NORTHWICK, School
from rp_connect.testing.invented_trust.staff import staff_of
from rp_connect.testing.invented_trust.suspensions import Suspension
from rp_connect.testing.invented_trust.timeline import Timeline, school_days
from rp_connect.testing.invented_trust.upn import check_letter


class Personal(NamedTuple):
    """Everything written that could tell who somebody is; `names` are given, family and whole names."""

    names: frozenset[str]
    dates_of_birth: frozenset[str]
    emails: frozenset[str]


class SchoolExport:
    """The export of `school` on `today`, drawn when it is made."""

    def __init__(
        self, school: School, rows: Sequence[CalendarRow], today: date, live_from: date, seed: int
    ) -> None:
        self.school = school
        self._rows, self._seed = rows, seed
        self._timeline = Timeline(school_days(rows), today)
        self._staff = staff_of(school, seed)
        self._pupils = pupils_of(school, self._timeline, self._staff, seed)
        drawn = suspensions_of(school, self._pupils, self._timeline, live_from, seed)
        happened = incidents_of(school, self._pupils, drawn, self._timeline, seed)
        self._suspensions = {f"{school.prefix}-S-{n:04}": one for n, one in enumerate(drawn, start=1)}
        self._incidents = {f"{school.prefix}-I-{n:05}": one for n, one in enumerate(happened, start=1)}
        self._bad_incident = f"{school.prefix}-I-{len(happened) + 1:05}"
        self._bad_suspension = f"{school.prefix}-S-{len(drawn) + 1:04}"

    def write(self, folder: Path) -> None:
        files = ExportWriter(folder, self.school, self._timeline)
        files.calendar(self._rows)
        files.staff(self._staff)
        files.pupils(self._pupils)
        files.incidents(self._incidents.items(), self._bad_incidents())
        files.suspensions(self._with_incidents(), self._bad_suspensions())
        files.attendance(self._attendance())

    def shows(self) -> dict[str, str]:
        """Which record shows which rule; a rule that several show is shown by the last."""
        found = {show: key for key, one in self._suspensions.items() for show in one.shows}
        if self.school is NORTHWICK:
            wrong = (p.id for p in self._pupils if p.upn and check_letter(p.upn[1:]) != p.upn[0])
            found["wrong check letter"] = next(wrong)
            found["impossible date"] = self._bad_incident
            found["unknown pupil"] = self._bad_suspension
        return found

    def personal(self) -> Personal:
        people: list[Pupil | Colleague] = [*self._pupils, *self._staff]
        single = {name for one in people for name in (one.given, one.family)}
        preferred = {pupil.preferred for pupil in self._pupils}
        whole = {f"{one.given} {one.family}".strip() for one in people}
        births = {text for p in self._pupils for text in (p.born.isoformat(), self.school.day_text(p.born))}
        return Personal(
            frozenset((single | preferred | whole) - {""}),
            frozenset(births),
            frozenset(one.email for one in self._staff),
        )

    def _with_incidents(self) -> Iterator[tuple[str, Suspension, str]]:
        causes = {
            id(incident.cause_of): key for key, incident in self._incidents.items() if incident.cause_of
        }
        for key, one in self._suspensions.items():
            yield key, one, causes.get(id(one), "")

    def _attendance(self) -> Iterator[Row]:
        started = max(
            row.first for row in self._rows if row.kind == "term" and row.first <= self._timeline.day(0)
        )
        begins = self._timeline.number(started)
        suspensions = list(self._suspensions.values())
        return attendance_rows(self.school, self._pupils, suspensions, self._timeline, begins, self._seed)

    def _bad_incidents(self) -> Iterator[Row]:
        """The thirty-first of February, which a person typed."""
        if self.school is NORTHWICK:
            year = self._timeline.today.year
            last: Incident = list(self._incidents.values())[-1]
            what = (last.kind, last.location, last.description, last.involved[0][0].id)
            yield (self._bad_incident, f"{year}-02-31T12:40:00", "", *what, "responsible", "", "Open")

    def _bad_suspensions(self) -> Iterator[Row]:
        """A pupil whom pupils.csv does not know, perhaps of another school."""
        if self.school is NORTHWICK:
            day = self.school.day_text(self._timeline.day(-3))
            given = (self._bad_suspension, "009999", "SUSP", "DB", "", "", day, day, "AM", day, "PM", 2)
            yield (*given, "", "", "", "", "")
