"""Signing in to the pages, being asked again at every request, signing out; and what the audit keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rp_connect.domain.people import Role
from rp_connect.ports.store import AuditRow, Visit
from rp_connect.services.office import Office, School
from rp_connect.services.only_schools import Refusal

KEPT = timedelta(days=1)
"""Longer than any visit lasts, so that no attempt is forgotten while its answer could still be used."""


@dataclass(frozen=True, slots=True, repr=False)
class Visitor:
    """Who is signed in, and the schools where they hold a role; never empty."""

    email: str
    schools: Sequence[str]


def schools_of(office: Office, email: str) -> Sequence[str]:
    """The schools where `[school.people]` names this address for a role or as cover, in configured order."""
    wanted = email.casefold()
    return [school.id for school in office.schools.values() if wanted in _people(school)]


def begin_visit(office: Office, cookie: str, attempt: str, email: str) -> Visitor | None:
    """Keep the visit under the digest of its `cookie`, and write it into the audit of each school.

    None where the person holds no role at any school, or where `attempt` opened a visit before.
    """
    schools = schools_of(office, email)
    if not schools:
        return None
    now = office.clock.now()
    with office.store.begin() as work:
        work.visits.forget(now - KEPT)
        if not work.visits.begin(Visit(digest_of(cookie), digest_of(attempt), email.casefold(), now)):
            return None
        for school in schools:
            work.audit.write(AuditRow(None, school, email.casefold(), now, "signed in"))
        work.commit()
    return Visitor(email.casefold(), schools)


def find_visitor(office: Office, cookie: str, hours: int) -> Visitor | None:
    """Who is signed in with this cookie and may see anything today; None for nobody."""
    with office.store.read() as work:
        visit = work.visits.get(digest_of(cookie))
    age = office.clock.now() - visit.began if visit else KEPT
    if visit is None or not timedelta(0) <= age < timedelta(hours=hours):
        return None
    schools = schools_of(office, visit.who)
    return Visitor(visit.who, schools) if schools else None


def end_visit(office: Office, cookie: str, visitor: Visitor) -> None:
    """From now on the cookie opens nothing, wherever a copy of it is."""
    now = office.clock.now()
    with office.store.begin() as work:
        work.visits.end(digest_of(cookie))
        for school in visitor.schools:
            work.audit.write(AuditRow(None, school, visitor.email, now, "signed out"))
        work.commit()


def note_refusals(office: Office, visitor: Visitor, refused: Collection[Refusal], page: str) -> None:
    """That somebody asked for what another school has: who, for which case, on which kind of page."""
    if not refused:
        return
    now = office.clock.now()
    with office.store.begin() as work:
        for one in dict.fromkeys(refused):
            work.audit.write(AuditRow(one.case, one.school, visitor.email, now, f"refused: {page}"))
        work.commit()


def digest_of(secret: str) -> str:
    """Of 256 random bits, so that nothing slower or salted is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _people(school: School) -> frozenset[str]:
    people = school.settings.people
    named = [address for role in Role for address in people.of(role)]
    return frozenset(address.casefold() for address in (*named, *people.cover))
