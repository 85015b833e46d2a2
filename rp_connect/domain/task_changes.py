"""What must change among a case's tasks so that they are what the rules now require.

A task's identity is (suspension, rule, occurrence), never its date: an amendment re-dates open tasks, cancels
lapsed ones, creates missing ones and leaves done ones. What had lapsed and is required again re-opens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rp_connect.domain.case import Case
from rp_connect.domain.duty import Duty
from rp_connect.domain.task import SYSTEM, Task, TaskState, task_id


@dataclass(frozen=True, slots=True)
class TaskChanges:
    """New and changed tasks, by what happened to them."""

    created: tuple[Task, ...] = ()
    changed: tuple[Task, ...] = ()
    cancelled: tuple[Task, ...] = ()
    settled: tuple[Task, ...] = ()

    @property
    def every(self) -> tuple[Task, ...]:
        return self.created + self.changed + self.cancelled + self.settled


@dataclass(frozen=True, slots=True)
class Moment:
    """When the comparison is made: the school's clock and zone, and which new duties come late anyway."""

    now: datetime
    timezone: ZoneInfo
    learnt_late: Callable[[Duty], bool]

    def late(self, duty: Duty) -> bool:
        return self.learnt_late(duty) or self.past(duty.due)

    def past(self, due: date | datetime | None) -> bool:
        if due is None:
            return False
        return (
            self.now > due if isinstance(due, datetime) else self.now.astimezone(self.timezone).date() > due
        )


def compare(case: Case, held: Sequence[Task], duties: Sequence[Duty], moment: Moment) -> TaskChanges:
    """Compare what is held with what is required now. Equal input gives no change."""
    by_id = {task.id: task for task in held}
    wanted = {task_id(case.ref, duty.rule, duty.occurrence): duty for duty in duties}
    created = [
        _new(case, key, duty, moment) for key, duty in wanted.items() if key not in by_id and not duty.met
    ]
    kept = [(by_id[key], duty) for key, duty in wanted.items() if key in by_id]
    settled = [_settle(t, moment) for t, d in kept if d.met and t.state is TaskState.OPEN]
    changed = [_amend(t, d) for t, d in kept if not d.met and _reacts(t)]
    lapsed = [t for t in held if t.rule and t.id not in wanted and t.state is TaskState.OPEN]
    return TaskChanges(
        created=tuple(created),
        changed=tuple(after for after in changed if after != by_id[after.id]),
        cancelled=tuple(replace(t, state=TaskState.CANCELLED, closed_at=moment.now) for t in lapsed),
        settled=tuple(settled),
    )


def _reacts(task: Task) -> bool:
    """Done tasks are left, but for those that closed themselves and whose reason is back."""
    return task.state is not TaskState.DONE or task.closed_by == SYSTEM


def _new(case: Case, key: str, duty: Duty, moment: Moment) -> Task:
    return Task(
        id=key,
        case=case.ref,
        school=case.school,
        rule=duty.rule,
        occurrence=duty.occurrence,
        title=f"{case.ref} · {duty.title}",
        due=duty.due,
        note=duty.note,
        role=duty.role,
        basis=duty.basis,
        confidence=duty.confidence,
        late=moment.late(duty),
        steps=duty.steps,
    )


def _amend(task: Task, duty: Duty) -> Task:
    keep = duty.keeps_due and task.state is TaskState.OPEN and task.due is not None
    return replace(
        task,
        state=TaskState.OPEN,
        closed_by=None,
        closed_at=None,
        title=f"{task.case} · {duty.title}",
        due=task.due if keep else duty.due,
        note=task.note if keep else duty.note,
        role=duty.role,
        basis=duty.basis,
        confidence=duty.confidence,
        steps=duty.steps,
    )


def _settle(task: Task, moment: Moment) -> Task:
    return replace(task, state=TaskState.DONE, closed_by=SYSTEM, closed_at=moment.now)
