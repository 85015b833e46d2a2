"""Attendance marks, and how many of each code a pupil has in a school year: always in step.

The rows of a call go into a temporary table; from there everything is done to all of them at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from rp_connect.domain.calendar import Half, Session
from rp_connect.storage import absence, marks_postgres, marks_sqlite
from rp_connect.storage.day_numbers import DayNumbers, number_of_day
from rp_connect.storage.schools import known_number, number_of
from rp_connect.storage.session import Session as Transaction
from rp_connect.storage.tables import attendance, attendance_counts


class SqlMarks:
    def __init__(self, session: Transaction) -> None:
        self._session = session

    def put(self, school: str, rows: Iterable[tuple[int, date, Half, str]]) -> set[int]:
        school_no = number_of(self._session, school)
        write = marks_postgres.write if self._session.postgres else marks_sqlite.write
        return write(self._session, school_no, rows, DayNumbers())

    def of(self, school: str, pupil_no: int, sessions: Sequence[Session]) -> Mapping[Session, str]:
        days = {number_of_day(session.day): session.day for session in sessions}
        wanted = set(sessions)
        found = sa.select(attendance.c.day, attendance.c.half, attendance.c.code).where(
            attendance.c.school_no == known_number(self._session, school),
            attendance.c.half.in_([0, 1]),  # every part of the key is named: each mark is one look-up
            attendance.c.pupil_no == pupil_no,
        )
        rows = self._session.each(lambda some: found.where(attendance.c.day.in_(some)), days)
        marks = {Session(days[row.day], Half(row.half)): str(row.code) for row in rows}
        return {session: code for session, code in marks.items() if session in wanted}

    def counts(self, school: str, pupil_no: int, school_year: int) -> Mapping[str, int]:
        here = (attendance_counts.c.pupil_no == pupil_no) & (attendance_counts.c.school_year == school_year)
        found = sa.select(attendance_counts.c.code, attendance_counts.c.n).where(
            here, attendance_counts.c.n > 0
        )
        return {row.code: row.n for row in self._session.rows(found)}

    def sums(
        self, school: str, school_year: int, groups: Sequence[Collection[str]]
    ) -> Iterator[tuple[int, tuple[int, ...]]]:
        return absence.sums(self._session, school, school_year, groups)
