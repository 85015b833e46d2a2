"""What an effect should make so outside, as the store says it now. Titles and keys bear no name."""

from __future__ import annotations

from datetime import date, datetime

from rp_connect.domain.duty import Confidence
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.people import Role
from rp_connect.domain.task import Choice, Seen, Task, TaskState
from rp_connect.ports.store import UnitOfWork
from rp_connect.ports.workspace import Notice, WorkspaceMeeting, WorkspaceTask
from rp_connect.services.office import Office, School


def workspace_task(
    office: Office, school: School, task: Task, revision: int, stage: str = ""
) -> WorkspaceTask:
    """The planned day where a person set one, else the local day of the rule's due. `stage` is the case's."""
    chosen = people_chosen(office, school, task)
    return WorkspaceTask(
        key=task.id,
        revision=revision,
        title=task.title,
        day=task.shown_day(school.timezone),
        state=task.state,
        role=task.role,
        assignees=role_holders(office, school, task) if chosen is None else chosen,
        details=_details(task, school),
        link=f"{office.page}/cases/{task.case}",
        closed_at=task.closed_at,
        seen_version=Seen.from_text(task.seen).version if task.seen else None,
        stage=stage,
        steps=task.steps,
        labels=_labels(task),
    )


def role_holders(office: Office, school: School, task: Task) -> tuple[str, ...]:
    """Whom we ourselves would give it to."""
    return school.settings.holders(task.role, task.shown_day(school.timezone) or office.today(school))


def people_chosen(office: Office, school: School, task: Task) -> tuple[str, ...] | None:
    """Whom people gave it to, perhaps nobody; None where they did not, or ours are others since."""
    choice = Choice.from_text(task.assignee) if task.assignee else None
    return choice.people if choice and choice.stands(role_holders(office, school, task)) else None


def _labels(task: Task) -> tuple[str, ...]:
    """Only what we have read in the law itself is called a legal duty."""
    legal = ("legal duty",) if task.confidence is Confidence.CONFIRMED else ()
    return (*legal, task.due_note.value) if task.due_note else legal


def _details(task: Task, school: School) -> str:
    lines = [f"Basis: {task.basis}"]
    if isinstance(task.due, datetime):
        lines.append(f"Due {task.due.astimezone(school.timezone):%d %B %Y, %H:%M}")
    elif task.planned and task.due:
        lines.append(f"Legally due {task.due:%d %B %Y}")
    if task.due_note:
        lines.append(f"Note: {task.due_note}")
    if task.state is TaskState.CANCELLED:
        lines.append("Cancelled: it is no longer needed.")
    if task.deletions:
        lines.append("This task was deleted and has been made again.")
    return "\n".join(lines)


def workspace_meeting(
    office: Office, school: School, meeting: Meeting, revision: int, own: frozenset[str]
) -> WorkspaceMeeting:
    """Once anybody is invited who is not of the school (`own`), nobody sees the addresses of the others."""
    return WorkspaceMeeting(
        key=meeting.id,
        revision=revision,
        title=f"{meeting.case} · Reintegration meeting",
        at=meeting.at,
        minutes=meeting.minutes,
        timezone=school.timezone,
        place=meeting.place,
        invited=meeting.invited,
        cancelled=meeting.cancelled,
        online=meeting.online,
        apart=any(address.casefold() not in own for address in meeting.invited),
        link=f"{office.page}/cases/{meeting.case}",
    )


def own_people(work: UnitOfWork, school: School) -> frozenset[str]:
    """The addresses of whoever holds a role here, and of the staff that the MIS knows."""
    people = school.settings.people
    named = [*people.cover, *(address for role in Role for address in people.of(role))]
    known = [member.email for member in work.staff.every(school.id)]
    return frozenset(address.strip().casefold() for address in (*named, *known) if address)


def due_notice(office: Office, work: UnitOfWork, school: School, key: str, revision: int) -> Notice:
    """The day's reminder to one role: counts and case references only. `key` is school.date.role."""
    _, day_text, role_text = key.rsplit(".", 2)
    day, role = date.fromisoformat(day_text), Role(role_text)
    tasks = [t for t in work.tasks.every(school=school.id, state=TaskState.OPEN) if t.role is role]
    days = [(t.case, t.shown_day(school.timezone)) for t in tasks]
    today = sorted({case for case, due in days if due == day})
    late = sorted({case for case, due in days if due is not None and due < day})
    lines = [f"Due today: {len(today)} cases", *today, f"Late: {len(late)} cases", *late]
    return Notice(
        key=key,
        revision=revision,
        title=f"Restorative practice: {day:%d %B %Y}",
        lines=lines,
        to=tuple(school.settings.holders(role, day)),
    )
