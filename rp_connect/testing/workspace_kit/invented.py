"""The invented things that the checks write. The pupil's name stands in the facts of sheets only."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from rp_connect.domain.task import TaskState
from rp_connect.ports.workspace import PUPIL_FACT, CaseRecord, Notice, WorkspaceMeeting, WorkspaceTask

LONDON = ZoneInfo("Europe/London")
PUPIL = "Canary Featherstone-Wren"
PLACE = "Quillwort Room, ground floor"
DETAILS = "Section 51A, Education Act 2002.\nWithout delay."
DAY = date(2026, 11, 12)
AT = datetime(2026, 11, 12, 14, 20, tzinfo=UTC)
ODD = (
    'before \x00\x07\x1b \ud800 <script>alert("&")</script> \u202ezyx\u202c 👩🏽‍🏫 =1+1 \\n ]]> %s {x} after'
)
"""What people paste: control characters, half a surrogate, mark-up, right-to-left, formulas."""
LONG = " ".join(f"sentence{n}." for n in range(1, 301))


def task(n: int, people: tuple[str, ...] = ()) -> WorkspaceTask:
    return WorkspaceTask(
        key=f"RP-2026-{n:04}.written-notice.1",
        revision=1,
        title=f"RP-2026-{n:04} · Write to the parents",
        day=DAY,
        state=TaskState.OPEN,
        role="head",
        assignees=people[:1],
        details=DETAILS,
        link=f"https://rp.example/cases/RP-2026-{n:04}",
    )


def meeting(n: int, people: tuple[str, ...] = ()) -> WorkspaceMeeting:
    return WorkspaceMeeting(
        key=f"RP-2026-{n:04}.meeting.1",
        revision=1,
        title=f"RP-2026-{n:04} · Reintegration meeting",
        at=AT,
        minutes=45,
        timezone=LONDON,
        place=PLACE,
        invited=people[:2],
        cancelled=False,
        link=f"https://rp.example/cases/RP-2026-{n:04}",
    )


def sheet(key: str) -> CaseRecord:
    facts = ((PUPIL_FACT, PUPIL), ("Stage", "Preparing"), ("From", "Wednesday 11 November 2026"))
    tasks = (("Write to the parents", "12 November 2026", "open"), ("Set work", "11 November 2026", "done"))
    columns = {"pupils": "P-100", "pupil_names": PUPIL, "stage": "Preparing", "from": "2026-11-11"}
    return CaseRecord(
        key=key, revision=1, title=f"{key} · Reintegration", facts=facts, tasks=tasks, columns=columns
    )


def record(n: int, people: tuple[str, ...] = ()) -> CaseRecord:
    return sheet(f"RP-2026-{n:04}")


def summary(n: int, people: tuple[str, ...] = ()) -> CaseRecord:
    return sheet(f"RP-2026-{n:04}.meeting.1")


def notice(n: int, people: tuple[str, ...] = ()) -> Notice:
    return Notice(
        key=f"northwick.2026-11-{n % 28 + 1:02}.lead",
        revision=1,
        title="Restorative practice: 12 November 2026",
        lines=("Due today: 1 cases", f"RP-2026-{n:04}"),
        to=people[:1],
    )
