"""One round of asking a school's rules: the clock, the calendar and the counts that the round shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from rp_connect.domain.calendar import SchoolCalendar
from rp_connect.ports.policy import FollowUp
from rp_connect.ports.store import SchoolState, UnitOfWork
from rp_connect.services.office import Office, School
from rp_connect.services.sync_report import SchoolSync


@dataclass(slots=True, kw_only=True)
class DutyRound:
    """`amended` are the suspensions that are new or whose own record changed in the transaction at hand;
    `touched` the references of older cases that this round changed.
    """

    school: School
    state: SchoolState
    now: datetime
    report: SchoolSync
    calendar: SchoolCalendar
    amended: set[int] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)

    @property
    def number(self) -> int:
        """The pass at hand; it stays the same when a killed pass runs again."""
        return self.state.passes + 1

    @property
    def mis(self) -> str:
        return self.school.settings.mis

    @property
    def today(self) -> date:
        return self.school.day_of(self.now)

    @property
    def live_from(self) -> date:
        """As configured, else the day of the first sync that succeeded, else (in that sync) today."""
        return self.school.settings.live_from or self.state.live_from or self.today

    @property
    def follow_up(self) -> FollowUp:
        reviews = self.school.settings.reviews
        return FollowUp(tuple(reviews.days_after), tuple(reviews.check_in_school_days))


def round_at(office: Office, work: UnitOfWork, school: School) -> DutyRound:
    """A round outside a sync, for what a person says of a case."""
    return DutyRound(
        school=school,
        state=work.schools.state(school.id),
        now=office.clock.now(),
        report=SchoolSync(school=school.id),
        calendar=office.calendar(work, school),
    )
