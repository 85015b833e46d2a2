"""Writes the invented trust: two schools, a year of their exports, and the configuration that joins them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from rp_connect.testing.invented_trust.calendars import CalendarRow, calendar_rows
from rp_connect.testing.invented_trust.configuration import configuration_text
from rp_connect.testing.invented_trust.export import Personal, SchoolExport
from rp_connect.testing.invented_trust.schools import NORTHWICK, SCHOOLS
from rp_connect.testing.invented_trust.timeline import LONDON, MID_MORNING, Timeline, demo_clock, school_days

WEEKS_LIVE = 10
# Less than this and the Lead's board is nearly empty: then the trust went live last term instead.
FEWEST_LIVE_DAYS, USUAL_LIVE_DAYS = 35, 50


@dataclass(frozen=True, slots=True)
class InventedTrust:
    """What was written where. Nothing in it is later than `clock`'s day but planned ends and calendar days.

    `shows` names, for each rule, the suspension (or incident, or pupil) that shows it. `personal` is what
    must never be found in a log, a title or a file name.
    """

    config: Path
    schools: tuple[str, ...]
    calendars: Mapping[str, tuple[CalendarRow, ...]]
    clock: datetime
    live_from: date
    shows: Mapping[str, str]
    personal: Personal


def write_trust(folder: Path, today: date, seed: int = 2026) -> InventedTrust:
    """Writes everything under `folder` as it would be on `today`: the same seed and day, the same bytes.

    Out of school time the trust is as it was on the day of `clock`; files of an earlier call are replaced.
    """
    calendars = {school.id: calendar_rows(school.pattern, today) for school in SCHOOLS}
    rows = calendars[NORTHWICK.id]
    clock = demo_clock(rows, datetime.combine(today, MID_MORNING, LONDON))
    live_from = _live_from(rows, Timeline(school_days(rows), clock.date()))
    exports = [
        SchoolExport(school, calendars[school.id], clock.date(), live_from, seed) for school in SCHOOLS
    ]
    for export in exports:
        export.write(folder / export.school.id)
    config = folder / "rp-connect.toml"
    config.write_text(configuration_text(SCHOOLS, live_from), encoding="utf-8", newline="\n")
    return InventedTrust(
        config=config,
        schools=tuple(school.id for school in SCHOOLS),
        calendars=calendars,
        clock=clock,
        live_from=live_from,
        shows={show: key for export in exports for show, key in export.shows().items()},
        personal=_together([export.personal() for export in exports]),
    )


def _live_from(rows: Iterable[CalendarRow], timeline: Timeline) -> date:
    """The start of the autumn term or ten weeks ago, whichever is later, if that gives the board enough."""
    autumns = [row.first for row in rows if row.label == "Autumn term" and row.first <= timeline.today]
    usual = max(autumns[-1], timeline.today - timedelta(weeks=WEEKS_LIVE))
    lived = -1 - timeline.number(usual - timedelta(days=1))
    if lived >= FEWEST_LIVE_DAYS:
        return usual
    return timeline.day(-USUAL_LIVE_DAYS)


def _together(parts: Sequence[Personal]) -> Personal:
    fields = zip(*parts, strict=True)
    return Personal(*(frozenset().union(*field) for field in fields))
