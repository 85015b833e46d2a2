"""How a due is found: a day by the calendar, or nothing and the note that says why."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from rp_connect.domain.calendar import Half, SchoolCalendar, Session
from rp_connect.domain.duty import DueNote, Duty, Trigger
from rp_connect.domain.when import When
from rp_england.catalogue import RULES
from rp_england.checklists import steps_of


class Due(NamedTuple):
    """A date, an aware moment, or None with the note that says why."""

    at: date | datetime | None
    note: DueNote | None = None


DATES_MISSING = Due(None, DueNote.DATES_MISSING)


def by_calendar(found: date | datetime | None) -> Due:
    """`found`, or "calendar missing" where the loaded calendar does not reach."""
    return Due(found) if found is not None else Due(None, DueNote.CALENDAR_MISSING)


def on_decision(decided: When | None) -> Due:
    """The day of decision, which never rolls."""
    return DATES_MISSING if decided is None else Due(decided.day)


def after_decision(decided: When | None, calendar: SchoolCalendar, days: int = 1) -> Due:
    """The school day (or the `days`-th) after the decision."""
    return DATES_MISSING if decided is None else by_calendar(calendar.after(decided.day, days))


def end_of_afternoon(day: date, calendar: SchoolCalendar) -> datetime:
    return calendar.ends(Session(day, Half.PM))


def not_before_decision(due: datetime, decided: When | None, calendar: SchoolCalendar) -> datetime:
    """A legal maximum is never before the decision; a bare date stands for the end of its afternoon."""
    if decided is None or (decided.at is None and decided.day <= calendar.day_of(due)):
        return due
    return max(due, decided.at or end_of_afternoon(decided.day, calendar))


def duty(
    rule: str,
    due: Due,
    *,
    occurrence: int = 1,
    counting: str = "",
    trigger: Trigger = Trigger.DECISION,
    met: bool = False,
    keeps_due: bool = False,
) -> Duty:
    """The duty of `rule`; `counting` ("day 2 of 5") is added to its title."""
    title, role, basis, confidence = RULES[rule]
    return Duty(
        rule=rule,
        title=f"{title}, {counting}" if counting else title,
        due=due.at,
        role=role,
        basis=basis,
        confidence=confidence,
        occurrence=occurrence,
        note=due.note,
        trigger=trigger,
        met=met,
        keeps_due=keeps_due,
        steps=steps_of(rule),
    )
