"""A school whose answers are changed on their way, and what must have become of each record of it.

Nothing here is shared with the adapter. What the school holds, its log and what was really sent say which
records a cursor may step over: those that were given, that were refused, and that an answer hid.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Period
from rp_connect.domain.incident import IncidentRecord
from rp_connect.ports.mis import Cursor, Kind
from tests.plugins.in_process import Given
from tests.plugins.promises import Kept
from tests.plugins.rp_arbor.mutations import mutated
from tests.plugins.rp_arbor.vendor import ArborSite, Came, Row, plural_of, root_of

MAINS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CALENDAR: ("Term", "AcademicHoliday"),
    Kind.PUPIL: ("Student",),
    Kind.STAFF: ("Staff",),
    Kind.INCIDENT: ("BehaviouralIncident",),
    Kind.SUSPENSION: ("FixedPeriodExclusion", "PermanentExclusion", "InternalExclusion"),
    Kind.ATTENDANCE: ("AttendanceRollCallRecord",),
}
INVOLVING = ("BehaviouralIncidentStudentInvolvement", "BehaviouralIncidentBehaviour")
OWNERS: Mapping[str, str] = {
    "UkDfe_UpnAssignment": "student",
    "SchoolEnrolment": "student",
    "ExclusionExclusionReason": "exclusion",
    **dict.fromkeys((*INVOLVING, "BehaviouralIncidentAction"), "behaviouralIncident"),
}
"""By what a part says whose it is."""
DECIDES = {Kind.STAFF: ("EmailAddress",), Kind.ATTENDANCE: ("AttendanceRollCall",)}
"""Without an address a colleague is no record, and a roll call that is no session has no marks."""
NEEDED = (
    *("AcademicHoliday", "EmailAddress", *INVOLVING, "AttendanceMark", "AttendanceRollCall"),
    *(names[0] for names in MAINS.values()),
)
"""What a kind cannot do without: that these stop being granted in a reading is no end of a list."""
SESSIONS = {"1": "AM", "2": "PM"}
PRIVATE = ("Test Person", "Secretname", "Zoë said", "ada@", "northwick.example")


@dataclass
class Sent:
    """One answer: to what it was, and what became of it."""

    came: Came
    document: Any
    status: int
    body: bytes | None = None

    @cached_property
    def seen(self) -> Any:
        """As it was taken: None where it could not be, or had a bad status."""
        if not 200 <= self.status < 300:
            return None
        return self.document if self.body is None else _parsed(self.body)

    @property
    def key(self) -> str:
        return self.came.path.partition("/rest-v2/")[2].partition("/")[2]

    @property
    def says_gone(self) -> bool:
        """A 404 in Arbor's own words; that of a gateway is none."""
        said = self.document if self.body is None else _parsed(self.body)
        response = said.get("response") if isinstance(said, dict) else None
        return isinstance(response, dict) and response.get("code") == 404

    @property
    def lists(self) -> bool:
        """Whether a page of the whole list was asked for."""
        query = dict(self.came.query)
        return not self.key and query.get("page-size") != "1" and not any("filters" in name for name in query)

    def rows(self, document: Any) -> list[Any]:
        """Records or changes in it."""
        found = self.found(document) if isinstance(document, dict) else None
        return found if isinstance(found, list) else []

    def found(self, document: dict[str, Any]) -> Any:
        entity = self.came.entity
        if self.key == "changelog":
            return document.get("changes")
        if self.key:
            return [document.get(root_of(entity))]
        return document.get(root_of(plural_of(entity)), document.get(root_of(entity)))

    @cached_property
    def hidden(self) -> set[str]:
        """Keys of what was in it and did not come as it was, though the answer could be taken."""
        if self.body is None or self.seen is None or self.withdraws:
            return set()
        left = self.rows(self.seen)
        return {str(key_of(row)) for row in self.rows(self.document) if row not in left}

    @property
    def withdraws(self) -> bool:
        """A list without its rows means that it is not granted; what a kind needs is granted throughout."""
        if self.key or self.came.entity not in NEEDED or not isinstance(self.seen, dict | list):
            return False
        return not isinstance(self.seen, dict) or self.found(self.seen) is None

    @property
    def hides_the_rest(self) -> bool:
        """A list that is empty, or of what is no longer granted, and was neither."""
        if self.body is None or self.key or not isinstance(self.seen, dict | list) or self.withdraws:
            return False
        return bool(self.rows(self.document)) and not self.rows(self.seen)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def key_of(row: Any) -> str | None:
    """The id of a record, or of what a change is of."""
    held = row.get("changedObject", row) if isinstance(row, dict) else None
    href = held.get("href") if isinstance(held, dict) else None
    last = href.partition("?")[0].rstrip("/").rpartition("/")[2] if isinstance(href, str) else ""
    good = last.isascii() and last.replace("-", "").replace("_", "a").isalnum() and len(last) <= 64
    return last if good else None


