"""The sheet of a case and the summary of its meeting, as the store says them now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from rp_connect.domain.case import Case
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.people import Pupil, Role
from rp_connect.domain.suspension import Suspension
from rp_connect.domain.task import Task, TaskState
from rp_connect.ports.store import UnitOfWork
from rp_connect.ports.workspace import PUPIL_FACT, CaseRecord
from rp_connect.services.office import Office, School

WORDS_FOR_ROLES = {
    Role.LEAD: "the restorative practice lead",
    Role.DSL: "the safeguarding lead",
    Role.SENCO: "the SENCO",
    Role.HEAD: "the head",
    Role.ATTENDANCE: "the attendance officer",
    Role.CLERK: "the clerk to the board",
}


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """All that is known of one case. `pupils` are those of its parties, in their order there; `meeting` the
    one that stands."""

    case: Case
    pupils: Sequence[Pupil]
    suspension: Suspension | None
    meeting: Meeting | None
    tasks: Sequence[Task]

    def __repr__(self) -> str:
        return f"<Sheet {self.case.ref}>"


def sheets(work: UnitOfWork, refs: Collection[str]) -> dict[str, Sheet]:
    """By reference, read together; what is not known is left out."""
    cases = work.cases.by_ref(refs)
    pupils = work.pupils.get({party.pupil_no for case in cases.values() for party in case.parties})
    numbers = {case.suspension_no for case in cases.values() if case.suspension_no is not None}
    suspensions = work.suspensions.by_no(numbers)
    meetings, tasks = work.meetings.of_cases(refs), work.tasks.of_cases(refs)
    return {
        ref: Sheet(
            case,
            [pupils[party.pupil_no] for party in case.parties],
            None if case.suspension_no is None else suspensions[case.suspension_no],
            meetings.get(ref),
            tasks.get(ref, ()),
        )
        for ref, case in cases.items()
    }


def case_record(office: Office, work: UnitOfWork, school: School, ref: str, revision: int) -> CaseRecord:
    """The sheet of one case as it is now. Raises NotFoundError."""
    held = sheets(work, [ref])
    return record_of(school, held[ref] if held else _unknown(work, ref), revision)


def _unknown(work: UnitOfWork, ref: str) -> Sheet:
    return Sheet(work.cases.get(ref), (), None, None, ())


def record_of(school: School, sheet: Sheet, revision: int) -> CaseRecord:
    """The sheet of a case: who, which days, what is to be done. It stays in the school's own workspace."""
    case = sheet.case
    facts = [
        ("School", school.settings.name),
        ("Stage", case.stage.value.capitalize()),
        ("Opened", f"{case.opened_at.astimezone(school.timezone):%d %B %Y}"),
        *((PUPIL_FACT, pupil.record.display_name) for pupil in sheet.pupils),
    ]
    if sheet.suspension is not None:
        facts += _suspension_facts(sheet.suspension, school)
    if sheet.meeting is not None:
        facts.append(("Meeting", _meeting_fact(sheet.meeting, school)))
    return CaseRecord(
        key=case.ref,
        revision=revision,
        title=f"{case.ref} · Reintegration",
        facts=facts,
        tasks=[_row(task, school) for task in sheet.tasks],
        columns=_columns(school, sheet),
    )


def _meeting_fact(meeting: Meeting, school: School) -> str:
    words = f"{meeting.at.astimezone(school.timezone):%A %d %B %Y, %H:%M}"
    return f"{words}, online" if meeting.online else words


def meeting_summary(
    office: Office, work: UnitOfWork, school: School, meeting_id: str, revision: int
) -> CaseRecord:
    """The summary of one meeting as it is now. Raises NotFoundError."""
    meeting = work.meetings.get(meeting_id)
    return summary_of(school, sheets(work, [meeting.case])[meeting.case], meeting, revision)


def summary_of(school: School, sheet: Sheet, meeting: Meeting, revision: int) -> CaseRecord:
    """The summary of one meeting, under the meeting's key: when and where, who was asked (by role, never by
    address), the case's facts, and what was agreed or is still to be done: tasks that lapsed are left out."""
    record = record_of(school, sheet, revision)
    tasks = [t for t in sheet.tasks if t.state is not TaskState.CANCELLED]
    return replace(
        record,
        key=meeting.id,
        title=f"{meeting.case} · Summary of the meeting",
        facts=[*_meeting_facts(meeting, school), *(fact for fact in record.facts if fact[0] != "Meeting")],
        tasks=[_row(task, school) for task in tasks],
    )


def _columns(school: School, sheet: Sheet) -> dict[str, str]:
    """By the stable names of `CaseRecord`. Reasons stay out: a table is read over many shoulders."""
    case, pupils, tasks = sheet.case, sheet.pupils, sheet.tasks
    columns = {
        "school": school.id,
        "kind": case.kind,
        "stage": case.stage.value,
        "opened": case.opened_at.astimezone(school.timezone).date().isoformat(),
        "pupils": "; ".join(pupil.record.id for pupil in pupils),
        "pupil_names": "; ".join(pupil.record.display_name for pupil in pupils),
        "tasks_open": str(sum(task.state is TaskState.OPEN for task in tasks)),
        "tasks_done": str(sum(task.state is TaskState.DONE for task in tasks)),
    }
    if sheet.suspension is not None:
        dates = sheet.suspension.in_force
        columns["from"] = dates.start.isoformat() if dates.start else ""
        columns["to"] = dates.end.isoformat() if dates.end else ""
        columns["half_days"] = str(dates.sessions or "")
    if sheet.meeting is not None:
        columns["meeting"] = sheet.meeting.at.astimezone(UTC).isoformat()
    return {name: text for name, text in columns.items() if text}


def _meeting_facts(meeting: Meeting, school: School) -> list[tuple[str, str]]:
    at = meeting.at.astimezone(school.timezone)
    where = meeting.place or ("Online" if meeting.online else "Not recorded")
    facts = [
        ("When", f"{at:%A %d %B %Y, %H:%M}, for {meeting.minutes} minutes"),
        ("Where", where),
        ("Invited", _asked(meeting, school)),
    ]
    if meeting.cancelled:
        facts.append(("Cancelled", "This meeting was cancelled."))
    return facts


def _asked(meeting: Meeting, school: School) -> str:
    """Roles, and how many others: an address of a family is nobody's to copy from a summary."""
    invited = {address.casefold() for address in meeting.invited}
    held = {
        role: {address.casefold() for address in school.settings.people.of(role)} & invited for role in Role
    }
    roles = [WORDS_FOR_ROLES[role] for role, holders in held.items() if holders]
    others = len(invited.difference(*held.values()))
    if others:
        roles.append("1 other person" if others == 1 else f"{others} other people")
    return ", ".join(roles) or "Nobody was invited by rp-connect"


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
