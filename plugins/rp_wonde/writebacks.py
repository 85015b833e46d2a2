"""A write is taken first and carried out later: what Wonde says of how it went on."""

from __future__ import annotations

import time
from typing import NamedTuple

from rp_connect.errors import AccessError, ConfigError, TryLaterError
from rp_wonde.client import Row, Wonde
from rp_wonde.values import key_or_none, word_of

LOOKS_S = (0.1, 0.4, 1.0)
"""Pauses before each look at a write that was taken."""
UNSEEN_S = 3600.0
"""For so long what was taken and cannot be seen yet is never written again by the same process."""
_FAILED = ("fail", "error", "reject", "invalid", "declin", "cancel", "unsuccess", "incomplete", "expired")
_DONE = ("success", "complete", "done", "processed", "written", "applied")


class Taken(NamedTuple):
    """`writeback` is None where Wonde named none; `at` is in monotonic seconds."""

    writeback: str | None
    at: float

    @property
    def may_come(self) -> bool:
        """Whether it may still be carried out."""
        return time.monotonic() - self.at < UNSEEN_S


def taken_now(answer: Row) -> Taken:
    """From the answer to a write."""
    named = key_or_none(answer.get("writeback_id")) or key_or_none(data_of(answer).get("writeback_id"))
    return Taken(named, time.monotonic())


def data_of(answer: Row) -> Row:
    held = answer.get("data")
    return held if isinstance(held, dict) else answer


def said_of(writeback: str | None) -> str:
    """How a reason names a write-back, so that Wonde's word of its end finds the reason again."""
    return f" (write-back {writeback})" if writeback else ""


def followed(wonde: Wonde, writeback: str) -> bool | None:
    """How it ended within a moment: True well, False badly, None not yet."""
    for pause in LOOKS_S:
        time.sleep(pause)
        if (end := ended(wonde, writeback)) is not None:
            return end
    return None


def ended(wonde: Wonde, writeback: str) -> bool | None:
    """The same now. The words are not published. That we may not ask says nothing of what was taken."""
    try:
        found = wonde.one(f"writebacks/{writeback}", of_school=False)
    except (TryLaterError, AccessError, ConfigError):
        return None
    status = word_of(found or {}, "status").lower()
    if any(word in status for word in _FAILED) or status.startswith("not"):
        return False
    return True if any(word in status for word in _DONE) else None
