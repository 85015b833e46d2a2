"""What came, what was answered, and what was wrong with it: counted."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from email.utils import parsedate_to_datetime
from threading import Lock

from tests.graph_server.call import Call, Json, Reply
from tests.graph_server.operations import Recorder

WRITES = {"POST", "PATCH", "PUT", "DELETE"}
READING_POSTS = ("/getSchedule", "/createUploadSession")


@dataclass(slots=True)
class Entry:
    """One logical request: when it came (seconds since 1970), of which HTTP request, and its status.

    `subject` tells it from others of its kind; `retry_until` is when it may come again at the earliest."""

    at: float
    request: int
    service: str
    operation: str
    status: int
    retry_after: str | None = None
    subject: str = ""
    retry_until: float = 0.0


@dataclass
class Log:
    """`requests` counts HTTP requests; everything else counts logical ones, inside batches or not.
    `outlook_longest_s` is how long Outlook was at one HTTP request, from when it came."""

    requests: int = 0
    batches: int = 0
    connections: int = 0
    logical: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    outlook_peak: int = 0
    outlook_refused: int = 0
    outlook_longest_s: float = 0.0
    entries: list[Entry] = field(default_factory=list)
    early: list[Json] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = Lock()
        self._recorder = Recorder()
        self._told: dict[str, tuple[float, float]] = {}

    def http(self, *, batch: bool) -> int:
        with self._lock:
            self.requests += 1
            self.batches += batch
            return self.requests

    def arrived(self, call: Call, at: float) -> None:
        """Notes a request that comes earlier than the latest Retry-After of its service allows."""
        if not self._told:
            return
        said, until = self._told.get(call.service, (0.0, 0.0))
        if said < at < until:
            self.early.append(
                {
                    "service": call.service,
                    "came": at,
                    "early_by": until - at,
                    "after_answer": at - said,
                    "url": call.url,
                }
            )

    def answered(self, call: Call, reply: Reply, request: int, at: float) -> None:
        service, operation = (call.route.service, call.route.operation) if call.route else ("", "unknown")
        good = reply.status < 300
        with self._lock:
            self.logical[service] += 1
            self.statuses[f"{service} {reply.status}"] += 1
            if good:
                self.exercised(operation, call)
                if call.method in WRITES and not call.url.endswith(READING_POSTS):
                    self.writes[service] += 1
            wait = reply.headers.get("Retry-After")
            until = until_when(wait) if wait else 0.0
            self.entries.append(
                Entry(at, request, service, operation, reply.status, wait, subject_of(call), until)
            )

    def exercised(self, operation: str, call: Call) -> None:
        """By the product: what a test asks by itself shows nothing."""
        if call.products:
            self._recorder.note(operation)

    def told(self, service: str, wait: str) -> None:
        """An answer with this Retry-After is on its way; the longest wait that was said counts."""
        said, until = time.time(), until_when(wait)
        with self._lock:
            self._told[service] = (said, max(until, self._told.get(service, (0.0, 0.0))[1]))

    def wrong(self, violations: list[str]) -> None:
        with self._lock:
            self.violations += violations

    def too_early(self, grace: float = 0.05) -> list[Json]:
        """Requests of a service between the answer and the end of its Retry-After; what came within `grace`
        seconds of the answer was on its way already."""
        return [each for each in self.early if each["after_answer"] > grace]

    def take_violations(self) -> list[str]:
        """For a test that means to ask wrongly: what was found, which then no longer fails it."""
        with self._lock:
            taken, self.violations = self.violations, []
        return taken

    def snapshot(self) -> Json:
        """As JSON."""
        with self._lock:
            whole = {each.name: getattr(self, each.name) for each in fields(self)}
            return {**whole, "entries": [asdict(each) for each in self.entries]}

    @classmethod
    def from_snapshot(cls, whole: Json) -> Log:
        counted: Json = {name: Counter(whole[name]) for name in ("logical", "writes", "statuses")}
        return cls(**{**whole, **counted, "entries": [Entry(**each) for each in whole["entries"]]})

    def operations(self) -> set[str]:
        return {entry.operation for entry in self.entries if entry.status < 300}

    def count(self, operation: str) -> int:
        """How often it was asked, whatever the answer: `count("POST /planner/tasks")`."""
        return sum(entry.operation == operation for entry in self.entries)


def until_when(wait: str) -> float:
    """Seconds since 1970 of a Retry-After that is just being said."""
    return time.time() + float(wait) if wait.isdigit() else parsedate_to_datetime(wait).timestamp()


def subject_of(call: Call) -> str:
    """Method, address, and the name of what a create would make."""
    body = call.body if isinstance(call.body, dict) else {}
    name = body.get("title") or body.get("subject") or (body.get("fields") or {}).get("CaseReference") or ""
    return f"{call.method} {call.url} {name}"
