"""Whatever Wonde answers: an error of our family or a reading, and then no row that it sent is lost."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest

from rp_connect.domain.attendance import Mark
from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import Kind
from rp_wonde.adapter import WondeAdapter
from tests.plugins.rp_wonde.conftest import Open
from tests.plugins.rp_wonde.mutations import mutated
from tests.plugins.rp_wonde.taking import Taken
from tests.plugins.rp_wonde.vendor import Request, WondeSchool
from tests.plugins.rp_wonde.wonde_rows import Row, behaviour, employee, exclusion, mark, student

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
ANSWERS = 100_000 if FULL else 1_500
SHARDS = 100 if FULL else 4
"""Each is a test of its own, so that none takes longer than a test may."""
SEED = 20261128
LISTS = {
    Kind.PUPIL: ("students", "students-leaver"),
    Kind.STAFF: ("employees",),
    Kind.INCIDENT: ("behaviours",),
    Kind.SUSPENSION: ("exclusions",),
    Kind.ATTENDANCE: ("attendance/session", "attendance-leavers/session"),
}


def fill(school: WondeSchool) -> None:
    pupils = [f"A{n}" for n in range(7)]
    school.put("students", *(student(key) for key in pupils))
    school.put("students-leaver", student("L1"))
    school.put("employees", *(employee(f"E{n}", f"t{n}@northwick.example") for n in range(5)))
    school.put(
        "behaviours", *(behaviour(f"B{n}", (pupils[n], "AG"), (pupils[n - 1], "TA")) for n in range(7))
    )
    school.put("exclusions", *(exclusion(f"X{n}", pupils[n]) for n in range(7)))
    school.put("attendance/session", *(mark(f"M{n}", pupils[n], date(2026, 11, 9)) for n in range(7)))
    school.put("attendance-leavers/session", mark("M9", "L1", date(2026, 11, 9)))
    school.delete("behaviours", "B404", "behaviour")
    school.delete("exclusions", "X404", "exclusion")
    school.delete("students", "A404", "student")


class Post:
    """Changes about one answer in three on its way, and keeps what was really sent."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.changed = 0
        self.sent: list[tuple[str, bytes]] = []
        self.originals: list[Row] = []

    def carry(self, request: Request, body: bytes) -> bytes:
        self.originals += rows_in(body)
        if self.chance.random() < 0.35:
            self.changed += 1
            body = mutated(body, self.chance)
        self.sent.append((request.list, body))
        return body

    def rows(self, kind: Kind) -> list[Any]:
        return [row for name, body in self.sent if name in LISTS[kind] for row in rows_in(body)]

    def was_whole(self, kind: Kind) -> bool:
        """Whether every list of the kind was sent as a list: what is none is never an empty one."""
        return all(is_list(body) for name, body in self.sent if name in LISTS[kind])


def is_list(body: bytes) -> bool:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and isinstance(document.get("data"), list)


def rows_in(body: bytes) -> list[Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return []
    data = document.get("data") if isinstance(document, dict) else None
    return data if isinstance(data, list) else []


def is_plain(row: object, originals: list[Row]) -> bool:
    """Whether it is as it was, so that it must be read."""
    return isinstance(row, dict) and row in originals


def missing(kind: Kind, taken: Taken, post: Post) -> Iterator[str]:
    """Rows that were sent and neither given nor refused."""
    records = {"/".join(map(str, one[:1])) if isinstance(one, Mark) else one.id for one in taken.records}
    told = {part for refusal in taken.refusals for part in (refusal.key, refusal.key.partition("/")[0])}
    for row in post.rows(kind):
        if not is_plain(row, post.originals):
            continue
        key = row["id"] if kind in (Kind.INCIDENT, Kind.SUSPENSION) else row.get("upi")
        key = f"upi-{row['student']}" if kind is Kind.ATTENDANCE else key
        if key not in records and not told & {key, row["id"]}:
            yield str(key)


def least(kind: Kind, post: Post) -> int:
    """How many records and refusals there must be: one for each row, but for those that name the same."""
    rows = [row for row in post.rows(kind) if not (isinstance(row, dict) and _says_nothing(kind, row))]
    field = {Kind.PUPIL: "upi", Kind.ATTENDANCE: "student"}.get(kind, "id")
    names = [row.get(field) if isinstance(row, dict) else None for row in rows]
    named = [str(name).strip() for name in names if isinstance(name, str | int)]
    return len(set(named)) + len(names) - len(named)


def _says_nothing(kind: Kind, row: Row) -> bool:
    """A session without a code, a colleague without an address."""
    if kind is Kind.ATTENDANCE:
        return row.get("attendance_code") in (None, "")
    return kind is Kind.STAFF


def read(adapter: WondeAdapter, kind: Kind, chance: Random) -> Taken | RpConnectError:
    try:
        return Taken(adapter.everything(kind) if chance.random() < 0.5 else adapter.changes(kind, None))
    except RpConnectError as error:
        return error


@pytest.mark.trial
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_answer_of_wonde_brings_it_down_and_no_row_is_lost(wonde, adapter_of: Open, shard: int):
    fill(wonde.school)
    chance, changed, whole, refused = Random(SEED + shard), 0, 0, 0
    while changed < ANSWERS // SHARDS:
        post = Post(chance)
        wonde.mutate = post.carry
        kind = chance.choice(list(LISTS))
        taken = read(adapter_of(per_page=3, paging=chance.choice(["cursor", "offset"])), kind, chance)
        changed += post.changed
        if isinstance(taken, RpConnectError):
            assert " " in str(taken)
            assert "Testperson" not in str(taken)
        elif taken.reading.given:
            whole += 1
            refused += len(taken.refusals)
            assert taken.cursor is not None
            assert post.was_whole(kind)
            assert list(missing(kind, taken, post)) == []
            assert len(taken.records) + len(taken.refusals) >= least(kind, post)
            assert not any("Testperson" in f"{one.key}{one.reason}" for one in taken.refusals)

    assert whole > changed // 20, "hardly any reading came to its end, so nothing was tried"
    assert refused > changed // 50
