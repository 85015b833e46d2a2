"""What the demo's schools do with what was loaded: tasks done, a few left late, meetings set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from rp_connect.domain.people import Role
from rp_connect.domain.task import Task, TaskState
from rp_connect.services.complete_task import complete_task
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.list_cases import timezone_of
from rp_connect.services.office import Office
from rp_connect.services.pull_tasks import pull_tasks
from rp_connect.services.set_meeting import set_meeting
from rp_connect.services.suggest_slots import suggest_slots
from rp_connect.services.sync_report import Progress, SchoolSync
from rp_connect.services.sync_schools import sync_schools

ANSWERED_BY_DATA = ("supply-dates", "dates-changed", "attendance-mismatch")
"""These end when the MIS is put right or a question is answered, so the demo leaves them to the reader."""
LEFT_LATE = 5
"""Of the tasks that fell due in the last days, so many stay late: a board without any would not be true."""
LATELY = timedelta(days=5)
MEETINGS = 2
PLACE = "Meeting room 2"


@dataclass(slots=True)
class Lived:
    """What happened, for the summary. `meetings` are the cases that have one now."""

    synced: Sequence[SchoolSync] = ()
    sent: int = 0
    waiting: int = 0
    parked: int = 0
    done: int = 0
    late: int = 0
    meetings: list[str] = field(default_factory=list)


def live_a_while(office: Office, progress: Progress) -> Lived:
    """The main job once, then what people would have done since, then the main job's second half again."""
    lived = Lived(synced=sync_schools(office, progress=progress))
    _deliver(office, lived, progress)
    pull_tasks(office)
    _work(office, lived, progress)
    _meet(office, lived)
    _deliver(office, lived, progress)
    return lived


def _deliver(office: Office, lived: Lived, progress: Progress) -> None:
    report = deliver_effects(office, progress)
    lived.sent += report.done
    lived.waiting, lived.parked = report.waiting, report.parked


def _work(office: Office, lived: Lived, progress: Progress) -> None:
    """Complete what is past its due, in the name of whoever holds the role."""
    past = _past(office)
    left = {task.id for task in _left_late(office, past)}
    progress.begin("the schools at work", len(past))
    for task in past:
        if task.id not in left and task.rule not in ANSWERED_BY_DATA:
            complete_task(office, task.id, _holder(office, task))
            lived.done += 1
        progress.advance(1)
    progress.end()
    lived.late = len(past) - lived.done


def _past(office: Office) -> list[Task]:
    now = office.clock.now()
    with office.store.read() as work:
        tasks = work.tasks.every(state=TaskState.OPEN)
    return [task for task in tasks if task.overdue(now, timezone_of(office, task.school))]


def _left_late(office: Office, past: Sequence[Task]) -> Sequence[Task]:
    """Evenly over those that fell due lately, so that they are of several cases and roles."""
    since = office.clock.now() - LATELY
    lately = [
        task
        for task in past
        if task.rule not in ANSWERED_BY_DATA
        and (day := task.due_day(timezone_of(office, task.school))) is not None
        and day >= since.date()
    ]
    return lately[:: max(len(lately) // LEFT_LATE, 1)][:LEFT_LATE]


def _holder(office: Office, task: Task) -> str:
    school = office.school(task.school)
    return next(iter(school.settings.holders(task.role, office.today(school))), task.role.value)


def _meet(office: Office, lived: Lived) -> None:
    """Set the meetings of the next returns at the first free time that their lead has."""
    today = {school.id: office.today(school) for school in office.schools.values()}
    with office.store.read() as work:
        tasks = work.tasks.every(state=TaskState.OPEN)
    for task in tasks:
        day = task.due_day(timezone_of(office, task.school))
        if task.rule != "reintegration-meeting" or day is None or day < today[task.school]:
            continue
        for slot in suggest_slots(office, task.case).slots[:1]:
            lead = office.school(task.school).settings.people.of(Role.LEAD)
            set_meeting(office, task.case, slot.at, slot.minutes, PLACE, False, lead, _holder(office, task))
            lived.meetings.append(task.case)
        if len(lived.meetings) == MEETINGS:
            return
