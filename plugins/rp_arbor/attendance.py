"""Roll-call marks. The code is kept verbatim; what it counts as is compared with what Arbor says it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from rp_arbor.client import Query
from rp_arbor.listing import Listing
from rp_arbor.settings import ArborSettings
from rp_arbor.shelf import note
from rp_arbor.values import BadRowError, Ref, Row, day, id_of, needed_ref, ref, words
from rp_connect.domain.attendance import MEANINGS, Mark, Meaning, meaning_of
from rp_connect.domain.calendar import Half

RECORD, MARK, ROLL_CALL = "AttendanceRollCallRecord", "AttendanceMark", "AttendanceRollCall"
RECENT = timedelta(days=14)
"""Most marks that change are younger; older ones are asked for one by one."""

_COUNTED: Sequence[tuple[str, Meaning]] = (
    ("isStatisticalApprovedEducationalActivity", Meaning.APPROVED_ACTIVITY),
    ("isStatisticalAuthorizedAbsent", Meaning.AUTHORISED),
    ("isStatisticalUnauthorizedAbsent", Meaning.UNAUTHORISED),
    ("isStatisticalPresent", Meaning.PRESENT),
)


class Attendance:
    label = "attendance-roll-call-records"
    mains: Sequence[str] = (RECORD,)
    parts: Sequence[str] = ()
    needs: Sequence[str] = (RECORD, MARK, ROLL_CALL)
    deletable = False  # a mark has no name by which it could be taken away

    def __init__(self, listing: Listing, own: ArborSettings, today: date) -> None:
        self._listing = listing
        self._halves_by_name = {name.casefold(): Half.AM for name in own.am_roll_calls} | {
            name.casefold(): Half.PM for name in own.pm_roll_calls
        }
        self._since = today - RECENT
        self._codes: Mapping[str, str] | None = None
        self._halves: Mapping[str, Half | None] | None = None
        self.unmapped: list[str] = []

    def granted(self) -> bool:
        return self._listing.all_granted(self.needs)

    def read_parts(self) -> None:
        """Codes and roll calls are few: they are read when the first mark needs them."""

    def owners(self, part: str, key: str) -> Sequence[Ref] | None:
        return None

    def name(self, whose: Ref) -> str:
        return whose.key

    def refused(self, whose: Ref, row: Row) -> str:
        """The pupil and the day, as far as they can be read: the record's own id tells a person nothing."""
        student, on = id_of(row.get("student")), _told_day(row)
        return f"{student}/{on}" if student and on else f"{RECORD} {whose.key}"

    def recent(self, entity: str) -> Query | None:
        return [("filters.recordDate.from", f"{self._since} 00:00:00")]

    def record(self, whose: Ref, row: Row) -> Mark | None:
        """None for a roll call that is no session of the register, and where nothing was entered."""
        if self._codes is None or self._halves is None:
            self._codes, self._halves = self._read_codes(), self._read_halves()
        call, mark = needed_ref(row, "attendanceRollCall"), ref(row, "attendanceMark")
        half = self._halves.get(call.key)
        if mark is None or (half is None and call.key in self._halves):
            return None
        if half is None or mark.key not in self._codes:
            raise BadRowError("its roll call or its mark is unknown")
        on, student = day(row, "recordDate"), needed_ref(row, "student")
        if on is None:
            raise BadRowError("recordDate is missing")
        return Mark(student.key, on, half, self._codes[mark.key])

    def _read_codes(self) -> Mapping[str, str]:
        found = {}
        for row in _rows(self._listing, MARK):
            key, code = id_of(row), _letter(row)
            if key is not None and code:
                found[key] = code
                note(_difference(code, row), self.unmapped)
        return found

    def _read_halves(self) -> Mapping[str, Half | None]:
        found: dict[str, Half | None] = {}
        for row in _rows(self._listing, ROLL_CALL):
            key = id_of(row)
            names = [words(row, name) for name in ("shortName", "name", "code")]
            halves = [
                half for name in names if (half := self._halves_by_name.get(name.casefold())) is not None
            ]
            if key is not None:
                found[key] = halves[0] if halves else None
                note("" if halves else f"roll call {next(filter(None, names), key)}", self.unmapped)
        return found


def _letter(row: Row) -> str:
    """Either property may hold the register's code: whichever is one, else the mark as it is written."""
    written, code = words(row, "attendanceMark"), words(row, "code")
    known = next((one for one in (written, code) if one.upper() in MEANINGS), "")
    return (known or written or code).upper()


def _difference(code: str, row: Row) -> str:
    """What a person must look at: a code of the school's own, or one that Arbor counts otherwise."""
    if code not in MEANINGS:
        return code
    said, ours = _said(row), meaning_of(code)
    return "" if said is None or said is ours else f"{code} (Arbor counts it as {said})"


def _said(row: Row) -> Meaning | None:
    """What Arbor's own statistics make of the mark; None where it does not say."""
    for name, meaning in _COUNTED:
        if _true(row.get(name)):
            return meaning
    possible = row.get("isStatisticalPossibleAttendance")
    return None if possible is None or _true(possible) else Meaning.NOT_POSSIBLE


def _true(value: object) -> bool:
    return value in (True, 1, "1", "true")


def _told_day(row: Row) -> date | None:
    try:
        return day(row, "recordDate")
    except BadRowError:
        return None


def _rows(listing: Listing, entity: str) -> Sequence[Row]:
    return [listing.filled(entity, row) or {} for page in listing.pages(entity, needed=True) for row in page]
