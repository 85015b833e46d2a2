"""Pupils and staff: a Student or a Staff, their Person, and what Arbor keeps apart from both.

Year group, tutor group, social worker, looked after, EHCP and SEN support are not asked of Arbor: they are
unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from rp_arbor.client import Query
from rp_arbor.listing import Listing
from rp_arbor.names import href_of
from rp_arbor.parts import Parts
from rp_arbor.values import BadRowError, Ref, Row, day, id_of, moment, needed_ref, number, ref, words
from rp_connect.domain.people import PupilRecord, StaffRecord

STUDENT, STAFF, PERSON = "Student", "Staff", "Person"
UPN, ENROLMENT, EMAIL = "UkDfe_UpnAssignment", "SchoolEnrolment", "EmailAddress"


class Named(NamedTuple):
    given: str
    family: str
    preferred: str
    born: date | None


class _People:
    """What pupils and staff have in common: a Person each, asked for alone."""

    main: str
    unmapped: list[str]
    deletable = True

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self.unmapped = []

    def granted(self) -> bool:
        """A first record whose Person is an empty object shows that persons are not granted."""
        rows = self._listing.arbor.page(self.main, None, 1)
        if not rows:
            return rows is not None
        row = self._listing.filled(self.main, rows[0])
        try:
            person = ref(row or {}, "person")
        except BadRowError:
            return True  # one bad record is that record's affair
        if row == {}:
            return False
        return person is None or self._listing.arbor.one(PERSON, person.key) != {}

    def name(self, whose: Ref) -> str:
        return whose.key

    def refused(self, whose: Ref, row: Row) -> str:
        return whose.key

    def recent(self, entity: str) -> Query | None:
        return None

    def person(self, row: Row) -> tuple[Ref, Named]:
        """Raises BadRowError."""
        whose = needed_ref(row, "person")
        found = self._listing.arbor.one(PERSON, whose.key)
        if found is None:
            raise BadRowError("its Person is missing")
        if not found:
            raise BadRowError("its Person is not granted")
        legal = words(found, "legalFirstName"), words(found, "legalLastName")
        called = words(found, "preferredFirstName"), words(found, "preferredLastName")
        given, family = legal if any(legal) else called
        if not given and not family:
            raise BadRowError("its Person has no name")
        preferred = called[0] if called[0] != given else ""
        return whose, Named(given, family, preferred, day(found, "dateOfBirth"))

    def of_person(self, key: str) -> Sequence[Ref] | None:
        """Guardians have a Person too: it is nobody's here."""
        rows = self._listing.matching(self.main, [("filters.person.equals", href_of(PERSON, key))])
        found: list[Ref] = []
        for row in rows or []:
            mine = id_of(row)
            filled = self._listing.filled(self.main, row) or {}
            if mine is not None and id_of(filled.get("person")) == key:
                found.append(Ref(self.main, mine))
        return None if rows is None else found


class _Upn(NamedTuple):
    upn: str
    begins: datetime | None
    ends: datetime | None
    temporary: bool


class _Enrolment(NamedTuple):
    first: date | None
    last: date | None


class Pupils(_People):
    label = "students"
    main = STUDENT
    mains: Sequence[str] = (STUDENT,)
    parts: Sequence[str] = (PERSON, UPN, ENROLMENT)
    needs: Sequence[str] = (STUDENT, PERSON)

    def __init__(self, listing: Listing) -> None:
        super().__init__(listing)
        self._upns = Parts(listing, UPN, "student", _upn)
        self._enrolments = Parts(listing, ENROLMENT, "student", _enrolment)

    def read_parts(self) -> None:
        self._upns.read_all()
        self._enrolments.read_all()

    def owners(self, part: str, key: str) -> Sequence[Ref] | None:
        if part == PERSON:
            return self.of_person(key)
        row = self._listing.arbor.one(part, key)
        return _owner(row or {}, "student", self.mains)

    def record(self, whose: Ref, row: Row) -> PupilRecord:
        _, person = self.person(row)
        enrolled = sorted(self._enrolments.of(whose), key=lambda e: (e.first or date.min, e.last or date.max))
        return PupilRecord(
            id=whose.key,
            given_name=person.given,
            family_name=person.family,
            preferred_name=person.preferred,
            upn=_newest(self._upns.of(whose)),
            date_of_birth=person.born,
            on_roll_from=enrolled[-1].first if enrolled else None,
            on_roll_to=enrolled[-1].last if enrolled else None,
        )


class _Address(NamedTuple):
    email: str
    sort: str
    order: float


class Staff(_People):
    """An e-mail address hangs on the Person or on the Staff; one for work goes before others."""

    label = "staffs"
    main = STAFF
    mains: Sequence[str] = (STAFF,)
    parts: Sequence[str] = (PERSON, EMAIL)
    needs: Sequence[str] = (STAFF, PERSON, EMAIL)

    def __init__(self, listing: Listing) -> None:
        super().__init__(listing)
        self._emails = Parts(listing, EMAIL, "emailAddressOwner", _address, needed=True)

    def granted(self) -> bool:
        return super().granted() and self._listing.granted(EMAIL)

    def read_parts(self) -> None:
        """Addresses are asked for person by person: their list would bring those of every parent."""

    def owners(self, part: str, key: str) -> Sequence[Ref] | None:
        if part == PERSON:
            return self.of_person(key)
        owner = _owner(self._listing.arbor.one(EMAIL, key) or {}, "emailAddressOwner", (PERSON, STAFF))
        if not owner or owner[0].entity == STAFF:
            return owner
        return self.of_person(owner[0].key)

    def record(self, whose: Ref, row: Row) -> StaffRecord | None:
        """None for whoever has no e-mail address: they hold no role here."""
        mine, person = self.person(row)
        found = self._emails.of(Ref(PERSON, mine.key)) or self._emails.of(whose)
        best = min(found, key=lambda a: ("work" not in a.sort.lower(), a.order, a.email), default=None)
        if best is None or not best.email:
            return None
        return StaffRecord(id=whose.key, email=best.email, given_name=person.given, family_name=person.family)


def _owner(row: Row, name: str, entities: Sequence[str]) -> Sequence[Ref] | None:
    """None where a part does not say; nobody where it is somebody else's."""
    try:
        found = ref(row, name)
    except BadRowError:
        return None
    if found is None:
        return None
    return [found] if found.entity in entities else []


def _upn(row: Row) -> _Upn:
    return _Upn(
        words(row, "upn"),
        _bare(moment(row, "startDatetime")),
        _bare(moment(row, "endDatetime")),
        row.get("isTemporary") in (True, 1, "1", "true"),
    )


def _bare(found: datetime | None) -> datetime | None:
    return found.replace(tzinfo=None) if found else None


def _newest(upns: Sequence[_Upn]) -> str:
    """Open before ended, permanent before temporary, later before earlier."""
    best = max(
        (upn for upn in upns if upn.upn),
        key=lambda u: (u.ends is None, not u.temporary, u.begins or datetime.min),  # noqa: DTZ901 - compared only
        default=None,
    )
    return best.upn if best else ""


def _enrolment(row: Row) -> _Enrolment:
    return _Enrolment(day(row, "startDate"), day(row, "endDate"))


def _address(row: Row) -> _Address:
    order = number(row, "dataOrder")
    sort = row.get("emailAddressType")
    sort = words(sort, "displayName") if isinstance(sort, dict) else words(row, "emailAddressType")
    return _Address(words(row, "emailAddress"), sort, 0.0 if order is None else order)
