"""A task as a file of one VTODO, which people tick, move and annotate in any calendar program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from icalendar import Component, Todo, vText

from rp_connect.domain.people import Role
from rp_connect.domain.task import TaskState
from rp_connect.ports.workspace import SeenTask, WorkspaceTask
from rp_local.calendar_file import (
    CalendarFile,
    address_of,
    every,
    first,
    local_day,
    new_calendar,
    put,
    put_people,
    read_calendar,
    rendered,
    stamp,
    whole_number,
)
from rp_local.wording import one_line, plain

ESCAPED = re.compile(r"\\(.)")
OUR_WORDS = "X-RP-DESCRIPTION"
"""What we wrote into DESCRIPTION last, so that a person's own notes there can be told apart."""


@dataclass(frozen=True)
class VTodo:
    timezone: ZoneInfo
    organiser: str | None

    def marks(self, data: bytes, key: str) -> CalendarFile:
        return read_calendar(data, key, "VTODO")

    def seen(self, data: bytes, key: str) -> SeenTask:
        file = self.marks(data, key)
        todo = file.main
        return SeenTask(
            key=key,
            external_id=file.external_id,
            version=file.version,
            done=is_done(todo),
            day=day_of(todo, self.timezone),
            assignees=assignees_of(todo),
        )

    def new(self, item: WorkspaceTask, external_id: str) -> bytes:
        todo = Todo()
        calendar = new_calendar(todo, item.key, external_id)
        self._fill(todo, item)
        return rendered(calendar)

    def changed(self, held: bytes, item: WorkspaceTask) -> bytes:
        file = self.marks(held, item.key)
        self._fill(file.main, item)
        return rendered(file.calendar)

    def _fill(self, todo: Component, task: WorkspaceTask) -> None:
        now = datetime.now(UTC)
        put(todo, "SUMMARY", one_line(task.title))
        put_day(todo, task.day, self.timezone)
        put_state(todo, task.state, task.closed_at or now)
        put_words(todo, plain(f"{task.details}\n{task.link}"))
        put_role(todo, task.role)
        put_people(todo, task.assignees, self.organiser, keep_answers=True)
        stamp(todo, task.revision, now)


def is_done(todo: Component) -> bool:
    """Calendar programs differ in which of the three they set."""
    status = str(first(todo, "STATUS")).strip().upper()
    if status == "CANCELLED":
        return False
    return (
        status == "COMPLETED"
        or whole_number(first(todo, "PERCENT-COMPLETE")) == 100
        or first(todo, "COMPLETED") is not None
    )


def day_of(todo: Component, zone: ZoneInfo) -> date | None:
    due, start, length = (first(todo, name) for name in ("DUE", "DTSTART", "DURATION"))
    if due is not None:
        return local_day(due.dt, zone)
    if start is None or length is None:
        return None
    try:
        return local_day(start.dt + length.dt, zone)
    except OverflowError:
        return None


def assignees_of(todo: Component) -> tuple[str, ...] | None:
    """None where there is no ATTENDEE: programs that know no assignees drop them, which unassigns nobody."""
    attendees = every(todo, "ATTENDEE")
    return tuple(dict.fromkeys(filter(None, map(address_of, attendees)))) if attendees else None


def put_day(todo: Component, day: date | None, zone: ZoneInfo) -> None:
    """A start that a calendar program added must be a date like DUE, and not after it."""
    put(todo, "DURATION", None)
    put(todo, "DUE", day)
    start = first(todo, "DTSTART")
    if start is not None and day is not None:
        put(todo, "DTSTART", min(local_day(start.dt, zone), day))


def put_state(todo: Component, state: TaskState, closed_at: datetime) -> None:
    """An open task keeps how far its people say they are."""
    if state is TaskState.DONE:
        put(todo, "STATUS", "COMPLETED")
        put(todo, "PERCENT-COMPLETE", 100)
        put(todo, "COMPLETED", closed_at.astimezone(UTC))
        return
    under_way = str(first(todo, "STATUS")).upper() == "IN-PROCESS" and not is_done(todo)
    put(todo, "COMPLETED", None)
    if state is TaskState.OPEN and under_way:
        return
    put(todo, "PERCENT-COMPLETE", None)
    put(todo, "STATUS", "CANCELLED" if state is TaskState.CANCELLED else "NEEDS-ACTION")


def put_words(todo: Component, words: str) -> None:
    """Ours in the place where they were, or on top; a person's notes stay round them."""
    shown = str(first(todo, "DESCRIPTION") or "")
    former = unescaped(str(first(todo, OUR_WORDS) or ""))
    if former and former in shown:
        shown = shown.replace(former, words, 1)
    elif words not in shown:
        shown = f"{words}\n\n{shown}".strip()
    put(todo, "DESCRIPTION", shown or None)
    put(todo, OUR_WORDS, vText(words) if words else None)


def unescaped(value: str) -> str:
    """icalendar hands out the properties that it does not know as they stand in the file."""
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def put_role(todo: Component, role: str) -> None:
    roles = {str(known) for known in Role} | {role}
    labels = [str(label) for category in every(todo, "CATEGORIES") for label in getattr(category, "cats", [])]
    put(todo, "CATEGORIES", [role, *dict.fromkeys(label for label in labels if label not in roles)])
