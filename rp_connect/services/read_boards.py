"""What the boards of schools show, read for all of them at once: a trust asks as little as a school."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from rp_connect.domain.calendar import SchoolCalendar
from rp_connect.domain.case import Case, Stage
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.people import Pupil
from rp_connect.domain.suspension import Suspension
from rp_connect.domain.task import Task
from rp_connect.ports.store import SchoolState, UnitOfWork
from rp_connect.services.office import School

T = TypeVar("T", Case, Task, Meeting, Suspension)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBoard:
    """One school, as it is stored. `tomorrow` is the next school day; `tasks` are the open ones, `meetings`
    those of this week and of tomorrow at least; `cases` the open ones and whichever those belong to, by
    reference, and `people` the pupils of each; `suspensions` those that open cases follow; `held` why sources
    are."""

    today: date
    tomorrow: date
    state: SchoolState
    tasks: Sequence[Task]
    meetings: Sequence[Meeting]
    cases: Mapping[str, Case]
    people: Mapping[str, Sequence[Pupil]]
    suspensions: Sequence[Suspension]
    held: Sequence[str]
    refused: int
    parked: int


def read_boards(work: UnitOfWork, schools: Sequence[School], now: datetime) -> Mapping[str, StoredBoard]:
    """By school. `now` is timezone-aware."""
    ids = [school.id for school in schools]
    days = _days(work, schools, now)
    tasks = work.tasks.open_of(ids)
    meetings = _meetings(work, schools, days)
    cases = _cases(work, ids, [*tasks, *meetings])
    people = _people(work, cases)
    followed = [c.suspension_no for c in cases if c.suspension_no and c.stage is not Stage.CLOSED]
    suspensions = work.suspensions.by_no(followed).values()
    states, held = work.schools.states(ids), work.schools.held(ids)
    refused, parked = work.refusals.counts(ids), work.effects.parked(ids)
    their_cases, their_tasks = _by_school(cases), _by_school(tasks)
    their_meetings, their_suspensions = _by_school(meetings), _by_school(suspensions)
    return {
        school: StoredBoard(
            today=days[school][0],
            tomorrow=days[school][1],
            state=states[school],
            tasks=their_tasks[school],
            meetings=their_meetings[school],
            cases={case.ref: case for case in their_cases[school]},
            people=people,
            suspensions=their_suspensions[school],
            held=held.get(school, []),
            refused=refused.get(school, 0),
            parked=parked.get(school, 0),
        )
        for school in ids
    }


def _by_school(rows: Iterable[T]) -> defaultdict[str, list[T]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for row in rows:
        found[row.school].append(row)
    return found


def _days(work: UnitOfWork, schools: Sequence[School], now: datetime) -> Mapping[str, tuple[date, date]]:
    """Today, and the next school day, which on a Friday is Monday; the next day where no calendar says."""
    periods = work.schools.calendars([school.id for school in schools])
    found = {}
    for school in schools:
        today = school.day_of(now)
        calendar = SchoolCalendar(periods[school.id], school.settings.day, school.timezone)
        found[school.id] = today, calendar.after(today) or today + timedelta(days=1)
    return found


def _meetings(
    work: UnitOfWork, schools: Sequence[School], days: Mapping[str, tuple[date, date]]
) -> Sequence[Meeting]:
    """Those of this week, and of the next school day where that comes later, wherever it comes latest."""
    spans = [_span(school, *days[school.id]) for school in schools]
    if not spans:
        return []
    since, until = min(begins for begins, _ in spans), max(ends for _, ends in spans)
    return work.meetings.of_schools([school.id for school in schools], since, until)


def _span(school: School, today: date, tomorrow: date) -> tuple[datetime, datetime]:
    monday = today - timedelta(days=today.weekday())
    after = max(monday + timedelta(days=7), tomorrow + timedelta(days=1))
    begins, ends = (datetime.combine(day, time.min, school.timezone) for day in (monday, after))
    return begins, ends


def _cases(work: UnitOfWork, schools: Sequence[str], shown: Iterable[Task | Meeting]) -> Sequence[Case]:
    """Those that are open, and those of which something is shown: not all that a school ever had."""
    cases = {case.ref: case for case in work.cases.open_of(schools)}
    return [*cases.values(), *work.cases.by_ref({row.case for row in shown} - cases.keys()).values()]


def _people(work: UnitOfWork, cases: Sequence[Case]) -> Mapping[str, Sequence[Pupil]]:
    """The pupils of each case."""
    parties = {case.ref: [party.pupil_no for party in case.parties] for case in cases}
    pupils = work.pupils.get({no for numbers in parties.values() for no in numbers})
    return {ref: [pupils[no] for no in numbers if no in pupils] for ref, numbers in parties.items()}
