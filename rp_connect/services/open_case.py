"""Open the case of a suspension: its reference, its parties, its first audit row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rp_connect.domain.calendar import SchoolCalendar
from rp_connect.domain.case import Case, Stage
from rp_connect.domain.incident import IncidentRecord
from rp_connect.domain.party import Party, PartyRole
from rp_connect.domain.run import Run, run_with
from rp_connect.domain.suspension import Category, Suspension
from rp_connect.domain.task import SYSTEM
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.change_task import audit
from rp_connect.services.duty_round import DutyRound

REINTEGRATION = "reintegration"


def needs_case(
    suspension: Suspension, runs: Sequence[Run], live_from: date, calendar: SchoolCalendar
) -> bool:
    """Everything decided since going live; of what was decided before, what returns after that day."""
    if not suspension.makes_case:
        return False
    if suspension.decided is None or suspension.decided.day >= live_from:
        return True
    if suspension.record.category != Category.SUSPENSION or suspension.cancelled is not None:
        return False
    run = run_with(suspension, runs)
    if run is None:
        return _lies_ahead(suspension, calendar)
    back = run.return_session(calendar)
    return run.has_return and (back is None or back.day > live_from)


def opening_order(suspension: Suspension) -> tuple[date, date, str]:
    """Cases are numbered by decision (else start), start, id."""
    start = suspension.in_force.start or date.max
    decided = suspension.decided
    return decided.day if decided else start, start, suspension.record.id


def open_case(
    work: UnitOfWork, current: DutyRound, suspension: Suspension, incident: IncidentRecord | None
) -> Case:
    """One case per suspension record; the reference is taken in this transaction. `incident` is the one that
    the record names, where it is known."""
    case = Case(
        ref=work.cases.next_ref(current.today.year),
        school=current.school.id,
        kind=REINTEGRATION,
        stage=Stage.REFERRED,
        opened_at=current.now,
        first_pass=current.number,
        parties=(Party(suspension.pupil_no, _role(suspension, incident)),),
        suspension_no=suspension.no,
    )
    work.cases.add(case)
    audit(work, case, SYSTEM, current.now, "opened")
    current.report.cases_opened += 1
    current.amended.add(suspension.no)
    return case


def _lies_ahead(suspension: Suspension, calendar: SchoolCalendar) -> bool:
    start, last = suspension.in_force.start, calendar.last
    return start is not None and last is not None and start > last and suspension.in_force.complete


def _role(suspension: Suspension, incident: IncidentRecord | None) -> PartyRole:
    """As the linked incident has it; a suspended pupil is otherwise taken as responsible."""
    for involved in incident.involved if incident else ():
        if involved.pupil_id == suspension.record.pupil_id and involved.role.value in set(PartyRole):
            return PartyRole(involved.role.value)
    return PartyRole.RESPONSIBLE
