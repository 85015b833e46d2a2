"""Find, create and change under a key: what tasks, meetings, records and notices have in common.

What stands in a file is the business of its form, which is loaded when it is first needed: the libraries
behind it take longer to import than most commands take to run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Generic, Protocol, TypeVar
from uuid import uuid4

from rp_connect.errors import ConflictError
from rp_connect.ports.workspace import Written
from rp_local.folder import Folder, version_of


class UnreadableFileError(ValueError):
    """The file is not whole, or not ours."""


@contextmanager
def only_whole(broken: tuple[type[Exception], ...]) -> Iterator[None]:
    """Libraries complain about broken files in many ways; all of them mean the same to us."""
    try:
        yield
    except broken:
        raise UnreadableFileError("not whole, or not ours") from None


class Keyed(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def revision(self) -> int: ...


class Marks(Protocol):
    """What a file says of itself."""

    @property
    def external_id(self) -> str: ...
    @property
    def revision(self) -> int | None: ...


T_contra = TypeVar("T_contra", bound=Keyed, contravariant=True)
T = TypeVar("T", bound=Keyed)


class Form(Protocol[T_contra]):
    """How one kind of thing stands in a file. Raises UnreadableFileError for what is not such a file."""

    def marks(self, data: bytes, key: str) -> Marks: ...

    def new(self, item: T_contra, external_id: str) -> bytes: ...

    def changed(self, held: bytes, item: T_contra) -> bytes:
        """`held` with what we keep in step, and with all that others put in."""
        ...


class Shelf(Generic[T]):
    def __init__(self, folder: Folder, load: Callable[[], Form[T]]) -> None:
        self._folder = folder
        self._load = load

    @cached_property
    def _form(self) -> Form[T]:
        return self._load()

    def find(self, key: str) -> Written | None:
        data = self._folder.read(key)
        if data is None:
            return None
        marks = self._marks(data, key)
        return Written(marks.external_id, version_of(data), marks.revision)

    def create(self, item: T) -> Written:
        self._folder.file(item.key)  # a key that no file can bear is refused before anything else
        external_id = str(uuid4())
        data = self._form.new(item, external_id)
        self._folder.create(item.key, data)
        return Written(external_id, version_of(data), item.revision)

    def update(self, external_id: str, item: T, seen_version: str | None = None) -> Written:
        """An older revision never writes over a newer one: a late answer must not undo what came after it.
        Nor is anything written over a version that was not seen yet."""
        held = self._folder.read(item.key)
        if held is None:
            raise self._folder.gone(item.key)
        if seen_version is not None and version_of(held) != seen_version:
            raise ConflictError(f"{item.key} in {self._folder.shown} was changed by somebody: read it first.")
        marks = self._marks(held, item.key)
        if marks.external_id != external_id:
            raise self._folder.gone(item.key)
        if marks.revision is not None and marks.revision > item.revision:
            raise ConflictError(f"{item.key} in {self._folder.shown} is newer than revision {item.revision}.")
        try:
            data = self._form.changed(held, item)
        except UnreadableFileError:
            raise self._folder.unreadable(item.key) from None
        self._folder.replace(item.key, data, held)
        return Written(external_id, version_of(data), item.revision)

    def _marks(self, data: bytes, key: str) -> Marks:
        try:
            return self._form.marks(data, key)
        except UnreadableFileError:
            raise self._folder.unreadable(key) from None
