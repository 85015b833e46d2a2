"""Wonde over loopback, after the recorded facts: 50 rows a page, no pagination object where that is all,
absolute next addresses, codes by id, deletions without the children that went along, silence about schools of
another region, write-backs that are carried out later. It keeps every request."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.plugins.rp_wonde.wonde_rows import ATTRIBUTES, CODES, DETAILS, Row, php

TOKEN = "canary-token-5521-do-not-print"
DEFAULT_PAGE = 50
LISTS = (
    *("students", "students-leaver", "employees", "behaviours", "exclusions", "deletions"),
    *("attendance/session", "attendance-leavers/session", "attendance-codes", "behaviours/attributes"),
)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def list(self) -> str:
        """The path within the school; empty for the school itself."""
        return "/".join(self.path.strip("/").split("/")[3:])

    @property
    def name(self) -> str:
        """What is asked of, as an adapter declares it: a list, also where one row of it is asked for."""
        top = self.path.strip("/").split("/")[1]
        if top != "schools" or not self.list:
            return top
        return self.list if self.list in LISTS else self.list.rpartition("/")[0]

    @property
    def fields(self) -> tuple[str, ...]:
        """The list by the id of its rows, and the details; single fields cannot be asked for."""
        include = [word for word in self.query.get("include", "").split(",") if word]
        return tuple(f"{self.name}.{word}" for word in ["id", *include])


@dataclass(frozen=True)
class Reply:
    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)


class WondeSchool:
    """What Wonde holds of one school, and how it answers. `root` is where it is found ("http://host:port").

    `withheld` are lists that are answered with 403, `left_out` details that are silently missing, `refused`
    details that make a list be answered with 403. `prompt` carries a write out before anybody asks what
    became of it. `exclusive` leaves out what changed just at a moment that is asked for, as Wonde may.
    `replies` go before anything else, one for each request.
    """

    def __init__(self, key: str = "A100") -> None:
        self.key = key
        self.root = ""
        self.domain: str | None = None
        self.rows: dict[str, list[Row]] = {name: [] for name in LISTS}
        self.changed: dict[tuple[str, str], datetime] = {}
        self.withheld: set[str] = set()
        self.left_out: set[str] = set()
        self.refused: set[str] = set()
        self.replies: list[Reply] = []
        self.requests: list[Request] = []
        self.allows_writeback = True
        self.other_region = False
        self.prompt = False
        self.exclusive = False
        self.writebacks: dict[str, list[str]] = {}
        self.course = ["pending", "success"]
        self.waiting: dict[str, Row] = {}
        self.entered: list[Row] = []
        self.rows["attendance-codes"] = [
            {"id": key, "code": code, "description": "", "type": ""} for key, code in CODES.items()
        ]
        self.rows["behaviours/attributes"] = [
            {"id": f"{name}-{code}", "type": name, "code": code}
            for name, codes in ATTRIBUTES.items()
            for code in codes
        ]

    def put(self, name: str, *rows: Row, changed: datetime | None = None) -> None:
        """Adds rows, or replaces those of the same id."""
        ids = {row["id"] for row in rows}
        self.rows[name] = [row for row in self.rows[name] if row["id"] not in ids] + list(rows)
        for row in rows:
            self.changed[name, row["id"]] = changed or datetime.now(UTC)

    def delete(self, name: str, key: str, kind: str, deleted: datetime | None = None, **more: Any) -> None:
        """With an entry in deletions."""
        self.rows[name] = [row for row in self.rows[name] if row["id"] != key]
        moment = deleted or datetime.now(UTC)
        entry = {"type": kind, "id": key, "mis_id": "71", "deleted_at": php(moment), "restored_at": None}
        self.put("deletions", {**entry, **more}, changed=moment)

    def vanish(self, name: str, key: str) -> None:
        """As a child of what was deleted goes: without an entry."""
        self.rows[name] = [row for row in self.rows[name] if row["id"] != key]

    # ------------------------------------------------------------------ answering

    def reply(self, request: Request) -> Reply:
        self.requests.append(request)
        if self.replies:
            return self.replies.pop(0)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply(401, {"error": "unauthenticated"})
        parts = request.path.strip("/").split("/")
        if parts[:2] == ["v1.0", "writebacks"]:
            return self._writeback(parts[2])
        if parts[:3] != ["v1.0", "schools", self.key]:
            return Reply(404, {"error": "not_found"})
        if self.other_region:
            return Reply(200, {"data": [] if request.list else {}})
        if not request.list:
            return Reply(200, {"data": self._school()})
        if request.method == "POST":
            return self._post(request)
        return self._get(request)

    def _school(self) -> Row:
        domain = urlsplit(self.root).netloc if self.domain is None else self.domain
        extended = {"allows_writeback": self.allows_writeback, "has_timetables": True}
        return {
            "id": self.key,
            "name": "Northwick High School",
            "extended": extended,
            "region": {"domain": domain},
        }

    def _get(self, request: Request) -> Reply:
        name = request.list
        include = [word for word in request.query.get("include", "").split(",") if word]
        if name in self.withheld or set(include) & self.refused:
            return Reply(403, {"error": "forbidden"})
        if name not in self.rows:
            path, _, key = name.rpartition("/")
            found = next((row for row in self.rows.get(path, ()) if row["id"] == key), None)
            return Reply(200, {"data": found}) if found else Reply(404, {"error": "not_found"})
        return self._page(request, name, include)

    def _page(self, request: Request, name: str, include: Sequence[str]) -> Reply:
        query, rows = dict(request.query), self._asked(name, request.query)
        size = int(query.get("per_page", DEFAULT_PAGE))
        if query.get("cursor"):
            after = "" if query["cursor"] == "true" else query["cursor"]
            rows = sorted(rows, key=lambda row: str(row["id"]))
            begin = sum(str(row["id"]) <= after for row in rows)
            more = begin + size < len(rows)
            query["cursor"] = str(rows[begin + size - 1]["id"]) if more else ""
        else:
            page = int(query.get("page", 1))
            begin = (page - 1) * size
            more = begin + size < len(rows)
            query["page"] = str(page + 1)
        shown = [self._shown(name, row, include) for row in rows[begin : begin + size]]
        meta: Row = {"includes": list(include)}
        if len(rows) > size:
            following = f"{self.root}{request.path}?{urlencode(query)}" if more else None
            meta["pagination"] = {"next": following, "previous": None, "more": more, "per_page": size}
        return Reply(200, {"data": shown, "meta": meta})

    def _asked(self, name: str, query: Mapping[str, str]) -> list[Row]:
        after, before = _moment(query.get("updated_after")), _moment(query.get("updated_before"))
        rows = [
            row for row in self.rows[name] if row.get("type") in (None, query.get("type", row.get("type")))
        ]
        if after is None and before is None:
            return rows
        stamps = ((row, self.changed.get((name, row["id"]), datetime.now(UTC))) for row in rows)
        edge = timedelta(microseconds=1 if self.exclusive else 0)
        first = datetime.min.replace(tzinfo=UTC) if after is None else after + edge
        last = datetime.max.replace(tzinfo=UTC) if before is None else before - edge
        return [row for row, at in stamps if first <= at <= last]

    def _shown(self, name: str, row: Row, include: Sequence[str]) -> Row:
        kept = set(include) - self.left_out
        return {key: value for key, value in row.items() if key not in DETAILS.get(name, ()) or key in kept}

    def _post(self, request: Request) -> Reply:
        if request.list not in ("behaviours", "attendance/session") or not self.allows_writeback:
            return Reply(403, {"error": "forbidden"})
        body = json.loads(request.body)
        if request.list == "attendance/session":
            return self._taken(body, self._wrong_marks(body))
        wrong = [name for name in ("type", "employee_id", "date", "students") if not body.get(name)]
        if body.get("type") not in ATTRIBUTES["BEHAVIOUR_TYPE"]:
            wrong.append("type")
        return self._taken(body, wrong)

    def _wrong_marks(self, body: Row) -> list[str]:
        """`attendance` is a list of records, each with all four of these."""
        codes = {row["id"] for row in self.rows["attendance-codes"]}
        pupils = {row["id"] for row in self.rows["students"]}
        wrong = [] if body.get("attendance") else ["attendance"]
        for one in body.get("attendance", ()):
            wrong += [] if one.get("student_id") in pupils else ["student_id"]
            wrong += [] if one.get("attendance_code_id") in codes else ["attendance_code_id"]
            wrong += [] if one.get("session") in ("AM", "PM") else ["session"]
            wrong += [] if re.fullmatch(r"\d{4}-\d\d-\d\d", one.get("date", "")) else ["date"]
        return wrong

    def _taken(self, body: Row, wrong: Sequence[str]) -> Reply:
        if wrong:
            return Reply(
                422, {"message": "The given data was invalid.", "errors": {n: ["no"] for n in wrong}}
            )
        key = f"W{len(self.writebacks) + 1}"
        self.writebacks[key] = list(self.course)
        self.waiting[key] = body
        if self.prompt:
            self.carry_out(key)
        return Reply(202, {"data": {"writeback_id": key}})

    def _writeback(self, key: str) -> Reply:
        if key not in self.writebacks:
            return Reply(404, {"error": "not_found"})
        course = self.writebacks[key]
        status = course.pop(0) if len(course) > 1 else course[0]
        if status == "success" and key in self.waiting:
            self.carry_out(key)
        return Reply(200, {"data": {"id": key, "status": status, "type": "behaviour"}})

    def carry_out(self, key: str) -> None:
        body = self.waiting.pop(key)
        if "attendance" in body:
            self._enter(body["attendance"])
            return
        pupils = {"data": [{"id": one["student_id"], "meta": {}} for one in body["students"]]}
        comment, number = body.get("comment"), f"B9{len(self.rows['behaviours']):03}"
        row = {"id": number, "type": body["type"], "comment": comment, "students": pupils}
        self.put("behaviours", {**row, "incident_date": f"{body['date']} 00:00:00"})

    def _enter(self, records: Sequence[Row]) -> None:
        """A mark stands in the place of what stood there."""
        for one in records:
            self.entered.append(one)
            day, half, who = one["date"], one["session"], one["student_id"]
            held = [
                row["id"]
                for row in self.rows["attendance/session"]
                if (row["student"], row["session"], str(row["date"]["date"])[:10]) == (who, half, day)
            ]
            row = {
                "id": held[0] if held else f"W{who}{day}{half}",
                "date": php(date.fromisoformat(day)),
                "session": half,
                "attendance_code": one["attendance_code_id"],
                "student": who,
            }
            self.put("attendance/session", row)


def _moment(text: str | None) -> datetime | None:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) if text else None


class LoopbackWonde:
    """Serves a school on a port of this computer. `mutate` may change any answer on its way, or its
    status as well."""

    def __init__(self, school: WondeSchool | None = None) -> None:
        self.school = school or WondeSchool()
        self.mutate: Callable[[Request, bytes], bytes | tuple[int, bytes]] = lambda _, body: body
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads, self._server.block_on_close = True, False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.school.root = self.url

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(wonde: LoopbackWonde) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: object) -> None:
            """The vendor's own log is nobody's business."""

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, sent)
            with wonde.lock:
                reply = wonde.school.reply(request)
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            changed = wonde.mutate(request, body)
            status, body = changed if isinstance(changed, tuple) else (reply.status, changed)
            self.send_response(status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

    return Handler
