"""Who must be told of a suspension, and by when; and what a cancelled one asks for."""

from __future__ import annotations

from collections.abc import Iterator

from rp_connect.domain.duty import Duty, Trigger
from rp_england.due import (
    DATES_MISSING,
    Due,
    by_calendar,
    duty,
    end_of_afternoon,
    not_before_decision,
    on_decision,
)
from rp_england.standing import Standing


def notices(s: Standing) -> Iterator[Duty]:
    """Parents, local authority, and for flagged pupils the social worker and the virtual school head."""
    decision = on_decision(s.decided)
    yield duty("tell-parent", decision)
    yield duty("written-notice", _written_notice(s))
    yield duty("tell-la", decision)
    if s.flag("social_worker"):
        yield duty("tell-social-worker", decision, trigger=Trigger.FACT)
    if s.flag("looked_after"):
        yield duty("tell-virtual-school", decision, trigger=Trigger.FACT)


def cancelled_duties(s: Standing) -> Iterator[Duty]:
    """Written reasons without delay to everybody who had been told, and the pupil is reinstated (reg 17A)."""
    cancelled = s.suspension.cancelled
    due = Due(cancelled.day) if cancelled else DATES_MISSING
    for whom in ("parent", "board", "la"):
        yield duty(f"cancelled-tell-{whom}", due)
    if s.flag("social_worker"):
        yield duty("cancelled-tell-social-worker", due)
    if s.flag("looked_after"):
        yield duty("cancelled-tell-virtual-school", due)
    yield duty("reinstate", due)


def _written_notice(s: Standing) -> Due:
    """By the end of the first day's afternoon session, or the decision if that is later (reg 6)."""
    start = s.suspension.in_force.start
    if start is None:
        return DATES_MISSING
    first = start if s.lunchtime else s.calendar.on_or_after(start)
    if first is None or not s.calendar.covers(first):
        return by_calendar(None)
    return Due(not_before_decision(end_of_afternoon(first, s.calendar), s.decided, s.calendar))
