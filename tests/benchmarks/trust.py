"""Seeded schools on disk and marks in memory: the same figures give the same bytes."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from rp_connect.domain.calendar import Half
from rp_connect.domain.people import PupilRecord
from rp_connect.storage.store import open_store
from tests.drop_school import CAL_A

FIRST_DAY = date(2026, 9, 2)
NOW = "2026-12-14T10:00"
MIS = "file_drop"

_CODES = {"/": 46, "\\": 46, "L": 3, "I": 3, "M": 1, "O": 1}
_TRUST = """\
[trust]
name = "Invented Trust"
[store]
url = "{url}"
"""
SQLITE = "sqlite:///rp-connect.db"
_SCHOOL = """
[[school]]
id = "{id}"
name = "School {id}"
kind = "academy"
calendar = "calendar.csv"
policy = "england"
mis = "file_drop"
workspace = "local"
live_from = 2026-09-01
[school.file_drop]
folder = "{id}/drop"
[school.local]
folder = "{id}/workspace"
[school.people]
lead = ["lead@{id}.example"]
"""

Mark = tuple[int, date, Half, str]
"""Our number of the pupil, day, half, code: what `work.marks.put` takes."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What one school has. `days` are those of its attendance file."""

    pupils: int
    days: int = 0
    incidents: int = 0
    suspensions: int = 0


def days_from(first: date, count: int) -> list[date]:
    """Days in a row. The store does not ask whether a day is a school day, and so nor do we."""
    return [first + timedelta(days=n) for n in range(count)]


def marks_of(pupils: Sequence[int], days: Iterable[date], seed: int) -> list[Mark]:
    """In order of day, half and pupil, as a reading gives them."""
    dice, words, weights = random.Random(seed), list(_CODES), list(_CODES.values())
    found: list[Mark] = []
    for day in days:
        for half in Half:
            codes = dice.choices(words, weights, k=len(pupils))
            found += [(no, day, half, code) for no, code in zip(pupils, codes, strict=True)]
    return found


def store_with_pupils(folder: Path, count: int) -> Path:
    """An empty store of one school, `s001`, whose pupils have the numbers 1 to `count`."""
    path = folder / "rp-connect.db"
    store = open_store(f"sqlite:///{path}")
    with store.begin() as work:
        work.pupils.put("s001", MIS, pupil_records(count))
        work.commit()
    store.close()
    return path


def pupil_records(count: int) -> list[PupilRecord]:
    return [
        PupilRecord(id=f"P{n:05}", given_name="Ada", family_name=f"Made{n:05}") for n in range(1, count + 1)
    ]


def write_trust(folder: Path, schools: int, shape: Shape, seed: int, url: str = SQLITE) -> Path:
    """The configuration of an installation with `schools` schools of this shape, each with its own drop."""
    calendar = [("kind", "first", "last"), *CAL_A]
    _write(folder / "calendar.csv", calendar)
    names = [f"s{number:03}" for number in range(1, schools + 1)]
    config = folder / "rp-connect.toml"
    config.write_text(
        _TRUST.format(url=url) + "".join(_SCHOOL.format(id=name) for name in names), encoding="utf-8"
    )
    for number, name in enumerate(names):
        write_school(folder / name / "drop", shape, seed + number)
    return config


def write_school(drop: Path, shape: Shape, seed: int) -> None:
    drop.mkdir(parents=True, exist_ok=True)
    dice, pupils = random.Random(seed), range(1, shape.pupils + 1)
    write_pupils(drop, shape.pupils)
    write_incidents(
        drop, [(n, dice.choice(pupils), dice.choice(pupils)) for n in range(1, shape.incidents + 1)]
    )
    write_suspensions(drop, dice.sample(pupils, shape.suspensions), seed)
    if shape.days:
        last = date.fromisoformat(NOW[:10])
        write_attendance(drop, shape.pupils, days_from(last - timedelta(days=shape.days), shape.days), seed)


def write_pupils(drop: Path, count: int) -> None:
    head = ("pupil_id", "given_name", "family_name", "date_of_birth", "year_group", "social_worker")
    rows = [
        (f"P{n:05}", "Ada", f"Made{n:05}", "2013-05-04", n % 5 + 7, "Y" if n % 20 == 0 else "N")
        for n in range(1, count + 1)
    ]
    _write(drop / "pupils.csv", [head, *rows])


def write_incidents(drop: Path, incidents: Iterable[tuple[int, int, int]]) -> None:
    """Number, who did it, who was harmed."""
    head = ("incident_id", "occurred_at", "type", "pupil_id", "role")
    rows = [
        (f"I{number:05}", f"2026-11-{number % 28 + 1:02}T12:40", "Fighting", f"P{no:05}", role)
        for number, *both in incidents
        for no, role in zip(both, ("responsible", "harmed"), strict=True)
        if role == "responsible" or both[0] != both[1]
    ]
    _write(drop / "incidents.csv", [head, *rows])


def write_suspensions(drop: Path, pupils: Iterable[int], seed: int) -> None:
    """One for each of these pupils, of one to six sessions, decided in the weeks before NOW."""
    dice, first = random.Random(seed), date(2026, 11, 16)
    rows = []
    for number, no in enumerate(pupils, start=1):
        day = first + timedelta(days=dice.choice([d for d in range(26) if d % 7 < 5]))
        rows.append(
            (f"S{number:05}", f"P{no:05}", "SUSP", "PP", day, day, dice.randint(1, 6), f"I{number:05}")
        )
    head = (
        "suspension_id",
        "pupil_id",
        "category",
        "reason_1",
        "decided_at",
        "start_date",
        "sessions",
        "incident_id",
    )
    _write(drop / "suspensions.csv", [head, *rows])


def write_attendance(drop: Path, pupils: int, days: Iterable[date], seed: int) -> None:
    rows = [
        (f"P{no:05}", day, half.name, code)
        for no, day, half, code in marks_of(range(1, pupils + 1), days, seed)
    ]
    _write(drop / "attendance.csv", [("pupil_id", "date", "session", "code"), *rows])


def _write(path: Path, rows: Iterable[Sequence[object]]) -> None:
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
