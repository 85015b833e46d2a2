"""The day of what happened: nobody is asked to meet on it, unless a person chooses so."""

from __future__ import annotations

from datetime import date

from rp_connect.domain.case import Case
from rp_connect.ports.store import UnitOfWork


def incident_days(work: UnitOfWork, case: Case) -> frozenset[date]:
    """The local day of the incident that the case's suspension is linked to; empty where none is known."""
    if case.suspension_no is None:
        return frozenset()
    suspension = work.suspensions.get(case.suspension_no)
    wanted = suspension.record.incident_id
    found = work.incidents.by_id(suspension.school, suspension.mis, [wanted]) if wanted else {}
    return frozenset(incident.occurred.day for incident in found.values())
