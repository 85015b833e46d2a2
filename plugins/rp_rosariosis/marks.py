"""Attendance marks: the mark in force of the periods that count for a session.

A school's short names are not the register's letters ("E" is an excused absence here, a suspension there):
what the configuration does not map is kept in brackets, and so means nothing until somebody says what.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Half
from rp_rosariosis.asked import COLUMNS
from rp_rosariosis.client import Rosario
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.values import BadRowError, day_of, key_of, words_of


class MarkBook:
    """What periods and codes mean at this school; `unmapped` are short names without a meaning."""

    def __init__(self, rosario: Rosario, own: RosarioSettings) -> None:
        here = [("filter", f"school_id,eq,{own.school_id}")]
        named = {name: Half.AM for name in own.am_periods} | {name: Half.PM for name in own.pm_periods}
        self.halves = {
            key_of(row, "period_id"): named[words_of(row, "short_name")]
            for row in rosario.rows("school_periods", COLUMNS["school_periods"], "period_id", here)
            if words_of(row, "short_name") in named
        }
        self._codes = {
            key_of(row, "id"): words_of(row, "short_name")
            for row in rosario.rows("attendance_codes", COLUMNS["attendance_codes"], "id", here)
        }
        self._marks = own.attendance_marks
        self.unmapped: list[str] = []

    def mark_of(self, row: Mapping[str, Any]) -> Mark | None:
        """None for a period that counts for no session, and where nothing was entered. Raises BadRowError."""
        half = self.halves.get(key_of(row, "period_id"))
        code = row.get("attendance_code")
        if half is None or code is None:
            return None
        day = day_of(row, "school_date")
        if day is None:
            raise BadRowError("school_date is missing")
        return Mark(key_of(row, "student_id"), day, half, self._meant(str(code)))

    def _meant(self, code: str) -> str:
        name = self._codes.get(code, code)
        if name in self._marks:
            return self._marks[name].upper()
        if name not in self.unmapped:
            self.unmapped.append(name)
        return f"[{name}]".upper()
