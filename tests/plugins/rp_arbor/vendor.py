"""Arbor over loopback, as its schema and its client library say it behaves: what is typed in is served in
pages, every change takes the next revision, and what is not granted is an empty object."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

USER, TOKEN = "rp-connect-application", "canary-dpt-token-5571"
Row = dict[str, Any]
Answer = tuple[int, object]
HUMP = re.compile(r"([a-z0-9])([A-Z])")


def plural_of(entity: str) -> str:
    if entity.endswith("y") and not entity.endswith("ay"):
        return entity[:-1] + "ies"
    return entity + ("es" if entity.endswith("s") else "s")


def path_of(entity: str) -> str:
    return HUMP.sub(r"\1-\2", plural_of(entity)).lower()


def root_of(entity: str) -> str:
    return entity[0].lower() + entity[1:]


def href_of(entity: str, key: object) -> str:
    return f"/rest-v2/{path_of(entity)}/{key}"


def to(entity: str, key: object, shown: str = "") -> Row:
    """A reference, as it stands in another record."""
    return {"entityType": entity, "href": href_of(entity, key), "displayName": shown}


def on(text: str) -> Row:
    """A date or a moment, on the school's clock."""
    return {"entityType": "date", "date": text if " " in text else f"{text} 00:00:00"}


ENTITIES = (
    *(
        "AcademicYear",
        "Term",
        "AcademicHoliday",
        "Student",
        "Person",
        "UkDfe_UpnAssignment",
        "SchoolEnrolment",
    ),
    *("Staff", "EmailAddress", "BehaviouralIncident", "BehaviouralIncidentStudentInvolvement"),
    *("BehaviouralIncidentBehaviour", "BehaviouralIncidentAction", "FixedPeriodExclusion"),
    *("PermanentExclusion", "InternalExclusion", "ExclusionReason", "UkDfe_ExclusionReason"),
    *("ExclusionExclusionReason", "AttendanceRollCallRecord", "AttendanceMark", "AttendanceRollCall"),
    "BehaviourFollowUp",
)
_BY_PATH = {path_of(entity): entity for entity in ENTITIES}


@dataclass
class Came:
    """A request, and how many rows of which entity it was answered with."""

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: Any = None
    entity: str = ""
    rows: int = 0
    properties: frozenset[str] = frozenset()


