"""The title of a Planner task bears our key, so that nothing else need remember which task is which.

“RP-2026-0001 · Written notice to the parents [written-notice.1]” is the task RP-2026-0001.written-notice.1:
the case reference stands in front, the rest of the key at the end.
"""

from __future__ import annotations

import re

from rp_connect.ports.workspace import WorkspaceTask
from rp_microsoft365.plain_text import one_line

LONGEST = 255
"""Characters that Planner takes in a title (the Graph contract)."""
_KEY = re.compile(r"[!-Z^-~\u00a1-\ud7ff]{1,180}")
_REFERENCE = re.compile(r"\b[A-Z]{2,}-[0-9]{4}-[0-9]{4,}\b")
_MARKER = re.compile(r"\[(?:=(?P<whole>[^\[\]]+)|(?P<rest>[^\[\]\s=]+\.[0-9]+))\]")


def can_bear(key: str) -> bool:
    return _KEY.fullmatch(key) is not None


def speaks_of_a_case(title: str) -> bool:
    return _REFERENCE.search(title) is not None


def title_of(task: WorkspaceTask) -> str:
    """The title with its marker; where it is too long its middle gives way, never the marker."""
    mark = _marker(task)
    words = one_line(task.title)
    room = LONGEST - len(mark) - 1
    if len(words) > room:
        front = room * 2 // 3
        words = f"{words[:front]}…{words[len(words) - (room - front - 1) :]}"
    return f"{words} {mark}".strip()


def key_of(title: str) -> str:
    """The key that a title bears; empty where people took away what told it."""
    marks = list(_MARKER.finditer(title))
    if not marks:
        return ""
    if whole := marks[-1]["whole"]:
        return whole
    reference = _REFERENCE.search(title)
    return f"{reference[0]}.{marks[-1]['rest']}" if reference else ""


def _marker(task: WorkspaceTask) -> str:
    """The key after the reference; all of it, after “=”, where the title has no such front."""
    reference = _REFERENCE.match(one_line(task.title))
    rest = task.key.removeprefix(f"{reference[0]}.") if reference else task.key
    mark = f"[{rest}]"
    return mark if rest != task.key and _MARKER.fullmatch(mark) else f"[={task.key}]"
