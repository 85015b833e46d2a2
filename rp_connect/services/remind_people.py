"""On a school day, once: a reminder to each role that has something due today or late, without names."""

from __future__ import annotations

from rp_connect.domain.effect import EffectKind
from rp_connect.domain.people import Role
from rp_connect.domain.task import TaskState
from rp_connect.errors import RpConnectError
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.office import Office, School


def remind_people(office: Office) -> int:
    """How many reminders were asked for now; a second call on the same day asks for none."""
    asked, told = 0, {school.id for school in office.schools.values() if _can_be_told(school)}
    with office.store.begin() as work:
        for school in office.schools.values():
            today = office.today(school)
            if school.id in told and office.calendar(work, school).is_school_day(today):
                asked += sum(
                    _remind(work, office, school, role) for role in _roles_with_work(work, office, school)
                )
        work.commit()
    return asked


def _can_be_told(school: School) -> bool:
    """A workspace without notices has no way to reach anybody. One that cannot be opened now may have."""
    if school.settings.paused:
        return False
    try:
        return school.workspace().notices is not None
    except RpConnectError:
        return True


def _roles_with_work(work: UnitOfWork, office: Office, school: School) -> list[Role]:
    today = office.today(school)
    days = [
        (t.role, t.shown_day(school.timezone))
        for t in work.tasks.every(school=school.id, state=TaskState.OPEN)
    ]
    return sorted({role for role, day in days if day is not None and day <= today})


def _remind(work: UnitOfWork, office: Office, school: School, role: Role) -> bool:
    key = f"{school.id}.{office.today(school)}.{role}"
    if work.effects.asked(EffectKind.NOTICE, key):
        return False
    work.effects.want(EffectKind.NOTICE, key, school=school.id, case=None)
    return True
