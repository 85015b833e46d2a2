"""A request to Microsoft Graph and its answer, as the rooms of this plugin see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Service(StrEnum):
    """The service behind a path: each has limits, a lane and a breaker of its own."""

    CALENDAR = "calendar"
    LISTS = "lists"
    FILES = "files"
    PLANNER = "planner"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """One call. `path` begins with "/" and counts from the version (`/planner/tasks`); it may have a query.

    `body` is sent as JSON, `data` as it is (a file). `creates` says that sending it twice makes two things:
    then an unclear end is an UnclearError and it is never repeated here. `permission` is what the call needs,
    named when it is refused.
    """

    service: Service
    method: str
    path: str
    permission: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    data: bytes | None = None
    creates: bool = False

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.service}>"


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """A good answer (2xx). `body` is parsed JSON, None where there was none; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: Any = None

    def __repr__(self) -> str:
        return f"<Answer {self.status}>"
