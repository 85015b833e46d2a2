"""A request to Microsoft Graph and its answer, as the rooms of this plugin see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Service(StrEnum):
    """The service behind a path: each has limits, a lane and a breaker of its own."""

    CALENDAR = "calendar"
    ONLINE_MEETINGS = "online_meetings"
    LISTS = "lists"
    FILES = "files"
    PLANNER = "planner"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """One call. `path` begins with "/" and counts from the version (`/planner/tasks`); it may have a query.

    `body` is sent as JSON, `data` as it is (a file). `creates` says that sending it twice makes two things:
    then an unclear end is an UnclearError and it is never repeated here. `permission` is what the call needs
    (one of `permissions.Permission`), named when it is refused. `fresh` says that the thing at `path` was
    made moments ago: where Graph does not know it yet it is asked for again for a few seconds, and then it is
    a TryLaterError. `maybe_fresh` says that it may have been: after those seconds it is gone.
    """

    service: Service
    method: str
    path: str
    permission: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    data: bytes | None = None
    creates: bool = False
    fresh: bool = False
    maybe_fresh: bool = False

    @property
    def reads(self) -> bool:
        """Asking it again changes nothing. (`getSchedule` is a POST that only asks.)"""
        return self.method == "GET" or (self.method == "POST" and self.path.endswith("/getSchedule"))

    @property
    def conditional(self) -> bool:
        """A write that Graph takes at most once, since it bears the version that it changes."""
        return self.method in ("PATCH", "PUT", "DELETE") and any(
            name.lower() == "if-match" for name in self.headers
        )

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
