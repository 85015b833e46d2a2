"""The governing board: when it must be told, and by when it must meet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rp_connect.domain.duty import DueNote, Duty, Trigger
from rp_england.due import DATES_MISSING, Due, by_calendar, duty, on_decision
from rp_england.standing import BOARD_HALF_DAYS, LONG_HALF_DAYS, Standing

LONG_LIMIT_DAYS = 15
"""School days after notice for a permanent exclusion or more than 15 days in the term."""
REPRESENTATIONS_LIMIT_DAYS = 50
"""School days after notice for more than 5 and up to 15 days, where a parent makes representations."""


def board_duties(s: Standing) -> Iterator[Duty]:
    """Told: more than 5 days in the term, permanent, or an exam lost. Meets: as B3 of the reference says."""
    over_five = s.totals.term > BOARD_HALF_DAYS
    exam = s.suspension.record.exam
    if over_five or s.permanent or exam is not None:
        yield duty("tell-board", on_decision(s.decided), trigger=_trigger(s, over_five))
    limit = _limit(s, over_five)
    if limit is not None or exam is not None:
        counts = limit is not None
        yield duty("board-meeting", _meeting_due(s, limit, exam), trigger=_trigger(s, counts))


def _trigger(s: Standing, counts: bool) -> Trigger:
    """A permanent exclusion asks for the board by itself; else the count does, else the lost exam."""
    if s.permanent:
        return Trigger.DECISION
    return Trigger.COUNT if counts else Trigger.FACT


def _limit(s: Standing, over_five: bool) -> int | None:
    if s.permanent or s.totals.term > LONG_HALF_DAYS:
        return LONG_LIMIT_DAYS
    if over_five and s.suspension.record.representations is not None:
        return REPRESENTATIONS_LIMIT_DAYS
    return None


def _meeting_due(s: Standing, limit: int | None, exam: date | None) -> Due:
    """The earliest of the days that apply; one that cannot be told yields to one that can."""
    found = []
    if limit is not None:
        found.append(_after_notice(s, limit))
    if exam is not None:
        found.append(_before_exam(s, exam))
    dated = [due for due in found if isinstance(due.at, date)]
    return min(dated, key=lambda due: str(due.at)) if dated else found[0]


def _after_notice(s: Standing, days: int) -> Due:
    notice = s.suspension.record.notice_received
    if notice is not None:
        return by_calendar(s.calendar.after(notice, days))
    if s.decided is None:
        return DATES_MISSING
    due = by_calendar(s.calendar.after(s.decided.day, days))
    return due if due.at is None else Due(due.at, DueNote.NOTICE_DATE_MISSING)


def _before_exam(s: Standing, exam: date) -> Due:
    """The last school day before the exam, never before the decision."""
    day = s.calendar.before(exam)
    if day is not None and s.decided is not None:
        day = max(day, s.decided.day)
    return by_calendar(day)
