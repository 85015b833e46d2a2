"""What a worker does when the bell rings, and what the timers ring for: the same services as on a laptop."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from rp_connect.errors import BusyError, RpConnectError, TryLaterError
from rp_connect.ports.doorbell import Doorbell, Errand, Ring
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office, School
from rp_connect.services.pull_tasks import pull_tasks
from rp_connect.services.remind_people import remind_people
from rp_connect.services.sync_schools import sync_schools

IN_SCHOOL_TIME, OTHERWISE = timedelta(minutes=15), timedelta(hours=1)
SPREAD_S = 240
"""Over how many seconds the schools of one timer are spread: each has its own second."""
BREAKFAST = 7

_log = logging.getLogger(__name__)


def run_errand(office: Office, bell: Doorbell, ring: Ring) -> None:
    """Do it for that school alone. Raises RpConnectError where it must be tried again: then the message comes
    back, five times at most. A school that is no longer configured is nobody's errand."""
    school = office.schools.get(ring.school)
    if school is None or school.settings.paused:
        return
    alone = replace(office, schools={school.id: school})
    try:
        _DO[ring.errand](alone, bell, school)
    except BusyError:
        _log.info("%s of %s: another worker is at it", ring.errand, ring.school)


def _sync(office: Office, bell: Doorbell, school: School) -> None:
    (report,) = sync_schools(office, school=school.id)
    if report.busy:
        return
    if report.wait_seconds is not None:
        bell.ring(Ring(Errand.SYNC, school.id), after_s=report.wait_seconds)
    elif report.fault:
        _log.warning("sync of %s: %s", school.id, report.fault)


def _deliver(office: Office, bell: Doorbell, school: School) -> None:
    report = deliver_effects(office)
    if report.parked_now:
        _log.warning("deliver for %s: %d parked", school.id, report.parked_now)


def _pull(office: Office, bell: Doorbell, school: School) -> None:
    for report in pull_tasks(office, school.id):
        if report.fault:
            _log.warning("pull of %s: %s", school.id, report.fault)


def _remind(office: Office, bell: Doorbell, school: School) -> None:
    remind_people(office)


_DO = {Errand.SYNC: _sync, Errand.DELIVER: _deliver, Errand.PULL: _pull, Errand.REMIND: _remind}


def schools_to_sync(office: Office) -> Sequence[School]:
    """Those whose last sync that ended well is long enough ago: a quarter of an hour in school time, else an
    hour. (A school that fails is tried again at every turn.)"""
    now = office.clock.now()
    due = []
    with office.store.read() as work:
        for school in _open(office):
            last = work.schools.state(school.id).last_success
            lessons = office.calendar(work, school).in_school_time(now)
            if last is None or now - last >= (IN_SCHOOL_TIME if lessons else OTHERWISE):
                due.append(school)
    return due


def ring_for(office: Office, bell: Doorbell, errand: Errand, schools: Sequence[School] | None = None) -> int:
    """Ring for each of these schools (None: all that are not paused), each in its own second; how many."""
    chosen = _open(office) if schools is None else schools
    for school in chosen:
        bell.ring(Ring(errand, school.id), after_s=_second_of(school.id))
    return len(chosen)


def sweep(office: Office, bell: Doorbell) -> int:
    """Ring at once for each school with effects that are due: what the bell missed."""
    with office.store.read() as work:
        due = work.effects.due([school.id for school in _open(office)])
    waiting = sorted({school for school, _ in due})
    for school in waiting:
        bell.ring(Ring(Errand.DELIVER, school))
    return len(waiting)


def reminders_due(office: Office) -> Sequence[School]:
    """Schools whose own clock is past breakfast."""
    now = office.clock.now()
    return [school for school in _open(office) if now.astimezone(school.timezone).hour >= BREAKFAST]


def put_aside(bell: Doorbell) -> int | None:
    """How many messages were given up; None where the queue cannot be asked."""
    try:
        return bell.put_aside()
    except (RpConnectError, TryLaterError) as fault:
        _log.warning("the poison queue: %s", fault)
        return None


def _open(office: Office) -> list[School]:
    return [school for school in office.schools.values() if not school.settings.paused]


def _second_of(school: str) -> float:
    """Always the same for a school, and spread evenly over all of them."""
    return int.from_bytes(hashlib.sha256(school.encode()).digest()[:4], "big") % SPREAD_S
