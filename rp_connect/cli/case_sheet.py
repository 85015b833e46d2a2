"""One case on a terminal: its suspension, its meeting and its tasks; pupils by their MIS id only."""

from __future__ import annotations

from collections.abc import Iterator

from rp_connect.cli.output import attention, day_text, heading, quiet, say, short_title, table
from rp_connect.domain.suspension import Dates, Suspension
from rp_connect.domain.task import Task
from rp_connect.services.show_case import CaseSheet


def show_sheet(sheet: CaseSheet) -> None:
    """The case as a person reads it."""
    say(heading(f"{sheet.case.ref}  {sheet.case.kind}, at “{sheet.case.stage}”"))
    for label, words in _facts(sheet):
        say(f"{label:<11}{words}")
    if sheet.question is not None:
        reported = dates_text(sheet, sheet.question.reported)
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
        online = ", online" if sheet.meeting.online else ""
        yield "Meets", f"{day_text(sheet.meeting.at, timezone)}, {sheet.meeting.minutes} minutes{online}"
        if sheet.meeting.warning:
            yield "", attention(sheet.meeting.warning)
    if sheet.linked:
        yield "Linked", ", ".join(other.ref for other in sheet.linked)


def _suspended(sheet: CaseSheet, suspension: Suspension) -> str:
    if suspension.cancelled is not None:
        return f"cancelled on {day_text(suspension.cancelled.day, sheet.school.timezone)}"
    if suspension.in_force.start is None:
        return f"the dates are missing: “rp-connect case dates {sheet.case.ref} --start DATE”"
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
