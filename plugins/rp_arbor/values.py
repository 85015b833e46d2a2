"""Single values of a record of Arbor: ids, references, texts, dates and numbers.

Arbor's moments have no offset: they are on the school's own clock. Midnight is how a bare date looks there,
so it is taken for one, and never shifted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from rp_connect.domain.when import When

Row = Mapping[str, Any]
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_YEARS = range(1900, 2200)


class BadRowError(ValueError):
    """Why a record cannot be used; never its contents."""


class Ref(NamedTuple):
    """A related record: its entity (as Arbor names it) and its id."""

    entity: str
    key: str


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def id_of(thing: object) -> str | None:
    """The id at the end of a record's href. The rest of the href is never followed."""
    href = thing.get("href") if isinstance(thing, dict) else None
    if not isinstance(href, str):
        return None
    last = href.partition("?")[0].rstrip("/").rpartition("/")[2]
    return last if is_id(last) else None


def ref(row: Row, name: str) -> Ref | None:
    """None where there is none. Raises BadRowError for one that leads nowhere."""
    value = row.get(name)
    if value in (None, "", [], {}):
        return None
    key = id_of(value)
    entity = value.get("entityType") if isinstance(value, dict) else None
    if key is None or not isinstance(entity, str):
        raise BadRowError(f"{name} leads nowhere")
    return Ref(entity, key)


def needed_ref(row: Row, name: str) -> Ref:
    found = ref(row, name)
    if found is None:
        raise BadRowError(f"{name} is missing")
    return found


def clean(text: str) -> str:
    """What no store takes is left out: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def words(row: Row, name: str) -> str:
    """Anything but text is no text."""
    value = row.get(name)
    return clean(value).strip() if isinstance(value, str) else ""


def free_text(row: Row, name: str) -> str:
    """As it was typed, blanks and all."""
    value = row.get(name)
    return clean(value) if isinstance(value, str) else ""


def shown(row: Row, name: str) -> str:
    """What Arbor shows for a related record, or the text itself where there is one."""
    value = row.get(name)
    return words(value, "displayName") if isinstance(value, dict) else words(row, name)


def moment(row: Row, name: str) -> datetime | None:
    """As it stands there, mostly without an offset; None where there is none. Raises BadRowError."""
    value = row.get(name)
    if isinstance(value, dict) and "date" in value:
        value = value["date"]
    if value in (None, ""):
        return None
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        raise BadRowError(f"{name} is not a date")
    return found


def day(row: Row, name: str) -> date | None:
    """A local date, which nothing ever shifts."""
    found = moment(row, name)
    return found.date() if found else None


def when(row: Row, name: str, timezone: ZoneInfo) -> When | None:
    found = moment(row, name)
    if found is None:
        return None
    if found.tzinfo is not None:
        return When.of_moment(found, timezone)
    if found.time() == time.min:
        return When(found.date())
    return When.of_moment(found.replace(tzinfo=timezone), timezone)


def clock(row: Row, name: str) -> time | None:
    """A time of day ("12:00", "12:00:00"). Raises BadRowError."""
    value = row.get(name)
    if value in (None, ""):
        return None
    try:
        found = time.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise BadRowError(f"{name} is not a time of day")
    return found


def number(row: Row, name: str) -> float | None:
    """Numbers come as numbers or as text. Raises BadRowError for what is none, or beyond a school's years."""
    value = row.get(name)
    if value in (None, ""):
        return None
    try:
        found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        found = None
    if found is None or not 0 <= found <= 2000:
        raise BadRowError(f"{name} is not a number of days or sessions")
    return found
