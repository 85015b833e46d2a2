"""Free times for the meeting of a case, the eve of the return first; never on the day of the incident."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from rp_connect.domain.calendar import SchoolCalendar
from rp_connect.domain.case import Case, Stage
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.slots import Diary, Excluded, Slot, checked_minutes, days_to_try, offered_slots
from rp_connect.domain.task import TaskState
from rp_connect.errors import UsageError
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.incident_day import incident_days
from rp_connect.services.office import Office, School
from rp_connect.services.read_diaries import read_diaries
from rp_connect.services.to_json import Json, day_json
from rp_connect.settings import SchoolSettings, WorkingSettings

MEETING_RULE = "reintegration-meeting"
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Up to eight `slots` in the order in which to try them; none where nothing is free. `note` is a sentence
    where something could not be taken into account."""

    slots: Sequence[Slot] = ()
    note: str = ""

    def to_json(self, timezone: ZoneInfo) -> Json:
        slots = [{"at": day_json(slot.at, timezone), "minutes": slot.minutes} for slot in self.slots]
        return {"slots": slots, "note": self.note}


def suggest_slots(
    office: Office, ref: str, minutes: int = 45, excluded: Collection[Excluded] = ()
) -> Suggestions:
    """In school sessions and the lead's hours, clear of other meetings, of what stands in the workspace's
    diaries, and of `excluded`.

    Raises NotFoundError, or UsageError for a closed case or a length that no meeting has.
    """
    checked_minutes(minutes)
    now = office.clock.now()
    with office.store.read() as work:
        case = work.cases.get(ref)
        if case.stage is Stage.CLOSED:
            raise UsageError(f"{ref} is closed, so it needs no meeting.")
        school = office.school(case.school)
        diary, wanted = _diary(office, work, school, case), _due_day(work, school, case)
        own = work.meetings.of_case(ref)
    diaries = read_diaries(office, school, days_to_try(diary, wanted, now))
    # The meeting that is to be moved stands in the diaries too, and is not in its own way.
    others = (taken for taken in diaries.busy if own is None or taken != (own.at, own.ends_at))
    diary = replace(diary, busy=(*diary.busy, *others), excluded=tuple(excluded))
    return Suggestions(offered_slots(diary, wanted, minutes, now), diaries.note)


def _due_day(work: UnitOfWork, school: School, case: Case) -> date | None:
    """The eve of the return; None where the meeting's task has no date, has lapsed or never was."""
    tasks = work.tasks.every(case=case.ref)
    days = [
        task.due_day(school.timezone)
        for task in tasks
        if task.rule == MEETING_RULE and task.state is not TaskState.CANCELLED
    ]
    return max(filter(None, days), default=None)


def _diary(office: Office, work: UnitOfWork, school: School, case: Case) -> Diary:
    settings = school.settings
    calendar = office.calendar(work, school)
    opens, closes = settings.working.hours
    return Diary(
        calendar=calendar,
        weekdays=_weekdays(settings.working),
        opens=opens,
        closes=closes,
        shut=_away(settings, calendar) | incident_days(work, case),
        busy=tuple((m.at, m.ends_at) for m in _other_meetings(office, work, school, case)),
    )


def _weekdays(working: WorkingSettings) -> frozenset[int]:
    return frozenset(n for n, day in enumerate(_WEEK) if day in working.days)


def _away(settings: SchoolSettings, calendar: SchoolCalendar) -> frozenset[date]:
    """The days on which the lead is away and nobody covers."""
    if settings.people.cover:
        return frozenset()
    return frozenset(filter(settings.people.lead_is_away, calendar.school_days))


def _other_meetings(office: Office, work: UnitOfWork, school: School, case: Case) -> Iterable[Meeting]:
    """Those of this school, and of every other whose lead is the same person: one lead has several sites."""
    leads = set(school.settings.people.lead)
    sites = [
        other.id
        for other in office.schools.values()
        if other.id == school.id or leads & set(other.settings.people.lead)
    ]
    return [meeting for meeting in work.meetings.of_schools(sites) if meeting.case != case.ref]
