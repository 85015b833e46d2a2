"""Dates and moments as exports write them. Everything else is a ValueError, not a guess."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from datetime import timezone as offset_of
from zoneinfo import ZoneInfo

from rp_connect.domain.when import When

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{2})/([0-9]{2})/([0-9]{4})")
_CLOCK = re.compile(
    r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r" ?(?:([Zz])|([+-])([0-9]{2})(?::?([0-9]{2}))?)?"
)


def to_date(text: str) -> date:
    """`YYYY-MM-DD` or `DD/MM/YYYY`."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError("not a date")
    year, month, day, uk_day, uk_month, uk_year = match.groups()
    return date(int(year or uk_year), int(month or uk_month), int(day or uk_day))


def to_when(text: str, timezone: ZoneInfo) -> When:
    """A date, or a date and a time with or without offset (none: the school's own clock)."""
    if len(text) <= 10:
        return When(to_date(text))
    day, clock = to_date(text[:10]), _CLOCK.fullmatch(text[11:])
    if clock is None or text[10] not in "Tt ":
        raise ValueError("not a moment")
    hour, minute, second, fraction = clock.group(1, 2, 3, 4)
    micro = int((fraction or "0").ljust(6, "0")[:6])
    at = datetime.combine(
        day, time(int(hour), int(minute), int(second or 0), micro), _offset(clock, timezone)
    )
    return When.of_moment(at, timezone)


def is_date_or_moment(text: str) -> bool:
    try:
        to_when(text.strip(), ZoneInfo("UTC"))
    except (ValueError, OverflowError):
        return False
    return True


def _offset(clock: re.Match[str], timezone: ZoneInfo) -> tzinfo:
    zulu, sign, hours, minutes = clock.group(5, 6, 7, 8)
    if zulu:
        return UTC
    if not sign:
        return timezone
    if int(minutes or 0) > 59:
        raise ValueError("not an offset")
    size = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return offset_of(-size if sign == "-" else size)
