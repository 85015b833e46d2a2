"""The workspace over one folder: its four rooms, and what stands in their way."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from rp_connect.errors import RpConnectError
from rp_connect.ports.workspace import (
    Busy,
    CaseRecord,
    LaneLimits,
    Meetings,
    Notices,
    Records,
    Tasks,
    WorkspaceMeeting,
)
from rp_local.folder import OUR_REFERENCE, Folder
from rp_local.rooms import LocalMeetings, LocalNotices, LocalRecords, LocalTasks, TaskForm
from rp_local.shelf import Form
from rp_local.text_notice import TextNotice

SCARCE_BYTES = 50 * 1024 * 1024
NAMED_AT_MOST = 5


class LocalWorkspace:
    settles_after = 0.0
    online_meetings = False
    lanes: Mapping[str, LaneLimits] = {}

    def __init__(self, path: Path, shown: str, timezone: ZoneInfo, *, organiser: str | None) -> None:
        shown = shown.rstrip("/\\") or shown
        self.scope = f"local {path.resolve()}"
        self._path = path
        self._shown = shown
        self._folders = {
            name: Folder(path / name, f"{shown}/{name}", suffix)
            for name, suffix in (
                ("tasks", ".ics"),
                ("meetings", ".ics"),
                ("records", ".docx"),
                ("summaries", ".docx"),
                ("notices", ".txt"),
            )
        }
        self._done: list[str] = []
        self._tasks = LocalTasks(self._folders["tasks"], partial(task_form, timezone, organiser))
        self.tasks: Tasks = self._tasks
        self.meetings: Meetings = LocalMeetings(self._folders["meetings"], partial(meeting_form, organiser))
        self.records: Records = LocalRecords(self._folders["records"], record_form)
        self.summaries: Records = LocalRecords(self._folders["summaries"], record_form)
        self.notices: Notices = LocalNotices(self._folders["notices"], TextNotice)

    def __reduce__(self) -> NoReturn:
        """It remembers who does what; a pickle of it would carry that anywhere."""
        raise TypeError("a workspace is opened again, never pickled")

    def prepare(self) -> None:
        """Creates the folders and sweeps them; a fault is left to `probe` and to whoever writes."""
        with suppress(RpConnectError):
            self._make()

    def _make(self) -> None:
        for folder in self._folders.values():
            if folder.prepare():
                self._done.append(f"Created the folder {folder.shown}.")
            if swept := folder.sweep():
                files = "1 unfinished file" if swept == 1 else f"{swept} unfinished files"
                self._done.append(f"Removed {files} that an interrupted run left in {folder.shown}.")

    def setup(self) -> Sequence[str]:
        self._make()
        done, self._done = list(dict.fromkeys(self._done)), []
        return done or [f"The folder {self._shown} has all it needs; nothing was changed."]

    def probe(self) -> Sequence[str]:
        troubles = {}
        for folder in self._folders.values():
            try:
                folder.try_writing()
            except RpConnectError as exc:
                troubles[folder.shown] = str(exc)
        if not troubles:
            return [*self._scarce(), *self._unreadable_tasks()]
        common = {sentence.replace(shown, self._shown) for shown, sentence in troubles.items()}
        if len(common) == 1 and len(troubles) == len(self._folders):
            return list(common)
        return list(troubles.values())

    def busy(self, people: Sequence[str], begins: datetime, ends: datetime) -> Sequence[Busy]:
        """A folder knows nobody's diary; the meetings that stand in it, the core knows by itself."""
        return []

    def _scarce(self) -> Sequence[str]:
        try:
            left = shutil.disk_usage(self._path).free
        except OSError:
            return []
        if left >= SCARCE_BYTES:
            return []
        return [f"The disk that holds {self._shown} has only {left // (1024 * 1024)} MB left."]

    def _unreadable_tasks(self) -> Sequence[str]:
        try:
            for _ in self._tasks.everything():
                pass
        except RpConnectError as exc:
            return [str(exc)]
        return [unreadable_sentence(self._tasks.unreadable)] if self._tasks.unreadable else []


def unreadable_sentence(stems: Sequence[str]) -> str:
    """Names our keys only: what a person called a file of their own may be a child's name."""
    named = [stem for stem in stems if OUR_REFERENCE.fullmatch(stem)][:NAMED_AT_MOST]
    others = len(stems) - len(named)
    if named and others:
        named.append(f"and {others} more")
    files = "1 file" if len(stems) == 1 else f"{len(stems)} files"
    return f"{files} in tasks/ cannot be read: {', '.join(named) or 'none bears a name of ours'}."


def task_form(timezone: ZoneInfo, organiser: str | None) -> TaskForm:
    from rp_local.vtodo import VTodo  # noqa: PLC0415 - icalendar takes 100 ms, and many a command writes no task

    return VTodo(timezone, organiser)


def meeting_form(organiser: str | None) -> Form[WorkspaceMeeting]:
    from rp_local.vevent import VEvent  # noqa: PLC0415 - as above

    return VEvent(organiser)


def record_form() -> Form[CaseRecord]:
    from rp_local.word_record import WordRecord  # noqa: PLC0415 - python-docx takes 80 ms

    return WordRecord()
