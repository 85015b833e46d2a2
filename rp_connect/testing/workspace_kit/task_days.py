"""The day of a task: the one on the school's wall, in every zone and season, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from rp_connect.ports.workspace import Tasks, WorkspaceTask
from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.rig import WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import TASKS

ZONES = (
    "Europe/London",
    "America/Los_Angeles",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
DAYS = (
    *(date(2026, 10, day) for day in (24, 25, 26)),  # clocks go back in Britain on the 25th
    *(date(2027, 3, day) for day in (13, 14, 15, 27, 28, 29)),  # forward on the 28th, in America on the 14th
    *(date(2027, 4, day) for day in (3, 4, 5)),  # back in New Zealand on the 4th
    *(date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29)),
)


def read_days(shelf: Tasks) -> dict[str, date | None]:
    return {seen.key: seen.day for seen in shelf.everything()}


@check()
def a_task_without_a_date_shows_none(rig: WorkspaceUnderTest) -> None:
    """“Without delay” is no date; an invented one would turn red on a day that no law names."""
    item = replace(TASKS.item(rig), day=None)
    rig.open().tasks.create(item)

    assert [task.day for task in rig.tasks()] == [None], "a task without a date shows one"
    assert read_days(rig.open().tasks) == {item.key: None}, "a task without a date is read back with one"


@check()
def a_date_can_be_taken_away_and_given_again(rig: WorkspaceUnderTest) -> None:
    """Dates of a suspension are corrected, and sometimes are not known for a while."""
    item = TASKS.item(rig)
    shelf = rig.open().tasks
    written = shelf.create(item)
    shelf.update(written.external_id, replace(item, revision=2, day=None))
    assert [task.day for task in rig.tasks()] == [None], "a date that was taken away still shows"

    shelf.update(written.external_id, replace(item, revision=3))
    assert [task.day for task in rig.tasks()] == [item.day], "a date that was given again does not show"


@check()
def the_day_never_shifts(rig: WorkspaceUnderTest) -> None:
    """A legal deadline that shows a day late, because of a zone or a clock change, is a deadline missed."""
    for zone in ZONES:
        school = rig.elsewhere(ZoneInfo(zone))
        items = dated(TASKS.item(school), DAYS)
        wanted = {item.key: item.day for item in items}
        shelf = school.open().tasks
        for item in items:
            shelf.create(item)
        shown = {task.key: task.day for task in school.tasks()}
        assert shown == wanted, f"{zone}: people see another day on {differing(shown, wanted)}"
        read = read_days(school.open().tasks)
        assert read == wanted, f"{zone}: another day is read back on {differing(read, wanted)}"


def dated(item: WorkspaceTask, days: Sequence[date]) -> list[WorkspaceTask]:
    return [replace(item, key=f"RP-2026-{n:04}.set-work.1", day=day) for n, day in enumerate(days, 1)]


def differing(given: dict[str, date | None], wanted: dict[str, date | None]) -> str:
    one_day = timedelta(days=1)
    off = [day for key, day in wanted.items() if given.get(key) != day]
    return f"{len(off)} of {len(wanted)} days, first {off[0] if off else one_day}"
