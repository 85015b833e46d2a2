"""Tasks as one VTODO a file: people tick, move and annotate them in any calendar program, we read them back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from icalendar import Component, Todo, vText

from rp_connect.domain.people import Role
from rp_connect.domain.task import TaskState
from rp_connect.errors import AccessError, ConfigError, ConflictError
from rp_connect.ports.workspace import SeenTask, WorkspaceTask, Written
from rp_local.calendar_file import (
    UNREADABLE,
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
from rp_local.folder import Folder, version_of
from rp_local.wording import one_line, plain

OUR_WORDS = "X-RP-DESCRIPTION"
"""What we wrote into DESCRIPTION last, so that a person's own notes there can be told apart."""


class LocalTasks:
    """`unreadable` holds the names of the files that the last reading had to leave out."""

    def __init__(self, folder: Folder, timezone: ZoneInfo, organiser: str | None) -> None:
        self._folder = folder
        self._timezone = timezone
        self._organiser = organiser
        self._seen: dict[str, SeenTask] = {}
        self.unreadable: tuple[str, ...] = ()

    def find(self, key: str) -> Written | None:
        data = self._folder.read(key)
        return None if data is None else self._understood(data, key).written()

    def create(self, task: WorkspaceTask) -> Written:
        now, uid = datetime.now(UTC), str(uuid4())
        todo = Todo()
        calendar = new_calendar(todo, task.key, uid, now)
        self._fill(todo, task, now)
        data = rendered(calendar)
        self._folder.create(task.key, data)
        return Written(uid, version_of(data), task.revision)

    def update(self, external_id: str, task: WorkspaceTask) -> Written:
        held = self._folder.read(task.key)
        if held is None:
            raise self._folder.gone(task.key)
        file = self._understood(held, task.key)
        if file.external_id != external_id:
            raise self._folder.gone(task.key)
        if (file.revision or 0) > task.revision:
            raise self._folder.newer(task.key, task.revision)
        self._fill(file.main, task, datetime.now(UTC))
        data = rendered(file.calendar)
        self._folder.replace(task.key, data, held)
        return Written(external_id, version_of(data), task.revision)

    def everything(self) -> Iterator[SeenTask]:
        """A file that is being written as we come by gets a second look at the end."""
        left_out: list[str] = []
        stems = self._folder.stems()
        for stem in stems:
            try:
                seen = self._look(stem)
            except (AccessError, ConfigError, ConflictError):
                left_out.append(stem)
                continue
            if seen is not None:
                yield seen
        yield from self._second_look(left_out)

    def _second_look(self, stems: list[str]) -> Iterator[SeenTask]:
        unreadable: list[str] = []
        for stem in stems:
            try:
                seen = self._look(stem)
            except (AccessError, ConfigError, ConflictError):
                unreadable.append(stem)
                continue
            if seen is not None:
                yield seen
        self.unreadable = tuple(unreadable)

    def _look(self, key: str) -> SeenTask | None:
        data = self._folder.read(key)
        if data is None:
            self._seen.pop(key, None)
            return None
        known = self._seen.get(key)
        if known is None or known.version != version_of(data):
            file = self._understood(data, key)
            try:
                known = seen_task(key, file, self._timezone)
            except UNREADABLE:
                raise self._folder.unreadable(key) from None
            self._seen[key] = known
        return known

    def _understood(self, data: bytes, key: str) -> CalendarFile:
        try:
            return read_calendar(data, key, "VTODO")
        except UNREADABLE:
            raise self._folder.unreadable(key) from None

    def _fill(self, todo: Component, task: WorkspaceTask, now: datetime) -> None:
        put(todo, "SUMMARY", one_line(task.title))
        put_day(todo, task.day, self._timezone)
        put_state(todo, task.state, task.closed_at or now)
        put_words(todo, plain(f"{task.details}\n{task.link}"))
        put_role(todo, task.role)
        put_people(todo, task.assignees, self._organiser, keep_answers=True)
        stamp(todo, task.revision, now)


def seen_task(key: str, file: CalendarFile, zone: ZoneInfo) -> SeenTask:
    todo = file.main
    assignees = tuple(dict.fromkeys(filter(None, map(address_of, every(todo, "ATTENDEE")))))
    return SeenTask(key, file.external_id, file.version, is_done(todo), day_of(todo, zone), assignees)


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
    if start is not None and length is not None:
        return local_day(start.dt + length.dt, zone)
    return None


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
    former = vText.from_ical(str(first(todo, OUR_WORDS) or ""))
    if former and former in shown:
        shown = shown.replace(former, words, 1)
    elif words not in shown:
        shown = f"{words}\n\n{shown}".strip()
    put(todo, "DESCRIPTION", shown or None)
    put(todo, OUR_WORDS, vText(words) if words else None)


def put_role(todo: Component, role: str) -> None:
    roles = {str(known) for known in Role} | {role}
    labels = [str(label) for category in every(todo, "CATEGORIES") for label in getattr(category, "cats", [])]
    put(todo, "CATEGORIES", [role, *dict.fromkeys(label for label in labels if label not in roles)])
