"""Duties of what is no suspension: a conference, a restraint, an off-site direction, a reduced timetable."""

from __future__ import annotations

from collections.abc import Iterator

from rp_connect.domain.calendar import SchoolCalendar
from rp_connect.domain.duty import Duty
from rp_connect.ports.policy import (
    ConferenceRequested,
    ExcludedFromElsewhere,
    InterventionRecorded,
    OffSiteDirected,
    TimetableReduced,
)
from rp_england.due import Due, by_calendar, duty

DEBRIEF_OFFER_DAYS = 5
PLAN_REVIEW_DAYS = 10
OFF_SITE_NOTICE_DAYS = 2
"""School days before an off-site direction begins (2010 Regulations)."""


def conference(event: ConferenceRequested, calendar: SchoolCalendar) -> Iterator[Duty]:
    """Triage on the school day after the request."""
    yield duty("triage", by_calendar(calendar.after(calendar.day_of(event.at))))


def intervention(event: InterventionRecorded, calendar: SchoolCalendar) -> Iterator[Duty]:
    """Record, parents and welfare the same day; a debrief offered within 5, the plan reviewed within 10."""
    day = calendar.day_of(event.at)
    for rule in ("debrief-record", "debrief-tell-parent", "debrief-welfare"):
        yield duty(rule, Due(day))
    yield duty("debrief-offer", by_calendar(calendar.after(day, DEBRIEF_OFFER_DAYS)))
    yield duty("debrief-plan-review", by_calendar(calendar.after(day, PLAN_REVIEW_DAYS)))


def off_site(event: OffSiteDirected, calendar: SchoolCalendar) -> Iterator[Duty]:
    """Notice at least 2 school days before the start, never before the decision; review by the last day."""
    day = calendar.before(event.first)
    for _ in range(OFF_SITE_NOTICE_DAYS - 1):
        day = None if day is None else calendar.before(day)
    yield duty("off-site-notice", by_calendar(None if day is None else max(day, event.decided)))
    yield duty("off-site-review", by_calendar(calendar.on_or_before(event.last)))


def elsewhere(event: ExcludedFromElsewhere) -> Iterator[Duty]:
    yield duty("tell-home-la", Due(event.decided))


def reduced_timetable(event: TimetableReduced) -> Iterator[Duty]:
    yield duty("reduced-timetable-la", Due(event.agreed_on))
