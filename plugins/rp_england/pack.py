"""The dated packs. A pack is chosen by the day of decision: the newest that was in force then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rp_connect.domain.calendar import Session
from rp_connect.domain.duty import Duty, Trigger
from rp_connect.ports.policy import (
    ConferenceRequested,
    Context,
    Event,
    ExcludedFromElsewhere,
    InterventionRecorded,
    OffSiteDirected,
    PolicyPack,
    SuspensionStands,
    TimetableReduced,
)
from rp_england import other_events
from rp_england.board import board_duties
from rp_england.dates import date_questions
from rp_england.due import duty, on_decision
from rp_england.education import education_duties
from rp_england.notices import cancelled_duties, notices
from rp_england.register import register_duties, wrong_marks
from rp_england.returning import return_duties
from rp_england.screens import screens
from rp_england.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class EnglandPack:
    """One edition of the rules. `debriefs` since the restraint regulations; `academies_direct_off_site` since
    academies, too, may direct off site under s.29A."""

    id: str
    effective: date
    debriefs: bool
    academies_direct_off_site: bool

    def duties(self, event: Event, context: Context) -> Sequence[Duty]:
        """Everything that `event` requires as things stand; pure."""
        return list(self._of(event, context))

    def wrong_marks(self, event: SuspensionStands, context: Context) -> Mapping[Session, Sequence[str]]:
        """Of a suspension in force whose sessions are known; `attendance-mismatch` stands on the same."""
        s = standing(event.suspension, context)
        if s.suspension.cancelled is not None or s.unlawful or s.lunchtime or not s.dates_known:
            return {}
        return wrong_marks(s) if s.suspension.makes_case else {}

    def _of(self, event: Event, context: Context) -> Iterator[Duty]:
        match event:
            case SuspensionStands():
                return suspension_duties(standing(event.suspension, context))
            case ConferenceRequested():
                return other_events.conference(event, context.calendar)
            case InterventionRecorded():
                return other_events.intervention(event, context.calendar) if self.debriefs else iter(())
            case OffSiteDirected():
                may = self.academies_direct_off_site or context.school_kind != "academy"
                return other_events.off_site(event, context.calendar) if may else iter(())
            case ExcludedFromElsewhere():
                return other_events.elsewhere(event)
            case TimetableReduced():
                return other_events.reduced_timetable(event)


def packs() -> Sequence[PolicyPack]:
    """The editions, oldest first: the 2024 guidance, the restraint regulations, the 2026 guidance."""
    return (
        EnglandPack("ENG-2024-08-19", date(2024, 8, 19), debriefs=False, academies_direct_off_site=False),
        EnglandPack("ENG-2026-04-01", date(2026, 4, 1), debriefs=True, academies_direct_off_site=False),
        EnglandPack("ENG-2026-07-26", date(2026, 7, 26), debriefs=True, academies_direct_off_site=True),
    )


def suspension_duties(s: Standing) -> Iterator[Duty]:
    """The table of duties.md for one suspension; a category that is none of ours requires nothing."""
    if not s.suspension.makes_case:
        return
    if s.suspension.cancelled is not None:
        yield from cancelled_duties(s)
    elif s.unlawful:
        yield duty("over-45-days", on_decision(s.decided), trigger=Trigger.COUNT)
    else:
        yield from notices(s)
        yield from board_duties(s)
        yield from screens(s)
        yield from date_questions(s)
        yield from _dated(s)


def _dated(s: Standing) -> Iterator[Duty]:
    """What needs the sessions: none of it exists while the start or the length is unknown."""
    if s.lunchtime or not s.dates_known:
        return
    yield from education_duties(s)
    yield from register_duties(s)
    if s.temporary:
        yield from return_duties(s)
