"""Readings taken in whole, and compared by what a school would say of them."""

from __future__ import annotations

import json
from typing import Any

from rp_connect.domain.incident import IncidentRecord
from rp_connect.domain.suspension import SuspensionRecord
from rp_connect.ports.mis import Cursor, Kind, MisAdapter, Page, Reading


def pages_of(reading: Reading) -> list[Page]:
    return list(reading.pages())


def given(reading: Reading) -> list[Any]:
    return [record for page in reading.pages() for record in page.records]


def everything(mis: MisAdapter, kind: Kind) -> list[Any]:
    """The records of a whole reading that refuses nothing."""
    pages = pages_of(mis.everything(kind))
    assert [refusal for page in pages for refusal in page.refusals] == []
    return [record for page in pages for record in page.records]


def refused(mis: MisAdapter, kind: Kind) -> list[tuple[str, str]]:
    return [(r.key, r.reason) for page in mis.everything(kind).pages() for r in page.refusals]


def cursor_after(mis: MisAdapter, kind: Kind) -> Cursor:
    """As the store gives it back."""
    cursor: Cursor = json.loads(json.dumps(pages_of(mis.everything(kind))[-1].cursor))
    return cursor


def changes(mis: MisAdapter, kind: Kind, cursor: Cursor) -> list[Any]:
    return given(mis.changes(kind, cursor))


def incident(mis: MisAdapter) -> IncidentRecord:
    """The only one."""
    (record,) = everything(mis, Kind.INCIDENT)
    assert isinstance(record, IncidentRecord)
    return record


def suspension(mis: MisAdapter) -> SuspensionRecord:
    """The only one."""
    (record,) = everything(mis, Kind.SUSPENSION)
    assert isinstance(record, SuspensionRecord)
    return record
