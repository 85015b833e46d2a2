"""Persistent and severe absence of each school in this school year, from the counters that the marks keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rp_connect.domain.absence import ABSENT, POSSIBLE, Absence, codes_of, school_year_of
from rp_connect.domain.attendance import MEANINGS
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.office import Office, School
from rp_connect.services.to_json import Json

_GROUPS = (codes_of(*POSSIBLE), codes_of(*ABSENT), frozenset(MEANINGS))


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolAbsence:
    """`pupils` are those with a possible session since 1 August of `school_year`, leavers included; the rest
    are sessions, and how many of those pupils were absent persistently (of them severely)."""

    school: str
    school_year: int
    pupils: int
    possible: int
    missed: int
    unknown: int
    persistent: int
    severe: int

    def to_json(self) -> Json:
        return {
            "school": self.school,
            "school_year": f"{self.school_year}/{(self.school_year + 1) % 100:02}",
            "pupils": self.pupils,
            "sessions": {"possible": self.possible, "missed": self.missed, "unknown": self.unknown},
            "persistent": self.persistent,
            "severe": self.severe,
        }


def report_absence(office: Office, school: str | None = None) -> list[SchoolAbsence]:
    """One school, or all in the configured order. Raises NotFoundError for one that is not configured."""
    schools = office.chosen(school)
    with office.store.read() as work:
        return [_of_school(work, one, school_year_of(office.today(one))) for one in schools]


def absences(work: UnitOfWork, school: str, school_year: int) -> dict[int, Absence]:
    """By our number of the pupil, for each who has a mark in that school year."""
    found = work.marks.sums(school, school_year, _GROUPS)
    return {no: Absence(possible, missed, all_ - known) for no, (possible, missed, known, all_) in found}


def _of_school(work: UnitOfWork, school: School, year: int) -> SchoolAbsence:
    return _counted(school.id, year, absences(work, school.id, year).values())


def _counted(school: str, year: int, found: Iterable[Absence]) -> SchoolAbsence:
    every = list(found)
    return SchoolAbsence(
        school=school,
        school_year=year,
        pupils=sum(one.possible > 0 for one in every),
        possible=sum(one.possible for one in every),
        missed=sum(one.missed for one in every),
        unknown=sum(one.unknown for one in every),
        persistent=sum(one.persistent for one in every),
        severe=sum(one.severe for one in every),
    )