class Post:
    """Answers for the site, and changes a share of the answers on their way."""

    def __init__(self, site: ArborSite) -> None:
        self.site = site
        self.dice, self.share = random.Random(0), 0.0
        self.sent: list[Sent] = []
        self.changed = 0

    def begin(self, dice: random.Random, share: float) -> None:
        self.dice, self.share = dice, share
        self.sent, self.changed = [], 0

    def answer(self, asked: requests.PreparedRequest) -> Given:
        parts = urlsplit(str(asked.url))
        headers = {name.lower(): value for name, value in asked.headers.items()}
        came = Came(str(asked.method), parts.path, parse_qsl(parts.query), headers)
        status, document = self.site.answer(came)
        self.site.came.clear()
        sent = Sent(came, document, status)
        self.sent.append(sent)
        if self.dice.random() >= self.share:
            return Given(status, json.dumps(document).encode())
        self.changed += 1
        sent.status, sent.body = mutated(self.dice, document)
        return Given(sent.status, sent.body, {"Retry-After": "60"})

    def of(self, *entities: str) -> list[Sent]:
        return [one for one in self.sent if one.came.entity in entities]

    def hides(self, entity: str, key: str) -> bool:
        return any(key in one.hidden or one.hides_the_rest for one in self.of(entity))


@dataclass
class Judge:
    """Of one reading of a kind, from the cursor `known` on (None: everything)."""

    post: Post
    kind: Kind
    known: Cursor | None
    told: set[str] = field(default_factory=set)

    def __call__(self, kept: Kept) -> None:
        self.told = set(told_by(kept))
        assert kept.cursor is not None
        expected = (
            self.everyone() if self.known is None or self.kind is Kind.CALENDAR else self.since(kept.cursor)
        )
        lost = [
            *(f"{entity} {key}" for entity, key in expected if not self.accounted(entity, key)),
            *self.silent(),
            *self.lost_pupils(kept),
        ]
        assert not lost, f"the cursor {kept.cursor} stepped over {lost}"
        assert not list(self.buried_alive(kept)), "what stands in Arbor was told as deleted"
        nameless = sum(self.without_id(one) for one in self.post.sent)
        assert nameless <= len(kept.refusals), "a row without an id was not refused"

    def everyone(self) -> Iterator[tuple[str, str]]:
        for entity in MAINS[self.kind]:
            yield from ((entity, key) for key in self.post.site.rows[entity])

    def buried_alive(self, kept: Kept) -> Iterator[str]:
        """Tombstones of records that stand there, and of which no answer of Arbor's said otherwise."""
        stones = {stone.id for stone in kept.tombstones}
        for entity in MAINS[self.kind]:
            gone = {one.key for one in self.post.of(entity) if one.says_gone}
            for key in self.post.site.rows[entity]:
                if key not in gone and next(names(entity, key)) in stones:
                    yield f"{entity} {key}"

    def since(self, reached: Cursor) -> Iterator[tuple[str, str]]:
        """By the log: what was changed between the two, and whose part was."""
        begin = (self.known or {})["revisions"]
        for at, word, entity, key in self.post.site.log:
            if not begin.get(entity, 1 << 62) < at <= reached["revisions"].get(entity, 0):
                continue
            if entity in MAINS[self.kind]:
                if word != "delete" or self.kind is not Kind.ATTENDANCE:
                    yield entity, key
            elif entity in OWNERS and not self.post.hides(entity, key):
                owner = self.post.site.rows[entity][key][OWNERS[entity]]
                yield owner["entityType"], str(key_of(owner))

    def accounted(self, entity: str, key: str) -> bool:
        row = self.post.site.rows[entity].get(key)
        deciding = self.post.of(*DECIDES.get(self.kind, ()))
        decided = any(one.hidden or one.hides_the_rest for one in deciding)
        return (
            bool(self.told & set(names(entity, key, row)))
            or self.post.hides(entity, key)
            or (self.kind in DECIDES and decided)
            or (row is not None and self.kind is Kind.ATTENDANCE and self.is_nothing(row))
        )

    def is_nothing(self, row: Row) -> bool:
        """A mark of a lesson, or one that Arbor says has gone when it is asked for alone."""
        gone = [one.key for one in self.post.of("AttendanceRollCallRecord") if one.says_gone]
        return key_of(row["attendanceRollCall"]) not in SESSIONS or key_of(row) in gone

    def silent(self) -> Iterator[str]:
        """Rows that came, changed or not, under an id, and are neither given nor refused."""
        if self.kind not in (Kind.INCIDENT, Kind.SUSPENSION):
            return
        for one in self.post.of(*MAINS[self.kind]):
            entity = one.came.entity
            if one.lists and one.seen is not None:
                keys = [key for row in one.rows(one.seen) if (key := key_of(row)) is not None]
            else:
                keys = [one.key] if one.key not in ("", "changelog") and one.seen is not None else []
            yield from (
                f"{entity} {key}, which came" for key in keys if not self.told & set(names(entity, key))
            )

    def without_id(self, one: Sent) -> int:
        if not (one.lists and one.came.entity in MAINS[self.kind]) or self.kind is Kind.CALENDAR:
            return 0
        return sum(key_of(row) is None for row in one.rows(one.seen))

    def lost_pupils(self, kept: Kept) -> Iterator[str]:
        """Of an incident: pupils whose part in it was not hidden, and who are not in it."""
        for record in kept.records:
            if not isinstance(record, IncidentRecord):
                continue
            given = {one.pupil_id for one in record.involved}
            for entity in INVOLVING:
                for key, row in self.post.site.rows[entity].items():
                    pupil, mine = key_of(row["student"]), key_of(row["behaviouralIncident"]) == record.id
                    if mine and pupil not in given and not self.post.hides(entity, key):
                        yield f"{pupil} of {record.id}"


def names(entity: str, key: str, row: Row | None = None) -> Iterator[str]:
    """What a record may be told by. Ids are unique within an entity."""
    yield key if entity not in ("PermanentExclusion", "InternalExclusion") else f"{entity}-{key}"
    yield f"{entity} {key}"
    yield f"{entity}/{key}"
    if row is not None and "recordDate" in row:
        place = f"{key_of(row['student'])}/{row['recordDate']['date'][:10]}"
        yield place
        yield f"{place}/{SESSIONS.get(str(key_of(row['attendanceRollCall'])))}"
    if row is not None and "startDate" in row and "endDate" in row and entity in MAINS[Kind.CALENDAR]:
        yield f"{row['startDate']['date'][:10]}–{row['endDate']['date'][:10]}"


def told_by(kept: Kept) -> Iterator[str]:
    for record in kept.records:
        if isinstance(record, Mark):
            yield f"{record.pupil_id}/{record.day}/{record.half.name}"
        elif isinstance(record, Period):
            yield f"{record.first}–{record.last}"
        else:
            yield record.id
    yield from (one.key for one in kept.refusals)
    yield from (one.id for one in kept.tombstones)
