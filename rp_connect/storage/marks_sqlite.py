"""Writing marks on SQLite: many rows a statement, and triggers that keep the counters as the rows go in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import chain

from rp_connect.domain.calendar import Half
from rp_connect.storage.session import Session, in_lots

_AT_ONCE = 200

# Of this connection alone: the schema does not have them. Each ends with the count of what now stands.
_COUNT = """
    INSERT INTO attendance_counts (pupil_no, school_year, code, n)
    VALUES (new.pupil_no, (new.day - 801) / 10000, new.code, 1)
    ON CONFLICT DO UPDATE SET n = n + 1; END"""
_ENTERED = "CREATE TEMP TRIGGER IF NOT EXISTS mark_entered AFTER INSERT ON main.attendance BEGIN"
_AMENDED = """
    CREATE TEMP TRIGGER IF NOT EXISTS mark_amended AFTER UPDATE OF code ON main.attendance BEGIN
    UPDATE attendance_counts SET n = n - 1
    WHERE pupil_no = old.pupil_no AND school_year = (old.day - 801) / 10000 AND code = old.code;"""


def write(
    session: Session, school_no: int, rows: Iterable[tuple[int, date, Half, str]], days: Mapping[date, int]
) -> set[int]:
    """The pupils with a mark that is new or changed."""
    for trigger in (_ENTERED, _AMENDED):
        session.driver_rows(trigger + _COUNT)
    given = ((days[day], school_no, int(half), no, code) for no, day, half, code in rows)
    latest = {mark[:4]: mark for mark in given}
    changed: set[int] = set()
    for some in in_lots(latest.values(), _AT_ONCE):
        changed.update(no for (no,) in session.driver_rows(_put(len(some)), [*chain.from_iterable(some)]))
    return changed


def _put(count: int) -> str:
    """A row that stands already as it is given is left alone, counts nothing and is not returned."""
    return (
        "INSERT INTO attendance (day, school_no, half, pupil_no, code) VALUES (?, ?, ?, ?, ?)"
        + ", (?, ?, ?, ?, ?)" * (count - 1)
        + " ON CONFLICT DO UPDATE SET code = excluded.code WHERE code <> excluded.code RETURNING pupil_no"
    )
