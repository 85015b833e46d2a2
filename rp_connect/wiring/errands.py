"""What a worker does when the bell rings: the same services as on a laptop, for one school at a time."""

from __future__ import annotations

import logging
import random
from dataclasses import replace

from rp_connect.errors import BusyError
from rp_connect.ports.doorbell import Errand, Ring
from rp_connect.ports.lanes import Opened
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office, School
from rp_connect.services.pull_tasks import pull_tasks
from rp_connect.services.remind_people import remind_people
from rp_connect.services.sync_report import SchoolSync
from rp_connect.services.sync_schools import sync_schools

TURN_S = 60.0
"""A delivery that takes longer goes to the back of the queue, so that no school waits behind another's
thousand effects. The limit of the host (host.json: functionTimeout) lies far above it."""
AGAIN_S = (4.0, 8.0)
"""After how many seconds the bell rings again for what somebody else's turn held back."""
SYNC_LANE = "sync"

_log = logging.getLogger(__name__)


def run_errand(office: Office, ring: Ring) -> None:
    """Do it for that school alone. Raises StoreError and what else should be tried again: then the message
    comes back, five times at most. A school that is paused or no longer configured is nobody's errand; where
    another worker is at it, it is done there."""
    school = office.schools.get(ring.school)
    if school is None or school.settings.paused:
        return
    try:
        _DO[ring.errand](replace(office, schools={school.id: school}), school)
    except BusyError:
        _log.info("%s of %s: another worker is at it", ring.errand, ring.school)


def _sync(office: Office, school: School) -> None:
    """An MIS that asked for patience is left alone until then, by every instance."""
    scope = sync_scope(school)
    with office.store.begin() as work:
        entry = work.lanes.enter(scope, SYNC_LANE, office.worker, 1)
        work.commit()
    if not isinstance(entry, Opened):
        return
    (report,) = sync_schools(office, school=school.id)
    with office.store.begin() as work:
        if report.busy:
            work.lanes.learned_nothing(scope, SYNC_LANE, entry, sent=False)
        elif report.wait_seconds is not None:
            work.lanes.told_to_wait(scope, SYNC_LANE, entry, report.wait_seconds, report.fault or "")
        else:
            work.lanes.went_through(scope, SYNC_LANE, entry)
        work.commit()
    _tell(school, report)


def sync_scope(school: School) -> str:
    return f"{school.settings.mis} {school.id}"


def _tell(school: School, report: SchoolSync) -> None:
    if report.fault and not report.busy:
        _log.warning("sync of %s: %s", school.id, report.fault)
    if report.cases_opened:
        _log.info("sync of %s: %d cases opened", school.id, report.cases_opened)


def _deliver(office: Office, school: School) -> None:
    """One worker at a time for each school: the others see to other schools."""
    with office.store.lock(f"deliver {school.id}"):
        report = deliver_effects(office, seconds=TURN_S)
    if report.done:
        _log.info("deliver for %s: %d sent", school.id, report.done)
    if report.parked_now:
        _log.warning("deliver for %s: %d parked", school.id, report.parked_now)
    if report.held_back:
        office.bell.ring(Ring(Errand.DELIVER, school.id), after_s=random.uniform(*AGAIN_S))  # noqa: S311


def _pull(office: Office, school: School) -> None:
    for report in pull_tasks(office, school.id):
        if report.fault:
            _log.warning("pull of %s: %s", school.id, report.fault)


def _remind(office: Office, school: School) -> None:
    remind_people(office)


_DO = {Errand.SYNC: _sync, Errand.DELIVER: _deliver, Errand.PULL: _pull, Errand.REMIND: _remind}
