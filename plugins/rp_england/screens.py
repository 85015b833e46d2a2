"""Screens and first steps on the school day after the decision; none of them decides anything by itself."""

from __future__ import annotations

from collections.abc import Iterator

from rp_connect.domain.duty import Duty, Trigger
from rp_england.due import after_decision, duty, on_decision
from rp_england.standing import Standing

LOCKING_REASONS = frozenset({"SM", "SB", "OW", "BW"})
"""Sexual misconduct or behaviour, weapons: the safeguarding lead looks first (B12)."""
CONSIDER_SCHOOL_DAYS = 5


def screens(s: Standing) -> Iterator[Duty]:
    next_day = after_decision(s.decided, s.calendar)
    yield duty("suitability-screen", next_day)
    if s.context.someone_harmed:
        yield duty("contact-harmed", next_day, trigger=Trigger.FACT)
    if _locks(s):
        yield duty("dsl-screen", on_decision(s.decided), trigger=Trigger.FACT)
    if not s.lunchtime:
        yield duty("equality-screen", next_day)
        yield from _considerations(s)
    if s.temporary:
        yield duty("pupil-voice", next_day)
        yield duty("invite-reintegration", next_day)


def _locks(s: Standing) -> bool:
    flagged = s.flag("social_worker") or s.flag("looked_after")
    return flagged or bool(LOCKING_REASONS & set(s.suspension.record.reasons))


def _considerations(s: Standing) -> Iterator[Duty]:
    within = after_decision(s.decided, s.calendar, CONSIDER_SCHOOL_DAYS)
    if s.flag("looked_after"):
        yield duty("consider-pep-review", within, trigger=Trigger.FACT)
    if s.flag("ehcp"):
        yield duty("consider-ehc-review", within, trigger=Trigger.FACT)
