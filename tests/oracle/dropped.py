"""Lays a world into a drop folder, syncs it for real, and reads the open tasks as the oracle writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.drop_school import DropSchool, pupil
from tests.oracle.almanac import LONDON, Point
from tests.oracle.owed import Owed
from tests.oracle.stories import Chapter
from tests.oracle.walk import Spell, World

HALF = {None: "", 0: "AM", 1: "PM"}
FLAG = {None: "", True: "Y", False: "N"}
Task = tuple[str, Owed]
"""What is owed, after the id of the record for which it is owed."""

SEEN_LATER = ("attendance-mismatch", "dates-changed")
"""Their due counts from the sync that saw the reason."""


def new_school(folder: Path, live_from: str = "2024-08-19") -> DropSchool:
    folder.mkdir(parents=True)
    return DropSchool(folder, live_from=live_from)


def read_in(school: DropSchool, chapter: Chapter) -> None:
    lay(school, chapter.world)
    report = school.sync(chapter.now.isoformat(timespec="minutes"))
    assert (report.fault, report.refused, list(report.held)) == (None, 0, [])


def lay(school: DropSchool, world: World) -> None:
    school.calendar = [(kind, first.isoformat(), last.isoformat()) for kind, first, last in world.rows]
    flags = {"social_worker": world.social_worker, "looked_after": world.looked_after, "ehcp": world.ehcp}
    school.pupils = [pupil("P1", **{name: FLAG[flag] for name, flag in flags.items()}), pupil("P2")]
    roles = {"P1": "responsible"} | ({"P2": "harmed"} if world.harmed else {})
    school.incidents = [incident(pupil_id, role) for pupil_id, role in roles.items()]
    school.suspensions = [row_of(spell) for spell in world.spells]
    school.attendance = [
        {"pupil_id": "P1", "date": day.isoformat(), "session": HALF[half], "code": code}
        for (day, half), code in world.marks
    ]
    school.more = f"cancelled_sessions_count = {str(world.cancelled_count).lower()}"


def incident(pupil_id: str, role: str) -> dict[str, object]:
    when = {"incident_id": "I-1", "occurred_at": "2025-09-01T12:30", "type": "fight"}
    return {**when, "pupil_id": pupil_id, "role": role}


def row_of(spell: Spell) -> dict[str, object]:
    reasons = dict(zip(("reason_1", "reason_2", "reason_3"), spell.reasons, strict=False))
    return {
        "suspension_id": spell.id,
        "pupil_id": "P1",
        "category": spell.category,
        "decided_at": text(spell.decided_at),
        "start_date": text(spell.start),
        "start_session": HALF[spell.half],
        "end_date": text(spell.end),
        "end_session": HALF[spell.end_half],
        "sessions": "" if spell.length is None else spell.length,
        "exam_date": text(spell.exam),
        "notice_received": text(spell.notice),
        "representations_at": text(spell.representations),
        "cancelled_at": text(spell.cancelled),
        "incident_id": "I-1",
        "reason_1": "",
        "reason_2": "",
        "reason_3": "",
        **reasons,
    }


def text(point: Point | None) -> str:
    if isinstance(point, datetime):
        return point.astimezone(LONDON).isoformat(timespec="minutes")
    return "" if point is None else point.isoformat()


def open_tasks(school: DropSchool) -> set[Task]:
    """The open tasks, without "late information"."""
    return {as_task(task) for task in school.tasks() if task["state"] == "open"}


def as_task(task: dict[str, Any]) -> Task:
    due, note = task["due"], task["due_note"]
    point: Point | None = None
    if due is not None:
        point = datetime.fromisoformat(due).astimezone(UTC) if "T" in due else date.fromisoformat(due)
    number = int(task["id"].rsplit(".", 1)[1])
    return task["source"]["id"], (task["duty"], number, point, None if note == "late information" else note)


def whenever_seen(tasks: Iterable[Task], spells: Sequence[Spell]) -> set[Task]:
    """The same, without the dues that count from the sync that saw the reason."""
    undecided = {spell.id for spell in spells if spell.decided_at is None and spell.start is None}
    return {
        (record, (rule, n, None, None))
        if rule in SEEN_LATER or (rule == "supply-dates" and record in undecided)
        else (record, (rule, n, due, note))
        for record, (rule, n, due, note) in tasks
    }
