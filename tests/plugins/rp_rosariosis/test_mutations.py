"""Mutated answers: nothing breaks, no cursor steps over a lost record, every refused one is named."""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest

from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import Kind
from rp_rosariosis.client import Rosario
from rp_rosariosis.readings import Readings
from rp_rosariosis.settings import RosarioSettings
from tests.plugins.rp_rosariosis.loopback import SETTINGS, served
from tests.plugins.rp_rosariosis.mutations import mutated
from tests.plugins.rp_rosariosis.tables import day, enrolment, mark, member, referral, small_school, student
from tests.plugins.rp_rosariosis.vendor import TOKEN, Reply, Vendor

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
ANSWERS = 100_000 if FULL else 400
PUPILS = range(2, 9)


def school() -> Vendor:
    """Seven pupils with referrals and marks, in lists of five rows."""
    tables = small_school()
    tables["students"] = [student(n) for n in PUPILS]
    tables["student_enrollment"] = [enrolment(n, n) for n in PUPILS]
    tables["staff"] = [member(n, f"t{n}@northwick.example") for n in PUPILS]
    tables["discipline_referrals"] = [
        referral(n, n, category_1="||Fighting||", category_5="||2 Days||", category_6="said") for n in PUPILS
    ]
    tables["attendance_period"] = [
        mark(n, f"2026-11-1{d}", p) for n in PUPILS for d in (8, 9) for p in (2, 3)
    ]
    tables["attendance_calendar"] = [day(f"2026-11-{n}") for n in range(16, 21)]
    return Vendor(tables, most_rows=5)


class Line:
    """Between the adapter and the vendor: spoils one answer of those to come, the `turn`-th."""

    def __init__(self) -> None:
        self.random, self.turn, self.spoilt = Random(0), -1, 0

    def begin(self, seed: int, turn: int) -> None:
        self.random, self.turn = Random(seed), turn

    def change(self, path: str, reply: Reply) -> bytes | Reply:
        self.turn -= 1
        if self.turn != -1 or reply.writes:
            return reply
        self.spoilt += 1
        return mutated(self.random, reply)


def impatient(url: str) -> Readings:
    """What the adapter reads with, but that a failed answer is not asked for again."""
    own = RosarioSettings.model_validate({"base_url": url, **SETTINGS})
    return Readings(Rosario(url, lambda: TOKEN, 5.0, tries=1), own)


def taken(mis: Readings, kind: Kind) -> tuple[dict[str, Any], set[str], bool] | None:
    """Records by key, the keys that were refused, and whether a cursor says that this was all; None where
    it ended with one of our errors or was not given."""
    try:
        reading = mis.read(kind, None)
        pages = list(reading.pages())
    except RpConnectError:
        return None
    if not reading.given:
        return None
    records = {key(record): record for page in pages for record in page.records}
    refused = {refusal.key.rpartition("/")[0] or refusal.key for page in pages for refusal in page.refusals}
    return records, refused, any(page.cursor is not None for page in pages)


def key(record: Any) -> str:
    if hasattr(record, "half"):
        return f"{record.pupil_id}/{record.day}"
    return str(getattr(record, "id", None) or getattr(record, "first", None))


IDS = {str(n) for n in PUPILS}
KEYS = {
    **dict.fromkeys((Kind.INCIDENT, Kind.SUSPENSION, Kind.PUPIL, Kind.STAFF), IDS),
    Kind.ATTENDANCE: {f"{n}/2026-11-1{d}" for n in PUPILS for d in (8, 9)},
    Kind.CALENDAR: {"2026-11-16"},
}
"""What the school holds, by the tables alone."""
ROWS = (Kind.INCIDENT, Kind.SUSPENSION, Kind.ATTENDANCE, Kind.PUPIL)


def check(seed: int, kind: Kind, given: tuple[dict[str, Any], set[str], bool] | None) -> None:
    """Whatever a cursor steps over was given, refused by its key, or lay under a changed key."""
    if given is None:
        return
    (records, refused, done), keys = given, KEYS[kind]
    assert all(" " not in one for one in refused), f"{seed}: a refusal names more than a key"
    if done and kind in ROWS:
        lost = keys - set(records) - refused
        strange = (set(records) | refused) - keys
        assert len(lost) <= len(strange) + 1, f"{seed}: {kind} lost {sorted(lost)}"


def requests_of(line: Line, mis: Readings, kind: Kind) -> int:
    """How many answers a whole reading takes."""
    line.begin(0, 10_000)
    taken(mis, kind)
    return 10_000 - line.turn


@pytest.mark.trial
def test_mutated_answers_break_nothing_and_no_cursor_steps_over_what_they_hid():
    line, seed = Line(), 0
    with served(school(), line.change) as url:
        mis = impatient(url)
        assert {kind: set((taken(mis, kind) or ({},))[0]) for kind in Kind} == KEYS
        turns = {kind: requests_of(line, mis, kind) for kind in Kind}
        while line.spoilt < ANSWERS:
            seed += 1
            kind = list(Kind)[seed % len(Kind)]
            line.begin(seed, Random(seed).randrange(turns[kind]))
            fresh = impatient(url) if seed % 50 == 0 else mis
            check(seed, kind, taken(fresh, kind))
