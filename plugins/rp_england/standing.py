"""A suspension as the rules look at it: its run, its totals and its flags, worked out once."""

from __future__ import annotations

from dataclasses import dataclass

from rp_connect.domain.calendar import SchoolCalendar, Session
from rp_connect.domain.counter import Totals, totals
from rp_connect.domain.run import Run, run_with, runs_of
from rp_connect.domain.suspension import Category, Suspension
from rp_connect.domain.when import When
from rp_connect.ports.policy import Context

LIMIT_HALF_DAYS = 90
"""45 school days in a school year (SI 2012/1033 reg 22)."""
LONG_HALF_DAYS = 30
"""15 school days in a term: the board must meet."""
BOARD_HALF_DAYS = 10
"""5 school days in a term: above it the board is told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`sessions` are its own loaded ones; `run` is None where none are known."""

    suspension: Suspension
    context: Context
    sessions: tuple[Session, ...]
    run: Run | None
    totals: Totals

    @property
    def calendar(self) -> SchoolCalendar:
        return self.context.calendar

    @property
    def category(self) -> str:
        return self.suspension.record.category

    @property
    def temporary(self) -> bool:
        return self.category == Category.SUSPENSION

    @property
    def permanent(self) -> bool:
        return self.category == Category.PERMANENT

    @property
    def lunchtime(self) -> bool:
        return self.category == Category.LUNCHTIME

    @property
    def decided(self) -> When | None:
        return self.suspension.decided

    @property
    def dates_known(self) -> bool:
        """Whether start and length are known: of a lunchtime the start alone, of a permanent one too."""
        dates = self.suspension.in_force
        if not self.temporary:
            return dates.start is not None
        if not dates.complete:
            return False
        return bool(self.sessions) or self.outside_calendar

    @property
    def outside_calendar(self) -> bool:
        """Whether it begins or ends where no calendar is loaded, so that its sessions cannot be told."""
        first, final, calendar = self.suspension.in_force.first, self.suspension.in_force.final, self.calendar
        if first is None or calendar.last is None or not calendar.covers(first.day):
            return True
        return not self.sessions and (final is None or final.day > calendar.last)

    @property
    def unlawful(self) -> bool:
        """Whether it would take the pupil past 45 days in the school year."""
        return _past_the_limit(self.suspension, self.totals)

    def bears_tasks(self, other: Suspension) -> bool:
        """Whether `other` (of the same pupil) is in force and lawful, so that days of the run can be its."""
        if other.cancelled is not None:
            return False
        context = self.context
        counted = totals(other, context.suspensions, self.calendar, context.cancelled_sessions_count)
        return not _past_the_limit(other, counted)

    def flag(self, name: str) -> bool:
        """Whether the pupil's flag is set; unknown is not."""
        return bool(self.context.pupil and getattr(self.context.pupil, name))


def _past_the_limit(suspension: Suspension, counted: Totals) -> bool:
    """A permanent exclusion has no length that could be counted."""
    return suspension.record.category != Category.PERMANENT and counted.year > LIMIT_HALF_DAYS


def standing(suspension: Suspension, context: Context) -> Standing:
    """Work out where `suspension` stands among the pupil's others."""
    calendar = context.calendar
    return Standing(
        suspension=suspension,
        context=context,
        sessions=suspension.suspended_sessions(calendar),
        run=run_with(suspension, runs_of(context.suspensions, calendar)),
        totals=totals(suspension, context.suspensions, calendar, context.cancelled_sessions_count),
    )
