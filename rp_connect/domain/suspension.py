"""A suspension: what the MIS reports, and what is in force here, in half-day sessions.

A suspension cannot be lengthened (a further one may follow): reported dates that are longer than those in
force stand beside them until a person answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from rp_connect.domain.calendar import Half, SchoolCalendar, Session
from rp_connect.domain.when import When


class Category(StrEnum):
    """The categories that make a case. Any other word is kept verbatim and makes none."""

    SUSPENSION = "SUSP"
    PERMANENT = "PERM"
    LUNCHTIME = "LNCH"


REASON_CODES = frozenset(
    ("PP", "PA", "VP", "VA", "BU", "RA", "LG", "DS", "SM", "DA", "DM", "TH", "DB", "OW", "MT", "PH", "OT")
)
"""The reasons of the school census (DfE, Complete the school census); an MIS may have words of its own."""


class Dates(BaseModel):
    """When a suspension runs, as recorded. `sessions` (half days), where given, decides over the end."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    start: date | None = None
    start_half: Half | None = None
    end: date | None = None
    end_half: Half | None = None
    sessions: int | None = None

    @property
    def first(self) -> Session | None:
        return None if self.start is None else Session(self.start, self.start_half or Half.AM)

    @property
    def final(self) -> Session | None:
        return (
            None
            if self.end is None
            else Session(self.end, self.end_half if self.end_half is not None else Half.PM)
        )

    @property
    def complete(self) -> bool:
        """Whether the start and a length are both known."""
        return self.start is not None and (self.sessions is not None or self.end is not None)


class SuspensionRecord(BaseModel):
    """A suspension or exclusion as the MIS gives it; `category` is the MIS's own word where unknown to us."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str
    pupil_id: str
    category: str
    reasons: tuple[str, ...] = ()
    decided: When | None = None
    dates: Dates = Dates()
    exam: date | None = None
    notice_received: date | None = None
    representations: date | None = None
    cancelled: When | None = None
    incident_id: str | None = None


class LengthAnswer(StrEnum):
    """What a person says of reported dates that are longer than those in force."""

    FURTHER = "further"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class LengthQuestion:
    """Longer dates that were reported, the local day on which a sync saw them, and the answer."""

    reported: Dates
    seen_on: date
    answer: LengthAnswer | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """A suspension we hold. `record` is the newest report; `in_force` are the dates that count.

    `first_seen` is the local day of the sync that first saw it, `first_pass` that sync's number;
    `cancelled` is the MIS's moment or, where a person said so first, theirs;
    `questions` has one entry per longer value that was ever reported, oldest first.
    """

    no: int
    school: str
    mis: str
    pupil_no: int
    record: SuspensionRecord
    in_force: Dates
    first_seen: date
    first_pass: int
    cancelled: When | None = None
    questions: tuple[LengthQuestion, ...] = field(default=())

    @property
    def makes_case(self) -> bool:
        return self.record.category in set(Category)

    @property
    def decided(self) -> When | None:
        """The day of decision: `decided_at`, else the start; never taken from anything else."""
        if self.record.decided is not None:
            return self.record.decided
        return None if self.in_force.start is None else When(self.in_force.start)

    def suspended_sessions(self, calendar: SchoolCalendar) -> tuple[Session, ...]:
        """The loaded sessions it covers while it is not cancelled (lunchtime: none; permanent: no end)."""
        first = self.in_force.first
        if first is None or self.record.category == Category.LUNCHTIME:
            return ()
        if self.record.category == Category.PERMANENT:
            return tuple(calendar.sessions_from(first))
        return sessions_of(self.in_force, calendar)


def sessions_of(dates: Dates, calendar: SchoolCalendar) -> tuple[Session, ...]:
    """The loaded sessions that `dates` cover: the next `sessions` from the start, else start to end."""
    if dates.first is None:
        return ()
    if dates.sessions is not None:
        following = calendar.sessions_from(dates.first)
        return tuple(session for session, _ in zip(following, range(dates.sessions), strict=False))
    return () if dates.final is None else calendar.sessions_between(dates.first, dates.final)
