"""How far a reading went, and where the next begins. The cursor bears `since`, a moment in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rp_connect.ports.mis import Cursor
from rp_wonde.values import asked_moment

OVERLAP = timedelta(hours=1)
"""What Wonde stamps may become visible later, and clocks differ."""
WINDOW = timedelta(days=14)
"""A longer window of marks may take Wonde minutes, and what broke off in it is read again."""

PAST = timedelta(days=400)
"""How far back behaviours and leavers are read: what is older is nobody's business here any more."""


def done_at(now: datetime) -> Cursor:
    return {"since": asked_moment(now - OVERLAP)}


def since_of(cursor: Cursor | None) -> str | None:
    """None for a cursor that bears no moment, as for none at all: then everything is read."""
    given = (cursor or {}).get("since")
    return given if isinstance(given, str) and _moment(given) is not None else None


def past_start(now: datetime) -> str:
    return asked_moment(now - PAST)


def year_start(now: datetime) -> str:
    """The first of August before `now`: the school year's counts begin there."""
    day = now.astimezone(UTC)
    return asked_moment(datetime(day.year - (day.month < 8), 8, 1, tzinfo=UTC))


def windows(since: str, now: datetime) -> list[tuple[str, str | None]]:
    """From `since` to now in steps; the last is open, so that nothing lies beyond it."""
    begin, found = _moment(since) or now, []
    while begin + WINDOW < now - OVERLAP:
        found.append((asked_moment(begin), asked_moment(begin + WINDOW)))
        begin += WINDOW
    return [*found, (asked_moment(begin), None)]


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
