"""A vendor's word that a school has another MIS behind the same interface: then every id may be a new one.

Read as usual, everybody would be there twice. So nothing is read until a person says what is so: MIGRATION,
and people are known again by UPN as after any change of MIS; SAME_MIS, and everything goes on as before.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from rp_connect.errors import GuardError
from rp_connect.ports.remembered import ACCESS, MIGRATION, AuditRow
from rp_connect.ports.store import Begin
from rp_connect.services.office import Office, School

SAME_MIS = "same-mis"


def hold_or_take_over(office: Office, school: School, *, begin: Begin, accept: Collection[str]) -> None:
    """Raises GuardError while nobody said what is so."""
    mis, now = school.settings.mis, office.clock.now()
    _forget_former(school, begin)
    with begin() as work:
        told = work.schools.source(school.id, mis, MIGRATION)
        if told.held is None:
            return
        if not {MIGRATION, SAME_MIS} & set(accept):
            raise GuardError(told.held)
        work.schools.put_source(replace(told, held=None))
        if MIGRATION in accept:
            work.schools.retire_mis(school.id, mis, _former(mis, now))
        what = "the MIS was exchanged: people are known again by UPN" if MIGRATION in accept else "same MIS"
        work.audit.write(AuditRow(case=None, school=school.id, who="command line", at=now, what=what))
        work.commit()


def _forget_former(school: School, begin: Begin) -> None:
    """What was told of an MIS that the school is no longer read through needs nobody any more."""
    with begin() as work:
        for source in work.schools.sources(school.id):
            told = source.kind in (ACCESS, MIGRATION) and (source.left or source.held)
            if told and source.mis != school.settings.mis:
                work.schools.put_source(replace(source, left=None, held=None))
        work.commit()


def _former(mis: str, now: datetime) -> str:
    return f"{mis} until {now:%Y-%m-%dT%H:%M:%S}"
