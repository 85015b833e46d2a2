"""A school whose answers are changed on their way, and what must have become of each row of it.

Nothing here is shared with the adapter. What the tables hold and what was really sent say which rows a cursor
may step over: those that were given, that were refused, and that an answer hid without a trace.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Period, PeriodKind
from rp_connect.ports.mis import Cursor, Kind
from tests.plugins.in_process import Given
from tests.plugins.promises import Kept
from tests.plugins.rp_rosariosis.mutations import mutated
from tests.plugins.rp_rosariosis.tables import (
    Row,
    day,
    enrolment,
    mark,
    member,
    referral,
    small_school,
    student,
)
from tests.plugins.rp_rosariosis.vendor import Reply, Vendor, error

PUPILS = range(2, 13)
DAYS = ("2026-11-18", "2026-11-19")
SESSIONS = {2: "AM", 3: "PM"}
TABLES = {
    Kind.CALENDAR: "attendance_calendar",
    Kind.PUPIL: "students",
    Kind.STAFF: "staff",
    Kind.INCIDENT: "discipline_referrals",
    Kind.SUSPENSION: "discipline_referrals",
    Kind.ATTENDANCE: "attendance_period",
}
CHANGING = (Kind.PUPIL, Kind.INCIDENT, Kind.SUSPENSION, Kind.ATTENDANCE)
"""The others are read whole each time."""
KEYS = {
    "attendance_calendar": ("school_date",),
    "attendance_period": ("student_id", "school_date", "period_id"),
    "students": ("student_id",),
    "student_enrollment": ("student_id",),
    "staff": ("staff_id",),
    "school_periods": ("period_id",),
}
"""What a row is known by, where it is not its id."""
SUSPENDS = 5
"""The referral field that says what a suspension is: without it there is none."""
PRIVATE = ("Test Person", "northwick.example", "this-hash")
NOW = datetime.now(UTC)
CURSOR: Cursor = {"since": f"{NOW - timedelta(days=30):%Y-%m-%d %H:%M:%S}"}


def school() -> Vendor:
    """Eleven pupils with referrals and marks, every other of them changed lately, in lists of five rows."""
    names = {"given": "Test Person", "family": "Test Person"}
    labels = {"category_1": "||Fighting||", "category_5": "||2 Days||", "category_6": "Test Person said"}
    tables = small_school()
    tables["students"] = [student(n, **names, **stamps(n)) for n in PUPILS]
    tables["student_enrollment"] = [enrolment(n, n, **stamps(1)) for n in PUPILS]
    tables["staff"] = [member(n, f"t{n}@northwick.example", **stamps(n)) for n in PUPILS]
    tables["discipline_referrals"] = [referral(n, n, **labels, **stamps(n)) for n in PUPILS]
    tables["attendance_period"] = [
        mark(n, day, period, **stamps(n)) for n in PUPILS for day in DAYS for period in SESSIONS
    ]
    tables["attendance_calendar"] = [day(f"2026-11-{n}") for n in range(16, 21)]
    return Vendor(tables, most_rows=5)


def stamps(number: int) -> Row:
    changed = f"{NOW - timedelta(days=2 if number % 2 == 0 else 200):%Y-%m-%d %H:%M:%S}"
    return {"created_at": changed, "updated_at": None}


@dataclass
class Sent:
    """One answer: to what it was, and what became of it."""

    table: str
    single: bool
    document: Any
    status: int
    body: bytes | None = None

    @cached_property
    def seen(self) -> Any:
        """As it was taken: None where it could not be, or had a bad status."""
        if not 200 <= self.status < 300:
            return None
        try:
            return self.document if self.body is None else json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @cached_property
    def rows(self) -> list[Any]:
        return _rows(self.seen)

    @cached_property
    def hidden(self) -> set[str]:
        """Keys of what was in it and did not come as it was, though the answer could be taken."""
        if self.body is None or self.seen is None or self.single:
            return set()
        return {key_of(self.table, row) for row in _rows(self.document) if row not in self.rows}

    @property
    def hides_the_rest(self) -> bool:
        """Whether it says that there are fewer rows than there are."""
        if self.body is None or self.single or not isinstance(self.seen, dict):
            return False
        total, before = self.seen.get("results", 0), self.document.get("results", 0)
        return isinstance(total, int) and total < before and total <= len(self.rows)

    @property
    def hides_days(self) -> bool:
        """Whether it says otherwise than it did which day is the next one with a mark that changed."""
        named = [set(row) for row in _rows(self.document)]
        return self.body is not None and self.seen is not None and named == [{"school_date"}]


def _rows(document: Any) -> list[Any]:
    found = document.get("records") if isinstance(document, dict) else None
    return found if isinstance(found, list) else []


def key_of(table: str, row: Any) -> str:
    named = KEYS.get(table, ("id",))
    return "/".join(str(row.get(column)) for column in named) if isinstance(row, dict) else ""


class Post:
    """Answers for the vendor, and changes a share of the answers on their way."""

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.random, self.share = Random(0), 0.0
        self.sent: list[Sent] = []
        self.changed = 0

    def begin(self, random: Random, share: float) -> None:
        self.random, self.share = random, share
        self.sent, self.changed = [], 0
        self.vendor.log.clear()

    def answer(self, asked: requests.PreparedRequest) -> Given:
        parts = urlsplit(str(asked.url))
        query = parse_qsl(parts.query, keep_blank_values=True)
        headers = {name.lower(): value for name, value in asked.headers.items()}
        content = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
        try:
            reply = self.vendor.answer(str(asked.method), parts.path, query, headers, content)
        except ValueError:  # a key that was changed on its way to us, and came back
            reply = error(500, 9999)
        given = self.carried(parts.path, dict(query), reply)
        return Given(given[0], given[1], {"Content-Type": "application/json", **given[2]})

    def carried(self, path: str, query: dict[str, str], reply: Reply) -> tuple[int, bytes, dict[str, str]]:
        table = path.rpartition("/")[2]
        sent = Sent(table, query.get("page", "").endswith(",1"), reply.body, reply.status)
        self.sent.append(sent)
        body, headers = reply.body, dict(reply.headers)
        if self.random.random() < self.share:
            self.changed += 1
            changed = mutated(self.random, reply)
            if isinstance(changed, Reply):
                sent.status = changed.status
                body, headers = changed.body, {}
            else:
                body = changed
            sent.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        return sent.status, body if isinstance(body, bytes) else json.dumps(body).encode(), headers

    def of(self, *tables: str) -> list[Sent]:
        return [one for one in self.sent if one.table in tables]

    def hidden(self, *tables: str) -> set[str]:
        return {key for one in self.of(*tables) for key in one.hidden}

    def hides_the_rest(self, *tables: str) -> bool:
        return any(one.hides_the_rest for one in self.of(*tables))


@dataclass
class Judge:
    """Of one reading of a kind, from `since` on (None: everything)."""

    post: Post
    kind: Kind
    since: str | None
    told: set[str] = field(default_factory=set)

    def __call__(self, kept: Kept) -> None:
        assert kept.cursor is not None
        self.told = set(told_by(kept))
        lost = [key_of(self.table, row) for row in self.expected() if not self.accounted(row)]
        assert not lost, f"{self.kind}: the cursor {kept.cursor} stepped over {lost}"
        silent = list(self.silent())
        assert not silent, f"{self.kind}: {silent} came, and are neither given nor refused"

    @property
    def table(self) -> str:
        return TABLES[self.kind]

    def expected(self) -> list[Row]:
        """What was changed since; an enrolment changes its pupil."""
        rows = self.post.vendor.tables[self.table]
        if self.since is None or self.kind not in CHANGING:
            return rows
        return [row for row in rows if row["created_at"] >= self.since]

    def accounted(self, row: Row) -> bool:
        return bool(self.told & set(names(self.kind, row))) or self.may_be_hidden(row)

    def may_be_hidden(self, row: Row) -> bool:
        """By what an answer hid: the row itself, or what makes it one of ours."""
        tables = [self.table]
        if self.kind is Kind.PUPIL:
            tables.append("student_enrollment")
        if key_of(self.table, row) in self.post.hidden(*tables) or self.post.hides_the_rest(*tables):
            return True
        if self.kind is Kind.SUSPENSION:
            return self.no_label_means_a_suspension()
        if any(one.hides_days for one in self.post.of("attendance_period")):
            return True
        period = str(row["period_id"]) if self.kind is Kind.ATTENDANCE else ""
        return period in self.post.hidden("school_periods") or bool(
            period and self.post.hides_the_rest("school_periods")
        )

    def no_label_means_a_suspension(self) -> bool:
        usage = [row for row in self.post.vendor.tables["discipline_field_usage"]]
        ids = {str(row["id"]) for row in usage if row["discipline_field_id"] == SUSPENDS}
        return (
            str(SUSPENDS) in self.post.hidden("discipline_fields")
            or bool(ids & self.post.hidden("discipline_field_usage"))
            or self.post.hides_the_rest("discipline_fields", "discipline_field_usage")
        )

    def silent(self) -> Iterator[str]:
        """Rows that came, changed or not, under an id of the school, and of which nothing is told.

        The last of a page may be asked for again with the next, and be hidden there.
        """
        if self.kind in (Kind.CALENDAR, Kind.STAFF) or self.post.hidden(
            "student_enrollment", "school_periods", "discipline_fields", "discipline_field_usage"
        ):
            return
        known = {key_of(self.table, row): row for row in self.post.vendor.tables[self.table]}
        for one in self.post.of(self.table):
            came = [
                (key_of(self.table, row), row) for row in one.rows if isinstance(row, dict) and len(row) > 2
            ]
            for key, row in came:
                again = key in self.post.hidden(self.table) and row in _rows(one.document)
                if key in known and not again and says_something(self.kind, row, known[key]):
                    yield from [] if self.told & set(names(self.kind, known[key])) else [key]


def says_something(kind: Kind, row: Row, original: Row) -> bool:
    """Whether it makes a record or a refusal: a mark that was not entered and a referral without its label
    make neither; where the answer lacks them it does not say so."""
    if kind is Kind.ATTENDANCE:
        return row.get("attendance_code", "") is not None
    label = f"category_{SUSPENDS}"
    return kind is not Kind.SUSPENSION or row.get(label, original[label]) == original[label]


def names(kind: Kind, row: Row) -> Iterator[str]:
    """What a row may be told by."""
    yield key_of(TABLES[kind], row)
    if kind is Kind.ATTENDANCE:
        yield f"{row['student_id']}/{row['school_date']}/{SESSIONS[row['period_id']]}"


def told_by(kept: Kept) -> Iterator[str]:
    for record in kept.records:
        if isinstance(record, Mark):
            yield f"{record.pupil_id}/{record.day}/{record.half.name}"
        elif not isinstance(record, Period):
            yield record.id
    yield from school_days([record for record in kept.records if isinstance(record, Period)])
    yield from (one.key for one in kept.refusals)


def school_days(periods: list[Period]) -> Iterator[str]:
    """Days of a term that are in no holiday."""
    days = (date(2026, 11, 1) + timedelta(days=n) for n in range(30))
    for one in days:
        kinds = {period.kind for period in periods if period.first <= one <= period.last}
        if kinds == {PeriodKind.TERM}:
            yield f"{one}"
