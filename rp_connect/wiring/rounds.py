"""What the timers do: they look for which schools something is due, and ring. The queue spreads the work."""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from rp_connect.errors import RpConnectError
from rp_connect.ports.doorbell import Errand, Ring
from rp_connect.services.office import Office, School
from rp_connect.services.retire_records import retire_records
from rp_connect.wiring.errands import SYNC_LANE, sync_scope

IN_SCHOOL_TIME, OTHERWISE = timedelta(minutes=15), timedelta(hours=1)
"""Between two syncs of a school, and (a few minutes less) between two readings of its tasks."""
SLACK = timedelta(minutes=1)
SPREAD_S, JITTER_S = 240, 10.0
"""Over how many seconds the schools of one timer are spread: each has its own second, and a bit by chance."""
REMINDED = range(7, 16)
"""The hours of a school day, on the school's own clock, in which people are reminded."""
ENOUGH = 4
"""So many messages for each school may lie in the queue without anybody being behind: a sync, a pull and a
reminder that wait for the school's second, and one of the sweep's own."""

_log = logging.getLogger(__name__)


def ring_for_syncs(office: Office) -> int:
    """Each school whose last sync that ended well is long enough ago, and whose MIS did not ask for patience.
    (One that fails is tried again at every turn of the timer.)"""
    return _ring(office, Errand.SYNC, _to_sync(office))


def ring_for_pulls(office: Office) -> int:
    """Each school in its school time; in the first minutes of an hour, all."""
    now = office.clock.now()
    with office.store.read() as work:
        chosen = [
            school
            for school in _open(office)
            if now.minute < 10 or office.calendar(work, school).in_school_time(now)
        ]
    return _ring(office, Errand.PULL, chosen)


def ring_for_reminders(office: Office) -> int:
    """Each school that has a school day, between breakfast and the end of lessons on its own clock."""
    now = office.clock.now()
    with office.store.read() as work:
        chosen = [
            school
            for school in _open(office)
            if now.astimezone(school.timezone).hour in REMINDED
            and office.calendar(work, school).is_school_day(office.today(school))
        ]
    return _ring(office, Errand.REMIND, chosen)


def ring_for_missed(office: Office) -> int:
    """Each school with effects that are due: what the bell missed, and what had to wait until now. While the
    queue holds more messages than the timers themselves put there, those do."""
    with office.store.read() as work:
        due = work.effects.due([school.id for school in _open(office)])
    waiting = sorted({school for school, _ in due})
    if not waiting or office.bell.waiting() > ENOUGH * len(office.schools):
        return 0
    for school in waiting:
        office.bell.ring(Ring(Errand.DELIVER, school))
    return len(waiting)


def look_aside(office: Office) -> int | None:
    """How many messages were given up, told to the log; None where the queue cannot be asked."""
    try:
        given_up = office.bell.put_aside()
    except RpConnectError as fault:
        _log.warning("the messages that were put aside cannot be counted: %s", fault)
        return None
    if given_up:
        _log.error("%d messages were put aside after five tries; “rp-connect check” says more", given_up)
    return given_up


def retire(office: Office) -> int:
    gone = retire_records(office)
    _log.info("%d effects that were done long ago were removed", gone)
    return gone


def _to_sync(office: Office) -> Sequence[School]:
    now, due = office.clock.now(), []
    with office.store.read() as work:
        for school in _open(office):
            last = work.schools.state(school.id).last_success
            shut = work.lanes.shut_until(sync_scope(school), SYNC_LANE)
            lessons = office.calendar(work, school).in_school_time(now)
            if shut is None and (last is None or _is_long_ago(last, now, school, lessons=lessons)):
                due.append(school)
    return due


def _is_long_ago(last: datetime, now: datetime, school: School, *, lessons: bool) -> bool:
    """By the moment at which its message will be heard."""
    heard = now + timedelta(seconds=_second_of(school.id))
    return heard - last >= (IN_SCHOOL_TIME if lessons else OTHERWISE) - SLACK


def _ring(office: Office, errand: Errand, schools: Sequence[School]) -> int:
    for school in schools:
        after = _second_of(school.id) + random.uniform(0.0, JITTER_S)  # noqa: S311 - not a secret
        office.bell.ring(Ring(errand, school.id), after_s=after)
    return len(schools)


def _open(office: Office) -> list[School]:
    return [school for school in office.schools.values() if not school.settings.paused]


def _second_of(school: str) -> int:
    """Always the same for a school, and spread evenly over all of them."""
    return int.from_bytes(hashlib.sha256(school.encode()).digest()[:4], "big") % SPREAD_S
