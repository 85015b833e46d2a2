"""What a person says of the suspension behind a case, and the duties that follow, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from rp_connect.domain.amendment import answer
from rp_connect.domain.calendar import SchoolCalendar
from rp_connect.domain.case import Case
from rp_connect.domain.suspension import Dates, LengthAnswer, Suspension
from rp_connect.domain.task import TaskState
from rp_connect.domain.when import When
from rp_connect.errors import UsageError
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.apply_duties import apply_duties
from rp_connect.services.change_task import audit, closed, store_tasks
from rp_connect.services.duty_round import round_at
from rp_connect.services.office import Office

Change = Callable[[Suspension, SchoolCalendar], Suspension]


def answer_length(office: Office, ref: str, said: LengthAnswer, who: str) -> Case:
    """`further` keeps the dates in force, `correction` takes the longer ones; UsageError if nobody asked."""

    def settle(held: Suspension, calendar: SchoolCalendar) -> Suspension:
        settled = answer(held, said)
        if settled is None:
            raise UsageError(f"{ref}: no question about longer dates is open.")
        return settled

    return _change(office, ref, who, f"answered: {said}", settle, closes="dates-changed")


def give_dates(office: Office, ref: str, dates: Dates, who: str) -> Case:
    """Answers `supply-dates`. UsageError where the dates are known already: then the MIS must change them."""

    def supply(held: Suspension, calendar: SchoolCalendar) -> Suspension:
        if held.in_force.complete:
            raise UsageError(f"{ref}: the dates are known already; change them in the MIS.")
        given = dates.model_dump(exclude_none=True)
        return replace(held, in_force=held.in_force.model_copy(update=given))

    return _change(office, ref, who, "dates given", supply, closes="supply-dates")


def cancel_suspension(office: Office, ref: str, who: str) -> Case:
    """The suspension is cancelled from now on; a moment that the MIS gives later takes this one's place."""
    now = office.clock.now()

    def cancel(held: Suspension, calendar: SchoolCalendar) -> Suspension:
        if held.cancelled is not None:
            raise UsageError(f"{ref}: the suspension is cancelled already.")
        return replace(held, cancelled=When.of_moment(now, calendar.timezone))

    return _change(office, ref, who, "suspension cancelled", cancel)


def _change(
    office: Office, ref: str, who: str, what: str, change: Change, *, closes: str | None = None
) -> Case:
    pupil_no = _pupil_of(office, ref)
    with office.store.begin() as work:
        work.suspensions.of_pupils([pupil_no])  # held before the case: see change_task
        case = work.cases.get(ref)
        if case.suspension_no is None:
            raise UsageError(f"{ref} does not come from a suspension.")
        current = round_at(office, work, office.school(case.school))
        held = work.suspensions.get(case.suspension_no)
        after = change(held, current.calendar)
        work.suspensions.put([after])
        audit(work, case, who, current.now, what)
        if closes:
            _close(work, ref, closes, who, current.now)
        current.amended.add(after.no)
        apply_duties(work, current, [after.pupil_no])
        changed = work.cases.get(ref)
        work.commit()
        return changed


def _pupil_of(office: Office, ref: str) -> int:
    with office.store.read() as work:
        number = work.cases.get(ref).suspension_no
        if number is None:
            raise UsageError(f"{ref} does not come from a suspension.")
        return work.suspensions.get(number).pupil_no


def _close(work: UnitOfWork, ref: str, rule: str, who: str, now: datetime) -> None:
    """The task that asked is closed by the person who answered."""
    asked = [t for t in work.tasks.every(case=ref, state=TaskState.OPEN) if t.rule == rule]
    store_tasks(work, [closed(t, who, now) for t in asked])
