"""The workspace over one folder: its four rooms, each made when it is first used, and what stands in the way."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rp_connect.errors import RpConnectError
from rp_connect.ports.workspace import Meetings, Notices, Records, Tasks
from rp_local.folder import OUR_REFERENCE, Folder
from rp_local.notices import LocalNotices

if TYPE_CHECKING:
    from rp_local.tasks import LocalTasks

SCARCE_BYTES = 50 * 1024 * 1024
NAMED_AT_MOST = 5


class LocalWorkspace:
    settles_after = 0.0
    online_meetings = False

    def __init__(self, path: Path, shown: str, timezone: ZoneInfo, *, organiser: str | None) -> None:
        shown = shown.rstrip("/\\") or shown
        self._path = path
        self._shown = shown
        self._timezone = timezone
        self._organiser = organiser
        self._folders = {
            name: Folder(path / name, f"{shown}/{name}", suffix)
            for name, suffix in (
                ("tasks", ".ics"),
                ("meetings", ".ics"),
                ("records", ".docx"),
                ("notices", ".txt"),
            )
        }
        self._done: list[str] = []

    @cached_property
    def _tasks(self) -> LocalTasks:
        from rp_local.tasks import LocalTasks  # noqa: PLC0415 - icalendar takes 100 ms; reading the board needs none

        return LocalTasks(self._folders["tasks"], self._timezone, self._organiser)

    @cached_property
    def tasks(self) -> Tasks:
        return self._tasks

    @cached_property
    def meetings(self) -> Meetings:
        from rp_local.meetings import LocalMeetings  # noqa: PLC0415 - as above

        return LocalMeetings(self._folders["meetings"], self._organiser)

    @cached_property
    def records(self) -> Records:
        from rp_local.records import LocalRecords  # noqa: PLC0415 - python-docx takes 80 ms

        return LocalRecords(self._folders["records"])

    @cached_property
    def notices(self) -> Notices:
        return LocalNotices(self._folders["notices"])

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
        done, self._done = self._done, []
        return done or [f"The folder {self._shown} has all it needs; nothing was changed."]

    def probe(self) -> Sequence[str]:
        said: list[str] = []
        for folder in self._folders.values():
            try:
                folder.try_writing()
            except RpConnectError as exc:
                said.append(str(exc))
        if not said:
            said.extend(self._scarce())
            said.extend(self._unreadable_tasks())
        return said

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
