"""The four rooms of the workspace as the port asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Protocol

from rp_connect.errors import AccessError, ConfigError, ConflictError
from rp_connect.ports.workspace import CaseRecord, Notice, SeenTask, WorkspaceMeeting, WorkspaceTask, Written
from rp_local.folder import Folder, version_of
from rp_local.shelf import Form, Shelf, UnreadableFileError


class LocalMeetings:
    def __init__(self, folder: Folder, load: Callable[[], Form[WorkspaceMeeting]]) -> None:
        self._shelf = Shelf(folder, load)

    def find(self, key: str) -> Written | None:
        return self._shelf.find(key)

    def create(self, meeting: WorkspaceMeeting) -> Written:
        return self._shelf.create(meeting)

    def update(self, external_id: str, meeting: WorkspaceMeeting) -> Written:
        return self._shelf.update(external_id, meeting)


class LocalRecords:
    def __init__(self, folder: Folder, load: Callable[[], Form[CaseRecord]]) -> None:
        self._shelf = Shelf(folder, load)

    def find(self, key: str) -> Written | None:
        return self._shelf.find(key)

    def create(self, record: CaseRecord) -> Written:
        return self._shelf.create(record)

    def update(self, external_id: str, record: CaseRecord) -> Written:
        return self._shelf.update(external_id, record)


class LocalNotices:
    def __init__(self, folder: Folder, load: Callable[[], Form[Notice]]) -> None:
        self._shelf = Shelf(folder, load)

    def find(self, key: str) -> Written | None:
        return self._shelf.find(key)

    def create(self, notice: Notice) -> Written:
        return self._shelf.create(notice)


class TaskForm(Form[WorkspaceTask], Protocol):
    def seen(self, data: bytes, key: str) -> SeenTask: ...


class LocalTasks:
    """`unreadable` holds the names of the files that the last reading had to leave out."""

    def __init__(self, folder: Folder, load: Callable[[], TaskForm]) -> None:
        self._folder = folder
        self._load = load
        self._shelf = Shelf(folder, load)
        self._seen: dict[str, SeenTask] = {}
        self.unreadable: tuple[str, ...] = ()

    @cached_property
    def _form(self) -> TaskForm:
        return self._load()

    def find(self, key: str) -> Written | None:
        return self._shelf.find(key)

    def create(self, task: WorkspaceTask) -> Written:
        return self._shelf.create(task)

    def update(self, external_id: str, task: WorkspaceTask) -> Written:
        return self._shelf.update(external_id, task, task.seen_version)

    def everything(self) -> Iterator[SeenTask]:
        """A file that is being written as we come by gets a second look at the end."""
        busy: list[str] = []
        yield from self._readable(self._folder.stems(), left_out=busy)
        unreadable: list[str] = []
        yield from self._readable(busy, left_out=unreadable)
        self.unreadable = tuple(unreadable)

    def _readable(self, stems: Iterable[str], *, left_out: list[str]) -> Iterator[SeenTask]:
        for stem in stems:
            try:
                seen = self._look(stem)
            except (ConfigError, ConflictError, UnreadableFileError):
                left_out.append(stem)
                continue
            except AccessError:
                self._folder.check()  # one locked file is left out; a folder that went is not an empty one
                left_out.append(stem)
                continue
            if seen is not None:
                yield seen

    def _look(self, key: str) -> SeenTask | None:
        """Only what changed since the last look is parsed again."""
        data = self._folder.read(key)
        if data is None:
            return None
        known = self._seen.get(key)
        if known is None or known.version != version_of(data):
            known = self._seen[key] = self._form.seen(data, key)
        return known
