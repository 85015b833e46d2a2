"""The people of a school, as its MIS exports them. Their `repr` shows keys only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, repr=False)
class Pupil:
    """A row of pupils.csv; a flag is "Y", "N" or "" (not known)."""

    id: str
    upn: str
    given: str
    family: str
    preferred: str
    born: date
    year_group: str
    reg_group: str
    on_roll_from: date
    on_roll_to: date | None
    social_worker: str
    looked_after: str
    ehcp: str
    sen_support: str
    key_adult: str

    def on_roll(self, day: date) -> bool:
        return self.on_roll_from <= day and (self.on_roll_to is None or day <= self.on_roll_to)

    @property
    def flags(self) -> tuple[str, str, str, str]:
        return self.social_worker, self.looked_after, self.ehcp, self.sen_support

    @property
    def flagged(self) -> bool:
        return "Y" in (self.social_worker, self.looked_after, self.ehcp)

    def __repr__(self) -> str:
        return f"<Pupil {self.id}>"


@dataclass(frozen=True, slots=True, repr=False)
class Colleague:
    """A row of staff.csv."""

    id: str
    given: str
    family: str
    email: str

    def __repr__(self) -> str:
        return f"<Colleague {self.id}>"
