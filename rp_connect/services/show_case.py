"""Everything of one case on one sheet: who, the suspension, the tasks, the meeting, what happened when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from rp_connect.domain.calendar import SchoolCalendar, Session
from rp_connect.domain.case import FOLLOWS, Case, Stage
from rp_connect.domain.incident import IncidentRecord
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.outcome import Outcome
from rp_connect.domain.party import Party
from rp_connect.domain.people import Pupil
from rp_connect.domain.run import Run, run_with, runs_of
from rp_connect.domain.suspension import Category, LengthQuestion, Suspension
from rp_connect.domain.task import Task, TaskState
from rp_connect.domain.when import When
from rp_connect.errors import RpConnectError
from rp_connect.ports.store import AuditRow, UnitOfWork
from rp_connect.services.office import Office, School
from rp_connect.services.to_json import Json, case_json, dates_json, day_json, outcome_json, task_json

RETURN_RULES = ("reintegration-meeting", "share-plan", "check-in", "review")


class Fact(StrEnum):
    """A dated fact of a case that nobody did here."""

    INCIDENT = "incident"
    DECIDED = "decided"
    FIRST_DAY = "first day"
    LAST_DAY = "last day"
    RETURN = "return"
    MEETING = "meeting"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline: a fact or a change (an audit row); `exact`: its hour is known."""

    at: datetime
    what: Fact | AuditRow
    exact: bool
    ahead: bool


@dataclass(frozen=True, slots=True)
class TaskGroups:
    """Each in the order of the rule's due."""

    to_do: Sequence[Task]
    done: Sequence[Task]
    cancelled: Sequence[Task]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSheet:
    """`run` is the run of suspensions that this one is in and `back` the session of return, where known;
    `stages` are those that the case can go to now; `online` whether its workspace can meet online."""

    case: Case
    school: School
    calendar: SchoolCalendar
    now: datetime
    parties: Sequence[tuple[Party, Pupil]]
    suspension: Suspension | None
    incident: IncidentRecord | None
    run: Run | None
    tasks: TaskGroups
    meeting: Meeting | None
    outcomes: Sequence[Outcome]
    linked: Sequence[Case]
    timeline: Sequence[Entry]
    online: bool

    @property
    def today(self) -> date:
        return self.school.day_of(self.now)

    @property
    def back(self) -> Session | None:
        return self.run.return_session(self.calendar) if self.run and self.run.has_return else None

    @property
    def last_day(self) -> date | None:
        """The last suspended day, as far as dates and calendar tell."""
        return _last_day(self.suspension, self.calendar) if self.suspension else None

    @property
    def questions(self) -> Sequence[LengthQuestion]:
        """Longer dates that were reported, and what a person said of them."""
        return self.suspension.questions if self.suspension else ()

    @property
    def question(self) -> LengthQuestion | None:
        """The one that waits for an answer: of longer dates that are still reported."""
        return open_question(self.suspension) if self.suspension else None

    @property
    def returning(self) -> Sequence[Task]:
        """The tasks of the way back to school, cancelled ones left out."""
        every = (*self.tasks.to_do, *self.tasks.done)
        return [task for rule in RETURN_RULES for task in every if task.rule == rule]

    @property
    def stages(self) -> Sequence[Stage]:
        reachable = FOLLOWS.get(self.case.stage, frozenset())
        return [stage for stage in Stage if stage in reachable]

    @property
    def every_task(self) -> Sequence[Task]:
        return [*self.tasks.to_do, *self.tasks.done, *self.tasks.cancelled]

    def to_json(self) -> Json:
        """The case as `case list` has it, with its suspension, meeting, tasks and history; never a name."""
        timezone, pupils = self.school.timezone, [pupil for _, pupil in self.parties]
        changes = [entry.what for entry in self.timeline if isinstance(entry.what, AuditRow)]
        return {
            **case_json(self.case, pupils, self.every_task, self.suspension, timezone),
            "suspension": None if self.suspension is None else _suspension_json(self, self.suspension),
            "meeting": None if self.meeting is None else _meeting_json(self.meeting, timezone),
            "outcomes": [outcome_json(outcome) for outcome in self.outcomes],
            "tasks": [task_json(task, self.suspension, timezone) for task in self.every_task],
            "history": [{"at": day_json(row.at, timezone), "what": row.what} for row in changes],
        }


def show_case(office: Office, ref: str) -> CaseSheet:
    """Raises NotFoundError."""
    now = office.clock.now()
    with office.store.read() as work:
        case = work.cases.get(ref)
        school = office.school(case.school)
        calendar = office.calendar(work, school)
        suspension = work.suspensions.get(case.suspension_no) if case.suspension_no else None
        run = _run(work, suspension, calendar)
        incident = _incident(work, suspension)
        meeting = work.meetings.of_case(ref)
        facts = _facts(school, calendar, suspension, run, incident, meeting)
        return CaseSheet(
            case=case,
            school=school,
            calendar=calendar,
            now=now,
            parties=_parties(work, case),
            suspension=suspension,
            incident=incident,
            run=run,
            tasks=_groups(work.tasks.every(case=ref)),
            meeting=meeting,
            outcomes=work.outcomes.of_case(ref),
            linked=_linked(work, case),
            timeline=_timeline(work.audit.of_case(ref), facts, now),
            online=_can_meet_online(school),
        )


