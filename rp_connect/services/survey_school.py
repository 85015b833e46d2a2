"""What somebody who connects a school wants to see: who was matched, who is there twice, which words mean
nothing here. Keys and the school's own words only; never a name or an address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from rp_connect.domain.people import Pupil, Role, StaffRecord
from rp_connect.domain.suspension import REASON_CODES, Category
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.office import School

Found = TypeVar("Found")
Json = dict[str, object]
LONGEST_WORD = 60
"""A longer “word” of an MIS is a sentence, and may tell of somebody: it is not repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """`pupils` are those that the school's MIS of now gives, `of_former_mis` those that only a former one
    gave: nobody with their UPN came from the new one. `roles` is for each role that somebody holds how many
    addresses hold it, and how many of them are staff in the MIS. Groups of ids are of people on roll.
    """

    pupils: int
    of_former_mis: int
    without_upn: int
    staff: int
    roles: dict[Role, tuple[int, int]]
    same_upn: Sequence[Sequence[str]]
    namesakes: Sequence[Sequence[str]]
    same_email: Sequence[Sequence[str]]
    categories: Sequence[str]
    reasons: Sequence[str]

    @property
    def strangers(self) -> list[Role]:
        """Roles that are held by an address which nobody in the MIS has; none where it gives no staff."""
        return [role for role, (held, known) in self.roles.items() if known < held] if self.staff else []

    def to_json(self) -> Json:
        return {
            "pupils": {
                "held": self.pupils,
                "of_former_mis": self.of_former_mis,
                "without_upn": self.without_upn,
            },
            "staff": {
                "held": self.staff,
                "roles": {
                    role.value: {"addresses": held, "in_mis": known}
                    for role, (held, known) in self.roles.items()
                },
            },
            "duplicates": {
                "upn": [list(ids) for ids in self.same_upn],
                "namesakes": [list(ids) for ids in self.namesakes],
                "staff_email": [list(ids) for ids in self.same_email],
            },
            "unmapped_categories": list(self.categories),
            "unmapped_reasons": list(self.reasons),
        }


def survey_school(work: UnitOfWork, school: School, today: date) -> Survey:
    """As the store stands, which in a preview is how it would stand."""
    everybody = work.pupils.every(school.id)
    pupils = [pupil for pupil in everybody if pupil.mis == school.settings.mis]
    on_roll = [pupil for pupil in pupils if pupil.record.on_roll(today)]
    staff = work.staff.every(school.id, school.settings.mis)
    addresses = {one.email.casefold() for one in staff}
    held = work.suspensions.of_pupils(work.suspensions.pupils_with(school.id))
    records = [s.record for of_one in held.values() for s in of_one if s.mis == school.settings.mis]
    return Survey(
        pupils=len(pupils),
        of_former_mis=len(everybody) - len(pupils),
        without_upn=sum(not pupil.record.upn for pupil in on_roll),
        staff=len(staff),
        roles=dict(_roles(school, addresses)),
        same_upn=_twice(on_roll, _upn, _pupil_id),
        namesakes=_twice(on_roll, _name_and_birth, _pupil_id),
        same_email=_twice(staff, lambda one: one.email.casefold(), _staff_id),
        categories=_words({r.category for r in records} - set(Category)),
        reasons=_words({reason for r in records for reason in r.reasons} - REASON_CODES),
    )


def _roles(school: School, addresses: set[str]) -> Iterator[tuple[Role, tuple[int, int]]]:
    for role in Role:
        holders = school.settings.people.of(role)
        if holders:
            yield role, (len(holders), sum(one.casefold() in addresses for one in holders))


def _twice(
    people: Iterable[Found], what: Callable[[Found], Hashable], name: Callable[[Found], str]
) -> list[list[str]]:
    """The ids of those who share a thing that only one should have; nothing is shared by who has it not."""
    groups: dict[Hashable, list[str]] = defaultdict(list)
    for one in people:
        if thing := what(one):
            groups[thing].append(name(one))
    return sorted(ids for ids in groups.values() if len(ids) > 1)


def _upn(pupil: Pupil) -> str:
    return pupil.record.upn.upper()


def _name_and_birth(pupil: Pupil) -> Hashable:
    record = pupil.record
    if record.date_of_birth is None:
        return None
    return record.given_name.casefold(), record.family_name.casefold(), record.date_of_birth


def _pupil_id(pupil: Pupil) -> str:
    return pupil.record.id


def _staff_id(one: StaffRecord) -> str:
    return one.id


def _words(found: Iterable[str]) -> list[str]:
    return sorted(word for word in found if word and len(word) <= LONGEST_WORD)
