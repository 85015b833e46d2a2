"""How long an answer asks us to wait, and how long we wait where it does not say."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_S = 3600.0
"""Nobody is meant to wait longer for one answer; msal draws the same line."""
BACKOFF_S = (0.5, 30.0)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds from now, 0 to LONGEST_S; None where the answer does not say, or says nonsense.

    A date is counted from the answer's own Date, since our clock may be wrong.
    """
    text = headers.get("retry-after", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        until = _date(text)
        if until is None:
            return None
        seconds = (until - (_date(headers.get("date", "")) or now)).total_seconds()
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_S)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def backoff(attempt: int) -> float:
    """Doubling from the first attempt (0), each at random between half of it and the whole."""
    shortest, longest = BACKOFF_S
    return min(longest, shortest * 2.0 ** min(attempt, 16)) * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