def open_question(suspension: Suspension) -> LengthQuestion | None:
    """Longer dates that nobody has answered. Those that are no longer reported ask nothing."""
    waiting = (q for q in suspension.questions if q.answer is None)
    return next((q for q in waiting if q.reported == suspension.record.dates), None)


def _linked(work: UnitOfWork, case: Case) -> Sequence[Case]:
    """Those that whoever reads this may see."""
    found = work.cases.by_ref(case.linked)
    return [found[ref] for ref in case.linked if ref in found]


def _parties(work: UnitOfWork, case: Case) -> Sequence[tuple[Party, Pupil]]:
    pupils = work.pupils.get([party.pupil_no for party in case.parties])
    return [(party, pupils[party.pupil_no]) for party in case.parties if party.pupil_no in pupils]


def _run(work: UnitOfWork, suspension: Suspension | None, calendar: SchoolCalendar) -> Run | None:
    if suspension is None:
        return None
    held = work.suspensions.of_pupils([suspension.pupil_no]).get(suspension.pupil_no, ())
    return run_with(suspension, runs_of(held, calendar))


def _incident(work: UnitOfWork, suspension: Suspension | None) -> IncidentRecord | None:
    wanted = suspension.record.incident_id if suspension else None
    if suspension is None or not wanted:
        return None
    return work.incidents.by_id(suspension.school, suspension.mis, [wanted]).get(wanted)


def _groups(tasks: Sequence[Task]) -> TaskGroups:
    return TaskGroups(*([task for task in tasks if task.state is state] for state in TaskState))


def _facts(
    school: School,
    calendar: SchoolCalendar,
    suspension: Suspension | None,
    run: Run | None,
    incident: IncidentRecord | None,
    meeting: Meeting | None,
) -> Iterable[tuple[Fact, datetime, bool]]:
    """What happened or will happen, when, and whether the hour is known."""
    known: list[tuple[Fact, When | None]] = [(Fact.INCIDENT, incident.occurred if incident else None)]
    if suspension is not None:
        start, last = suspension.in_force.start, _last_day(suspension, calendar)
        known += [
            (Fact.DECIDED, suspension.record.decided),
            (Fact.FIRST_DAY, When(start) if start else None),
            (Fact.LAST_DAY, When(last) if last else None),
            (Fact.CANCELLED, suspension.cancelled),
        ]
    back = run.return_session(calendar) if run and run.has_return else None
    if back is not None:
        known.append((Fact.RETURN, When.of_moment(calendar.starts(back), school.timezone)))
    if meeting is not None and not meeting.cancelled:
        known.append((Fact.MEETING, When.of_moment(meeting.at, school.timezone)))
    for fact, when in known:
        if when is not None:
            yield fact, when.moment(school.timezone, time.min), when.at is not None


def _last_day(suspension: Suspension, calendar: SchoolCalendar) -> date | None:
    """By its sessions where it has a number of them. A permanent exclusion has no last day."""
    if suspension.record.category == Category.PERMANENT:
        return None
    sessions = suspension.suspended_sessions(calendar)
    return sessions[-1].day if sessions and suspension.in_force.complete else suspension.in_force.end


def _timeline(
    changes: Sequence[AuditRow], facts: Iterable[tuple[Fact, datetime, bool]], now: datetime
) -> Sequence[Entry]:
    """Oldest first; a day without an hour stands before the hours of that day."""
    entries = [Entry(row.at, row, exact=True, ahead=False) for row in changes]
    entries += [Entry(at, fact, exact, ahead=at > now) for fact, at, exact in facts]
    return sorted(entries, key=lambda entry: entry.at)


def _suspension_json(sheet: CaseSheet, suspension: Suspension) -> Json:
    timezone = sheet.school.timezone
    decided, cancelled = suspension.decided, suspension.cancelled
    return {
        "category": suspension.record.category,
        "decided": None if decided is None else day_json(decided.day, timezone),
        "dates": dates_json(suspension.in_force),
        "returns": None if sheet.back is None else day_json(sheet.back.day, timezone),
        "cancelled": None if cancelled is None else day_json(cancelled.day, timezone),
        "questions": [
            {"reported": dates_json(question.reported), "answer": question.answer and question.answer.value}
            for question in sheet.questions
        ],
    }


def _meeting_json(meeting: Meeting, timezone: ZoneInfo) -> Json:
    return {
        "at": day_json(meeting.at, timezone),
        "minutes": meeting.minutes,
        "cancelled": meeting.cancelled,
        "online": meeting.online,
        "warning": meeting.warning or None,
        "external_id": meeting.external_id,
    }


def _can_meet_online(school: School) -> bool:
    """A workspace that cannot be built is told of by `check`; the sheet only leaves the choice out."""
    try:
        return school.workspace().online_meetings
    except RpConnectError:
        return False
