"""Single values of a row: keys, words, yes and no, and Wonde's dates in each of their shapes.

A date comes as a PHP DateTime object ({"date": "2015-10-29 14:53:59.000000", "timezone": "UTC"}), as text, or
as null. Midnight in its own zone is a bare date, which nothing ever shifts; any other time is a moment.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.domain.when import When

Row = Mapping[str, Any]
_KEY = re.compile(r"[A-Za-z0-9._:=+-]{1,100}")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_ABBREVIATIONS = {
    "Z": 0,
    "UTC": 0,
    "GMT": 0,
    "BST": 1,
    "SAST": 2,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
}
_YES, _NO = frozenset({"true", "yes", "y", "1"}), frozenset({"false", "no", "n", "0"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
OLDEST, NEWEST = 1900, 2200


class BadRowError(ValueError):
    """Why a row cannot be used; never its contents."""


class StrangerError(BadRowError):
    """The row names a pupil who is neither on roll nor left lately."""


def key_of(row: Row, field: str) -> str:
    """An id as text. Raises BadRowError where there is none."""
    found = key_or_none(row.get(field))
    if found is None:
        raise BadRowError(f"{field} is missing")
    return found


def key_or_none(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return str(value)
    text = value.strip() if isinstance(value, str) else ""
    return text if _KEY.fullmatch(text) else None


def text_of(row: Row, field: str) -> str:
    """Words, without blanks around them and signs that no store can hold; anything else is none."""
    value = row.get(field)
    return _CONTROL.sub("", value).strip() if isinstance(value, str) else ""


def word_of(row: Row, field: str) -> str:
    """The same for a code, which may come as a number."""
    value = row.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        return key_or_none(value) or ""
    return text_of(row, field)


def within(row: Row, include: str) -> Row | None:
    """What was included as {"<include>": {"data": {…}}}; None where it was not given."""
    held = row.get(include)
    data = held.get("data") if isinstance(held, dict) else None
    return data if isinstance(data, dict) else None


def flag_of(row: Row, field: str) -> bool | None:
    """None where Wonde does not say, or says something that is neither yes nor no."""
    value = row.get(field)
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, str | int) else ""
    return True if word in _YES else False if word in _NO else None


def number_of(row: Row, field: str) -> float | None:
    """A number that may come as text. Raises BadRowError for what is none, or none that a school has."""
    value = row.get(field)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)[:40]) > 30:
        raise BadRowError(f"{field} is not a number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise BadRowError(f"{field} is not a number") from None
    if not math.isfinite(number) or not 0 <= number <= 10_000:
        raise BadRowError(f"{field} is not a number that can be")
    return number


def day_of(row: Row, field: str, zone: ZoneInfo) -> date | None:
    """The school's local date."""
    when = when_of(row, field, zone)
    return None if when is None else when.day


def when_of(row: Row, field: str, zone: ZoneInfo) -> When | None:
    """None where there is none. Raises BadRowError for what is no date."""
    value = row.get(field)
    held = value.get("date") if isinstance(value, dict) else value
    if held is None or held == "":
        return None
    try:
        return _when(held, value.get("timezone") if isinstance(value, dict) else None, zone)
    except (ValueError, TypeError, OverflowError):
        raise BadRowError(f"{field} is not a date") from None


def _when(text: object, named: object, zone: ZoneInfo) -> When:
    if not isinstance(text, str) or len(text) > 40:
        raise ValueError("not a date")
    moment = datetime.fromisoformat(text.strip())
    if not OLDEST < moment.year < NEWEST:
        raise ValueError("not a date of a school")
    if moment.time() == time.min:
        return When(moment.date())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(named, zone))
    return When.of_moment(moment, zone)


def _zone(named: object, zone: ZoneInfo) -> tzinfo:
    """PHP names a zone, an offset or an abbreviation; where it names none, the school's own counts."""
    if named is None or named == "":
        return zone
    if not isinstance(named, str):
        raise ValueError("not a zone")
    if named.upper() in _ABBREVIATIONS:
        return timezone(timedelta(hours=_ABBREVIATIONS[named.upper()]))
    if offset := _OFFSET.fullmatch(named):
        sign = -1 if offset[1] == "-" else 1
        return timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3])))
    try:
        return ZoneInfo(named)
    except (KeyError, OSError):
        raise ValueError("not a zone") from None


def asked_moment(moment: datetime) -> str:
    """For updated_after and updated_before, as Wonde's own client writes it, in UTC.

    Should Wonde read it in a school's zone instead, it reads it as earlier: every region lies at or east of
    Greenwich. So a window only becomes longer.
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