@dataclass
class ArborSite:
    """`first_page` is the number of the first page; `brief` gives references only in lists; `largest` caps
    pages silently; `withheld` are entities that are not granted; `refuses` are pupils whose follow-up is not
    taken; `tags_ignored` is a site that does not filter by tag; an `inclusive` log begins with the revision
    itself, and one with its `end_left_out` ends before the revision up to which it is asked for."""

    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {entity: {} for entity in ENTITIES})
    log: list[tuple[int, str, str, str]] = field(default_factory=list)
    revision: int = 4_000
    first_page: int = 1
    brief: bool = False
    largest: int = 1_000
    withheld: set[str] = field(default_factory=set)
    refuses: set[str] = field(default_factory=set)
    tags_ignored: bool = False
    inclusive: bool = False
    end_left_out: bool = False
    token: str = TOKEN
    came: list[Came] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(90_000, 10**9)))

    def put(self, entity: str, key: object, **properties: Any) -> None:
        """Typed in or corrected: the next revision, unless nothing differs."""
        row = {"entityType": entity, "href": href_of(entity, key), "displayName": f"{entity} {key}"}
        row |= properties
        held = self.rows[entity]
        if held.get(str(key)) == row:
            return
        self._log("update" if str(key) in held else "create", entity, str(key))
        held[str(key)] = row

    def delete(self, entity: str, key: object) -> None:
        del self.rows[entity][str(key)]
        self._log("delete", entity, str(key))

    def _log(self, word: str, entity: str, key: str) -> None:
        self.revision += 1
        self.log.append((self.revision, word, entity, key))

    # ------------------------------------------------------------------ what is answered

    def answer(self, came: Came) -> Answer:
        self.came.append(came)
        if came.headers.get("authorization") != _basic(self.token):
            return 401, error(401, "Unauthorized")
        prefix, _, rest = came.path.partition("/rest-v2/")
        name, _, key = rest.partition("/")
        entity = _BY_PATH.get(name)
        if prefix or entity is None:
            return 404, error(404, "Not Found")
        came.entity = entity
        if came.method == "POST":
            return self._create(entity, came.body)
        if entity in self.withheld:
            return 200, {}
        if key == "changelog":
            return 200, {"changes": self._changes(entity, dict(came.query))}
        return self._one(came, entity, key) if key else self._list(came, entity)

    def _one(self, came: Came, entity: str, key: str) -> Answer:
        row = self.rows[entity].get(key)
        if row is None:
            return 404, error(404, "Not Found")
        came.rows, came.properties = 1, frozenset(row)
        return 200, {root_of(entity): row}

    def _list(self, came: Came, entity: str) -> Answer:
        query = dict(came.query)
        found = [row for row in self.rows[entity].values() if self._fits(row, came.query)]
        size = min(int(query.get("page-size", 100)), self.largest)
        start = (int(query.get("page-number", self.first_page)) - self.first_page) * size
        page = found[start : start + size] if start >= 0 else found[:size]
        came.rows, came.properties = len(page), frozenset(name for row in page for name in row)
        return 200, {root_of(plural_of(entity)): [self._shown(row) for row in page]}

    def _shown(self, row: Row) -> Row:
        kept = ("entityType", "href", "displayName", "userTags")
        return {name: row[name] for name in kept if name in row} if self.brief else row

    def _fits(self, row: Row, query: Sequence[tuple[str, str]]) -> bool:
        for name, value in query:
            if name.startswith("filters.tags."):
                if not self.tags_ignored and row.get("userTags", {}).get(name[13:]) != value:
                    return False
            elif name.startswith("filters."):
                _, property_name, operator = name.split(".")
                if not _matches(row.get(property_name), operator, value):
                    return False
        return True

    def _changes(self, entity: str, query: Mapping[str, str]) -> list[Row]:
        since, until = int(query.get("from-revision", 0)), int(query.get("to-revision", 1 << 62))
        return [
            {
                "changeType": word,
                "fromRevision": at - 1,
                "toRevision": at,
                "changedObject": to(entity, key, "Somebody Secretname"),
            }
            for at, word, of, key in self.log
            if of == entity and since - self.inclusive < at <= until - self.end_left_out
        ]

    def _create(self, entity: str, body: Any) -> Answer:
        if entity in self.withheld:
            return 403, error(403, "Forbidden", "Arbor\\Exception\\AccessDenied")
        results = [self._judged(entity, row[root_of(entity)]) for row in body["request"]]
        refused = any(not result["status"]["success"] for result in results)
        return (422 if refused else 200), {"results": results}

    def _judged(self, entity: str, row: Row) -> Row:
        pupil = str(row["student"]["href"]).rpartition("/")[2]
        if pupil in self.refuses:
            why = {"exception": "Arbor\\Exception\\Validation", "message": "Somebody Secretname", "trace": ""}
            return {"status": {"success": False, "code": 422, "errors": [why]}}
        key = next(self.numbers)
        self.put(entity, key, **{name: value for name, value in row.items() if name != "entityType"})
        return {"status": {"success": True}, root_of(entity): to(entity, key)}


def _matches(held: object, operator: str, value: str) -> bool:
    if isinstance(held, dict):
        held = held.get("date") or held.get("href")
    if operator == "equals":
        return held == value
    if operator in ("from", "to") and isinstance(held, str):
        return held >= value if operator == "from" else held <= value
    raise ValueError(f"this loopback Arbor has no filter {operator}")


def _basic(token: str) -> str:
    return "Basic " + base64.b64encode(f"{USER}:{token}".encode()).decode()


def error(code: int, reason: str, exception: str = "Arbor\\Exception") -> Row:
    one = {"exception": exception, "message": "Somebody Secretname is secret", "trace": "#0 secret.php"}
    return {"response": {"code": code, "reason": reason, "errors": [one]}}


@contextmanager
def serving(site: ArborSite, spoil: Any = None) -> Iterator[str]:
    """The site on a port of its own. `spoil` may change an answer: (Came, status, bytes) → (status, bytes,
    headers), or None for a connection that breaks off."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: object) -> None:
            """Nobody's business."""

        def _any(self) -> None:
            parts = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            came = Came(
                self.command,
                parts.path,
                parse_qsl(parts.query),
                {name.lower(): value for name, value in self.headers.items()},
                json.loads(content) if content else None,
            )
            status, body = site.answer(came)
            sent: Any = (status, json.dumps(body).encode(), {})
            if spoil is not None:
                sent = spoil(came, status, sent[1])
            if sent is None:
                self.close_connection = True
                return
            self.send_response(sent[0])
            for name, value in {"Content-Type": "application/json", **sent[2]}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent[1])))
            self.end_headers()
            self.wfile.write(sent[1])

        def do_GET(self) -> None:
            with suppress(OSError):
                self._any()

        do_POST = do_PUT = do_DELETE = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
