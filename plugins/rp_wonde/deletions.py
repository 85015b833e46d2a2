"""What Wonde says was deleted. What went with a deleted record gets no entry."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from rp_connect.ports.mis import Kind, Refusal, Tombstone
from rp_wonde.client import Wonde
from rp_wonde.faults import NotGrantedError
from rp_wonde.values import BadRowError, key_of, when_of

TYPES = {Kind.PUPIL: "student", Kind.INCIDENT: "behaviour", Kind.SUSPENSION: "exclusion"}
"""Only `student` is documented; the others are called as their lists are."""


def deletions_of(wonde: Wonde, kind: Kind, since: str, zone: ZoneInfo) -> Iterator[Tombstone | Refusal]:
    """By Wonde's ids; nothing where the school does not give them. What was restored is not deleted."""
    try:
        for number, row in enumerate(
            wonde.rows("deletions", {"type": TYPES[kind], "updated_after": since}), 1
        ):
            yield from _read(row, number, TYPES[kind], zone)
    except NotGrantedError:
        return


def _read(row: object, number: int, wanted: str, zone: ZoneInfo) -> Iterator[Tombstone | Refusal]:
    if not isinstance(row, dict):
        yield Refusal(f"deletion {number}", "it is no record")
        return
    if row.get("type", wanted) != wanted or row.get("restored_at"):
        return
    try:
        key, deleted = key_of(row, "id"), when_of(row, "deleted_at", zone)
        if deleted is None:
            raise BadRowError("deleted_at is missing")
        yield Tombstone(key, deleted)
    except BadRowError as error:
        yield Refusal(f"deletion {number}", str(error))
