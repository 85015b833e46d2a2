"""How far a reading went, and where the next begins. The cursor bears `since`, a moment in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from rp_connect.ports.mis import Cursor
from rp_wonde.values import asked_moment

OVERLAP = timedelta(hours=1)
"""What Wonde stamps may become visible later, and clocks differ."""
WINDOW = timedelta(days=14)
"""A longer window of marks may take Wonde minutes, and what broke off in it is read again."""

MEETING = timedelta(seconds=1)

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


def share_left(left: date, today: date) -> float:
    """How much a leaver counts for in a whole reading: wholly on the last day on roll, and less each day,
    until they are no longer read.

    A reading that is a tenth smaller than the last is held. Counted wholly until they are no longer read, or
    not at all from the day on which they left, a year group that left together would be missed together.
    """
    return min(max(1 - (today - left) / PAST, 0.0), 1.0)


def year_start(now: datetime) -> str:
    """The first of August before `now`: the school year's counts begin there."""
    day = now.astimezone(UTC)
    return asked_moment(datetime(day.year - (day.month < 8), 8, 1, tzinfo=UTC))


def windows(since: str, now: datetime) -> list[tuple[str, str | None]]:
    """From `since` to now in steps; the last is open, so that nothing lies beyond it.

    Each begins a second before the last one ended, and so does the first of whoever goes on from there:
    nobody published whether Wonde counts the moment itself in, before or after. What comes twice changes
    nothing.
    """
    begin, found = _moment(since) or now, []
    while begin + WINDOW < now - OVERLAP:
        found.append((asked_moment(begin - MEETING), asked_moment(begin + WINDOW)))
        begin += WINDOW
    return [*found, (asked_moment(begin - MEETING), None)]


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
