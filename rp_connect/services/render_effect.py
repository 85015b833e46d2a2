"""What an effect should make so outside, as the store says it now. Titles and keys bear no name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from rp_connect.domain.meeting import Meeting
from rp_connect.domain.people import Role
from rp_connect.domain.suspension import Suspension
from rp_connect.domain.task import Seen, Task, TaskState
from rp_connect.ports.store import UnitOfWork
from rp_connect.ports.workspace import CaseRecord, Notice, WorkspaceMeeting, WorkspaceTask
from rp_connect.services.office import Office, School


def workspace_task(office: Office, school: School, task: Task, revision: int) -> WorkspaceTask:
    """The planned day where a person set one, else the local day of the rule's due."""
    day = task.shown_day(school.timezone)
    assignees = (
        (task.assignee,) if task.assignee else school.settings.holders(task.role, day or office.today(school))
    )
    return WorkspaceTask(
        key=task.id,
        revision=revision,
        title=task.title,
        day=day,
        state=task.state,
        role=task.role,
        assignees=tuple(assignees),
        details=_details(task, school),
        link=f"{office.page}/cases/{task.case}",
        closed_at=task.closed_at,
        seen_version=Seen.from_text(task.seen).version if task.seen else None,
    )


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


def workspace_meeting(school: School, meeting: Meeting, revision: int) -> WorkspaceMeeting:
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
    )


def case_record(office: Office, work: UnitOfWork, school: School, ref: str, revision: int) -> CaseRecord:
    """The sheet of a case: who, which days, what is to be done. It stays in the school's own workspace."""
    case = work.cases.get(ref)
    pupils = work.pupils.get([party.pupil_no for party in case.parties])
    facts = [
        ("School", school.settings.name),
        ("Stage", case.stage.value.capitalize()),
        ("Opened", f"{case.opened_at.astimezone(school.timezone):%d %B %Y}"),
        *(("Pupil", pupils[party.pupil_no].record.display_name) for party in case.parties),
    ]
    if case.suspension_no is not None:
        facts += _suspension_facts(work.suspensions.get(case.suspension_no), school)
    meeting = work.meetings.of_case(ref)
    if meeting is not None and not meeting.cancelled:
        facts.append(("Meeting", f"{meeting.at.astimezone(school.timezone):%A %d %B %Y, %H:%M}"))
    tasks = [_row(task, school) for task in work.tasks.every(case=ref)]
    return CaseRecord(key=ref, revision=revision, title=f"{ref} · Reintegration", facts=facts, tasks=tasks)


def meeting_summary(
    office: Office, work: UnitOfWork, school: School, meeting_id: str, revision: int
) -> CaseRecord:
    """The summary of one meeting: the case's sheet, under the meeting's key."""
    meeting = work.meetings.get(meeting_id)
    sheet = case_record(office, work, school, meeting.case, revision)
    return replace(sheet, key=meeting_id, title=f"{meeting.case} · Summary of the meeting")


def _suspension_facts(suspension: Suspension, school: School) -> list[tuple[str, str]]:
    record, dates = suspension.record, suspension.in_force
    facts = [("Category", record.category)]
    if record.reasons:
        facts.append(("Reasons", ", ".join(record.reasons)))
    if dates.start:
        facts.append(("From", f"{dates.start:%A %d %B %Y}"))
    if dates.sessions:
        facts.append(("Half days", str(dates.sessions)))
    if dates.end:
        facts.append(("To", f"{dates.end:%A %d %B %Y}"))
    if suspension.cancelled:
        facts.append(("Cancelled", f"{suspension.cancelled.day:%A %d %B %Y}"))
    return facts


def _row(task: Task, school: School) -> tuple[str, str, str]:
    day = task.shown_day(school.timezone)
    return task.title.partition(" · ")[2], f"{day:%d %B %Y}" if day else "no date yet", task.state.value


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
