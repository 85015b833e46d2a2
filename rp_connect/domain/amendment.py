"""How a new report of a suspension changes what is in force: shortened and moved apply, lengthened is asked.

A suspension cannot be extended (statutory guidance), so longer dates wait beside those in force for a person
to say whether they are a further suspension or a correction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from rp_connect.domain.calendar import SchoolCalendar
from rp_connect.domain.suspension import (
    Category,
    Dates,
    LengthAnswer,
    LengthQuestion,
    Suspension,
    SuspensionRecord,
    sessions_of,
)
from rp_connect.domain.when import When


def amend(held: Suspension, record: SuspensionRecord, today: date, calendar: SchoolCalendar) -> Suspension:
    """`held` with `record` as its newest report; `today` is the local day of the sync that saw it.

    Dates that the MIS no longer gives stay in force: a blank is no news.
    """
    reported, questions, in_force = record.dates, held.questions, held.in_force
    if reported != held.record.dates or record.category != held.record.category:
        if _is_longer(held, record, calendar):
            questions = _ask(questions, reported, today)
        elif _says_enough(record) or not held.in_force.complete:
            in_force = reported
    return replace(
        held,
        record=record,
        in_force=in_force,
        questions=questions,
        cancelled=_cancelled(held, record),
    )


def answer(held: Suspension, said: LengthAnswer) -> Suspension | None:
    """Settle the open question about the dates now reported; None where there is none."""
    reported = held.record.dates
    if not any(q.reported == reported and q.answer is None for q in held.questions):
        return None
    questions = tuple(
        replace(q, answer=said) if q.reported == reported and q.answer is None else q for q in held.questions
    )
    in_force = reported if said is LengthAnswer.CORRECTION else held.in_force
    return replace(held, questions=questions, in_force=in_force)


def length(dates: Dates, calendar: SchoolCalendar) -> int:
    """Half-day sessions: as given, else counted; past the loaded calendar weekdays stand in."""
    if dates.sessions is not None:
        return dates.sessions
    if dates.start is None or dates.end is None:
        return 0
    if calendar.covers(dates.start) and calendar.covers(dates.end):
        return len(sessions_of(dates, calendar))
    days = (dates.start + timedelta(days=n) for n in range((dates.end - dates.start).days + 1))
    return 2 * sum(day.weekday() < 5 for day in days)


def _is_longer(held: Suspension, record: SuspensionRecord, calendar: SchoolCalendar) -> bool:
    temporary = record.category == held.record.category == Category.SUSPENSION
    both_known = held.in_force.complete and record.dates.complete
    if not (temporary and both_known):
        return False
    return length(record.dates, calendar) > length(held.in_force, calendar)


def _says_enough(record: SuspensionRecord) -> bool:
    """A report that says less than what is in force takes nothing away."""
    if record.category in (Category.PERMANENT, Category.LUNCHTIME):
        return record.dates.start is not None
    return record.dates.complete


def _ask(questions: tuple[LengthQuestion, ...], reported: Dates, today: date) -> tuple[LengthQuestion, ...]:
    """Each longer value is asked once."""
    if any(q.reported == reported for q in questions):
        return questions
    return (*questions, LengthQuestion(reported=reported, seen_on=today))


def _cancelled(held: Suspension, record: SuspensionRecord) -> When | None:
    """The MIS's word; a cancellation that only a person told us stands until the MIS has one of its own."""
    by_person = held.cancelled is not None and held.record.cancelled is None
    return held.cancelled if record.cancelled is None and by_person else record.cancelled
