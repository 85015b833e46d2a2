"""What changed since: RosarioSIS has two clocks, and neither says of which zone it is.

Its pages write the school's time, its API the database server's. So the watermark is our own clock's, in
UTC, and the window of a reading begins as long before it as any zone lies behind UTC; what is read twice
changes nothing. A clock that is ahead only makes a record come again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rp_connect.ports.mis import Cursor

OVERLAP = timedelta(hours=13)
"""No zone is further behind UTC than 12 hours; an hour more for a transaction that bears the stamp of its
beginning, and for clocks that are a little slow."""


def cursor_now() -> Cursor:
    """Where the next reading goes on; to be taken before the first question of this one."""
    return {"since": (datetime.now(UTC) - OVERLAP).strftime("%Y-%m-%d %H:%M:%S")}


def changed_since(cursor: Cursor | None) -> list[tuple[str, str]]:
    """`updated_at` is empty until the first edit, so both are asked; numbered filters are joined by "or"."""
    since = (cursor or {}).get("since")
    if not isinstance(since, str):
        return []
    return [("filter1", f"updated_at,ge,{since}"), ("filter2", f"created_at,ge,{since}")]
