"""A duty: what a rule requires of a school for one event, by when, of whom, and on what authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rp_connect.domain.people import Role


class Confidence(StrEnum):
    """How sure the basis is: confirmed primary text, secondary source, unconfirmed, our own proposal."""

    CONFIRMED = "C"
    SECONDARY = "S"
    UNCONFIRMED = "U"
    PROPOSED = "P"


class DueNote(StrEnum):
    """Why a due is missing or odd. Where several apply, the first in this order is shown."""

    DATES_MISSING = "dates missing"
    CALENDAR_MISSING = "calendar missing"
    NOTICE_DATE_MISSING = "notice date missing"
    LATE_INFORMATION = "late information"


class Trigger(StrEnum):
    """What a duty arises from: the decision itself; a fact beside it (a flag, an exam, an incident); or a
    count over several suspensions. The last two are "late information" once the first sync has passed."""

    DECISION = "decision"
    FACT = "fact"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Duty:
    """`rule` is the stable id of duties.md; `occurrence` counts from 1 within one suspension and rule.

    `title` says "day 2 of 5" where there are several, and bears no name. `due` is a local date, or an aware
    moment for the rules that name an hour; None always has a `note`. `met` says that what the rule asks for
    is there: an open task of it closes itself, none is created. `keeps_due` marks a due that counts from the
    sync that saw the reason: an open task keeps the one it has. `steps` is a checklist for whoever does it.
    """

    rule: str
    title: str
    due: date | datetime | None
    role: Role
    basis: str
    confidence: Confidence
    occurrence: int = 1
    note: DueNote | None = None
    trigger: Trigger = Trigger.DECISION
    met: bool = False
    keeps_due: bool = False
    steps: tuple[str, ...] = ()
