"""A school whose answers are changed on their way, and what must have become of each row of it.

Nothing here is shared with the adapter. What the school holds and what was really sent say which rows a
cursor may step over: those that were given, that were refused, and that an answer hid without a trace.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from rp_connect.domain.attendance import Mark
from rp_connect.domain.incident import IncidentRecord
from rp_connect.ports.mis import Cursor, Kind
from tests.plugins.in_process import Given
from tests.plugins.promises import Kept
from tests.plugins.rp_wonde.mutations import mutated
from tests.plugins.rp_wonde.vendor import Reply, Request, WondeSchool
from tests.plugins.rp_wonde.wonde_rows import Row, behaviour, employee, exclusion, mark, php, student

LISTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.PUPIL: ("students", "students-leaver"),
    Kind.STAFF: ("employees",),
    Kind.INCIDENT: ("behaviours",),
    Kind.SUSPENSION: ("exclusions",),
    Kind.ATTENDANCE: ("attendance/session", "attendance-leavers/session"),
}
DELETED = {Kind.PUPIL: "student", Kind.INCIDENT: "behaviour", Kind.SUSPENSION: "exclusion"}
PRIVATE = ("Test Person", "Ada Line", "A coat was torn", "northwick.example", "home.example")
FORMAT = "%Y-%m-%d %H:%M:%S"
NOW = datetime.now(UTC)
SINCE = f"{NOW - timedelta(days=30):{FORMAT}}"
CURSOR: Cursor = {"since": SINCE, "ids": {"A404": "upi-A404"}}


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def filled(school: WondeSchool) -> WondeSchool:
    """Seven pupils, a leaver, and what was changed lately or long ago; nothing in the last hours."""
    names = {"forename": "Ada Line", "surname": "Test Person"}
    pupils = [f"A{n}" for n in range(7)]
    start, moment = ago(20).date(), ago(20).replace(hour=10, microsecond=0)
    for n, pupil in enumerate(pupils):
        changed = ago(1 + 9 * n)
        school.put("students", student(pupil, **names), changed=changed)
        one = behaviour(f"B{n}", (pupil, "AG"), (pupils[n - 1], "TA"), incident_date=php(moment))
        school.put("behaviours", one, changed=changed)
        dates = {"start_date": php(start), "end_date": php(start + timedelta(days=1))}
        school.put("exclusions", exclusion(f"X{n}", pupil, **dates), changed=changed)
        school.put("attendance/session", mark(f"M{n}", pupil, start), changed=changed)
        school.put("attendance/session", mark(f"P{n}", pupil, start, "PM", "P3"), changed=changed)
    school.put("students-leaver", student("L1", **names), changed=ago(3))
    school.put("attendance-leavers/session", mark("M9", "L1", start), changed=ago(3))
    for n in range(5):
        school.put("employees", employee(f"E{n}", f"t{n}@northwick.example"), changed=ago(1 + 9 * n))
    for name, key in (("behaviours", "B404"), ("exclusions", "X404"), ("students", "A404")):
        school.delete(name, key, name.removesuffix("s"), ago(2))
    return school


@dataclass
class Sent:
    """One answer: of which list, what it was, and what became of it."""

    name: str
    query: Mapping[str, str]
    document: Any
    status: int = 200
    body: bytes | None = None

    @cached_property
    def seen(self) -> Any:
        """The document as it was sent; None where it is none."""
        if self.body is None:
            return self.document
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    @cached_property
    def rows(self) -> list[Any]:
        data = self.seen.get("data") if self.good and isinstance(self.seen, dict) else None
        return data if isinstance(data, list) else []

    @property
    def is_list(self) -> bool:
        return self.good and isinstance(self.seen, dict) and isinstance(self.seen.get("data"), list)

    @cached_property
    def originals(self) -> Mapping[str, Row]:
        data = self.document.get("data") if isinstance(self.document, dict) else None
        return {row["id"]: row for row in data} if isinstance(data, list) else {}

    @cached_property
    def plain(self) -> Mapping[str, Row]:
        """Rows that came as they were."""
        found = {
            row["id"]: row for row in self.rows if isinstance(row, dict) and isinstance(row.get("id"), str)
        }
        return {key: row for key, row in found.items() if self.originals.get(key) == row}

    @property
    def hides_the_rest(self) -> bool:
        """Whether it says other than it did of where the list goes on, or that there is no list."""
        return not self.is_list or _paging(self.seen) != _paging(self.document)


def _paging(document: Any) -> Any:
    meta = document.get("meta")
    return meta.get("pagination") if isinstance(meta, dict) else meta


class Post:
    """Answers for the school, and changes a share of the answers on their way."""

    def __init__(self, school: WondeSchool) -> None:
        self.school = school
        self.chance, self.share = Random(0), 0.0
        self.sent: list[Sent] = []
        self.changed = 0

    def begin(self, chance: Random, share: float) -> None:
        self.chance, self.share = chance, share
        self.sent, self.changed = [], 0

    def answer(self, asked: requests.PreparedRequest) -> Given:
        parts = urlsplit(str(asked.url))
        headers = {name.lower(): value for name, value in asked.headers.items()}
        request = Request(str(asked.method), parts.path, dict(parse_qsl(parts.query)), headers)
        try:
            reply = self.school.reply(request)
        except ValueError:  # of an address that was changed on its way to us, and came back
            reply = Reply(422, {"error": "invalid"})
        self.school.requests.clear()
        return Given(*self.carried(request, reply.status, reply.body))

    def carried(self, request: Request, status: int, document: Any) -> tuple[int, bytes]:
        sent = Sent(request.list, request.query, document, status)
        self.sent.append(sent)
        body = json.dumps(document).encode()
        if self.chance.random() < self.share:
            self.changed += 1
            sent.status, sent.body = mutated(body, self.chance)
        return sent.status, body if sent.body is None else sent.body

    def of(self, name: str) -> list[Sent]:
        return [one for one in self.sent if one.name == name]


@dataclass
class Judge:
    """Of one reading of a kind, from `since` on (None: everything)."""

    post: Post
    kind: Kind
    since: str | None
    told: set[str] = field(default_factory=set)

    def __call__(self, kept: Kept) -> None:
        assert kept.cursor is not None
        reached = str(kept.cursor["since"])
        self.told = set(told_by(kept))
        lost = [*self.lost(reached), *self.lost_pupils(kept), *self.lost_deletions()]
        assert not lost, f"the cursor {reached} stepped over {lost}"

    def lost(self, reached: str) -> Iterator[str]:
        """Rows of the school before the cursor, and rows that came as they were, of which nothing is told."""
        for name in LISTS[self.kind]:
            answers = self.answers(name)
            plain = {key: row for one in answers for key, row in one.plain.items()}
            hidden = {key for one in answers for key in one.originals}
            all_hidden = any(one.hides_the_rest for one in answers)
            for key in self.before(name, reached):
                if key not in plain and key not in hidden and not all_hidden:
                    yield f"{name} {key}, which was never asked for"
            for key, row in plain.items():
                if not self.told & set(self.names(row)):
                    yield f"{name} {key}"

    def before(self, name: str, reached: str) -> Iterator[str]:
        for row in self.post.school.rows[name]:
            changed = f"{self.post.school.changed[name, row['id']]:{FORMAT}}"
            if self.begin <= changed < reached:
                yield row["id"]

    @property
    def begin(self) -> str:
        """A first reading of marks goes back to August."""
        august = f"{NOW.year - (NOW.month < 8)}-08-01" if self.kind is Kind.ATTENDANCE else ""
        return self.since or august

    def answers(self, name: str) -> list[Sent]:
        """Of the reading itself: who is on roll may be looked up beside it, without a window."""
        return [one for one in self.post.of(name) if self.since is None or "updated_after" in one.query]

    def names(self, row: Row) -> Iterator[str]:
        """What a row may be told by."""
        yield row["id"]
        if self.kind in (Kind.PUPIL, Kind.STAFF):
            yield row["upi"]
        if self.kind is Kind.ATTENDANCE:
            day = row["date"]["date"][:10]
            for upi in self.upis(row["student"]):
                yield f"{upi}/{day}/{row['session']}"
                yield f"{upi}/{day}/{row['id']}"

    def upis(self, wonde_id: str) -> set[str]:
        """By what the answers said of a pupil."""
        rows = [row for name in LISTS[Kind.PUPIL] for one in self.post.of(name) for row in one.rows]
        return {
            str(row.get("upi")).strip()
            for row in rows
            if isinstance(row, dict) and str(row.get("id")).strip() == wonde_id
        }

    def lost_pupils(self, kept: Kept) -> Iterator[str]:
        """Of an incident that came once, or twice the same: pupils who are neither in it nor refused."""
        held = {one.id: one for one in kept.records if isinstance(one, IncidentRecord)}
        for answer in self.post.of("behaviours"):
            for key, row in answer.plain.items():
                if any(isinstance(one, dict) and one.get("id") == key and one != row for one in answer.rows):
                    continue
                given = {one.pupil_id for one in held[key].involved} if key in held else None
                for pupil in row["students"]["data"]:
                    if (
                        given is not None
                        and not {pupil["upi"]} & given | {f"{key}/{pupil['id']}"} & self.told
                    ):
                        yield f"{pupil['id']} of {key}"

    def lost_deletions(self) -> Iterator[str]:
        """Of those that were told as they were; pupils are known by what the cursor remembers of them."""
        for answer in self.post.of("deletions"):
            for key in answer.plain:
                name = f"upi-{key}" if self.kind is Kind.PUPIL else key
                if name not in self.told:
                    yield f"deletion of {key}"

    def whole(self, kept: Kept) -> None:
        """At the end: each list was one, and each row of it, however it came, made a record or a refusal."""
        answers = [one for name in LISTS[self.kind] for one in self.answers(name)]
        assert all(one.is_list for one in answers if one.good), "what is no list was taken for an empty one"
        others = sum(one.key.startswith("deletion ") for one in kept.refusals)
        told = len(kept.records) + len(kept.refusals) - others
        rows = [row for one in answers for row in one.rows]
        assert told >= least(self.kind, rows), f"{self.kind}: {len(rows)} rows came, and {told} are told of"
        if self.kind in DELETED and self.since:
            assert self.post.of("deletions"), "what was deleted was never asked for"


def told_by(kept: Kept) -> Iterator[str]:
    for record in kept.records:
        yield (
            f"{record.pupil_id}/{record.day}/{record.half.name}"
            if isinstance(record, Mark)
            else str(getattr(record, "id", ""))
        )
    yield from (one.key for one in kept.refusals)
    yield from (one.id for one in kept.tombstones)


def least(kind: Kind, rows: list[Any]) -> int:
    """How many records and refusals there must be: one for each row, but for those that name the same."""
    saying = [row for row in rows if not (isinstance(row, dict) and says_nothing(kind, row))]
    named = [name for row in saying if (name := _name(kind, row)) is not None]
    return len(set(named)) + len(saying) - len(named)


def _name(kind: Kind, row: Any) -> Any:
    if not isinstance(row, dict):
        return None
    if kind is Kind.ATTENDANCE:
        held = row.get("date")
        day = held.get("date") if isinstance(held, dict) else held
        return str(row.get("student")).strip(), str(day).strip()[:10], str(row.get("session")).strip()
    value = row.get("upi" if kind is Kind.PUPIL else "id")
    return str(value).strip() if isinstance(value, str | int) else None


def says_nothing(kind: Kind, row: Row) -> bool:
    """A session without a code, a colleague without an address."""
    if kind is Kind.ATTENDANCE:
        return row.get("attendance_code") in (None, "")
    return kind is Kind.STAFF
