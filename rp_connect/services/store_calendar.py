"""Store the school's calendar as read; the duties that hang on it are asked afresh at the end of the pass."""

from __future__ import annotations

from collections.abc import Sequence

from rp_connect.domain.calendar import Period, SchoolCalendar
from rp_connect.ports.mis import Record, Refusal
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.sync_pass import SyncPass


def store_calendar(work: UnitOfWork, sync: SyncPass, records: Sequence[Record]) -> Sequence[Refusal]:
    """A calendar is one small reading: its rows replace those held, unless none could be read."""
    periods = [r for r in records if isinstance(r, Period)]
    if not periods:
        return ()
    work.schools.put_calendar(sync.school.id, periods)
    sync.calendar = SchoolCalendar(periods, sync.school.settings.day, sync.school.timezone)
    return ()
