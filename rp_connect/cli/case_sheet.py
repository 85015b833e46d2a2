"""One case on a terminal: its suspension, its meeting and its tasks; pupils by their MIS id only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rp_connect.cli.output import attention, day_text, heading, quiet, say, short_title, table
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.suspension import Dates, Suspension
from rp_connect.domain.task import Task
from rp_connect.ports.store import AuditRow
from rp_connect.services.show_case import CaseSheet
from rp_connect.services.to_json import Json, case_json, dates_json, day_json, task_json


def show_sheet(sheet: CaseSheet) -> None:
    """The case as a person reads it."""
    say(heading(f"{sheet.case.ref}  {sheet.case.kind}, at “{sheet.case.stage}”"))
    for label, words in _facts(sheet):
        say(f"{label:<11}{words}")
    for question in sheet.questions:
        if question.answer is None:
            reported = dates_text(sheet, question.reported)
            say(attention(f"Longer dates were reported ({reported}). Are they a further suspension, or a"))
            say(attention(f"correction? “rp-connect case answer {sheet.case.ref} further” or “correction”."))
    for title, tasks in (("To do", sheet.tasks.to_do), ("Done", sheet.tasks.done)):
        if tasks:
            say(heading(f"\n{title}"))
            say(table(("ID", "Due", "For", "Task"), [_cells(sheet, task) for task in tasks]))
    if sheet.tasks.to_do:
        say(quiet(f"\nWhen one is done: “rp-connect task done {sheet.case.ref}.ID”."))


def _facts(sheet: CaseSheet) -> Iterator[tuple[str, str]]:
    timezone = sheet.school.timezone
    yield "School", sheet.case.school
    yield "Pupils", ", ".join(pupil.record.id for _, pupil in sheet.parties)
    yield "Opened", day_text(sheet.case.opened_at, timezone)
    if sheet.suspension is not None:
        yield "Record", f"{sheet.suspension.mis} {sheet.suspension.record.id}"
        yield "Suspended", _suspended(sheet, sheet.suspension)
    if sheet.back is not None:
        yield "Returns", f"{day_text(sheet.back.day, timezone)} {sheet.back.half.name}"
    if sheet.meeting is not None and not sheet.meeting.cancelled:
        yield "Meets", f"{day_text(sheet.meeting.at, timezone)}, {sheet.meeting.minutes} minutes"
    if sheet.linked:
        yield "Linked", ", ".join(other.ref for other in sheet.linked)


def _suspended(sheet: CaseSheet, suspension: Suspension) -> str:
    if suspension.cancelled is not None:
        return f"cancelled on {day_text(suspension.cancelled.day, sheet.school.timezone)}"
    if suspension.in_force.start is None:
        return "the dates are missing: “rp-connect case dates” gives them"
    return dates_text(sheet, suspension.in_force)


def dates_text(sheet: CaseSheet, dates: Dates) -> str:
    """“12 Nov 2026 AM to 16 Nov 2026, 6 half days”."""
    zone = sheet.school.timezone
    first, final = dates.first, dates.final
    words = "–" if first is None else f"{day_text(first.day, zone)} {first.half.name}"
    if final is not None:
        words += f" to {day_text(final.day, zone)} {final.half.name}"
    return words if dates.sessions is None else f"{words}, {dates.sessions} half days"


def _cells(sheet: CaseSheet, task: Task) -> tuple[str, ...]:
    timezone = sheet.school.timezone
    due = day_text(task.due, timezone) if task.due else task.due_note or "–"
    late = attention("late: ") if task.overdue(sheet.now, timezone) else ""
    return task.id.removeprefix(f"{task.case}."), due, task.role, late + short_title(task)


def sheet_json(sheet: CaseSheet) -> Json:
    """The case as `case list` has it, with its suspension, meeting, tasks and history."""
    timezone = sheet.school.timezone
    tasks = _all_tasks(sheet)
    pupils = [pupil for _, pupil in sheet.parties]
    return {
        **case_json(sheet.case, pupils, tasks, sheet.suspension, timezone),
        "suspension": None if sheet.suspension is None else _suspension_json(sheet, sheet.suspension),
        "meeting": None if sheet.meeting is None else _meeting_json(sheet, sheet.meeting),
        "tasks": [task_json(task, sheet.suspension, timezone) for task in tasks],
        "history": [
            {"at": day_json(entry.at, timezone), "what": entry.what.what}
            for entry in sheet.timeline
            if isinstance(entry.what, AuditRow)
        ],
    }


def _all_tasks(sheet: CaseSheet) -> Sequence[Task]:
    return [*sheet.tasks.to_do, *sheet.tasks.done, *sheet.tasks.cancelled]


def _suspension_json(sheet: CaseSheet, suspension: Suspension) -> Json:
    timezone = sheet.school.timezone
    return {
        "category": suspension.record.category,
        "decided": None if suspension.decided is None else day_json(suspension.decided.day, timezone),
        "dates": dates_json(suspension.in_force),
        "returns": None if sheet.back is None else day_json(sheet.back.day, timezone),
        "cancelled": None if suspension.cancelled is None else day_json(suspension.cancelled.day, timezone),
        "questions": [
            {"reported": dates_json(question.reported), "answer": question.answer and question.answer.value}
            for question in sheet.questions
        ],
    }


def _meeting_json(sheet: CaseSheet, meeting: Meeting) -> Json:
    return {
        "at": day_json(meeting.at, sheet.school.timezone),
        "minutes": meeting.minutes,
        "cancelled": meeting.cancelled,
        "external_id": meeting.external_id,
    }
