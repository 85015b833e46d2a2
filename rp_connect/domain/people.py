"""People as a school knows them. Their `repr` shows keys only: names stay out of logs and tracebacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Role(StrEnum):
    """Who a task is given to. A role that nobody holds falls to the lead."""

    LEAD = "lead"
    DSL = "dsl"
    SENCO = "senco"
    HEAD = "head"
    ATTENDANCE = "attendance"
    CLERK = "clerk"


class PupilRecord(BaseModel):
    """A pupil as the MIS gives them. A flag is True, False, or None where the MIS does not say."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str
    given_name: str
    family_name: str
    preferred_name: str = ""
    upn: str = ""
    date_of_birth: date | None = None
    year_group: str = ""
    reg_group: str = ""
    on_roll_from: date | None = None
    on_roll_to: date | None = None
    social_worker: bool | None = None
    looked_after: bool | None = None
    ehcp: bool | None = None
    sen_support: bool | None = None
    key_adult_email: str = ""

    @property
    def display_name(self) -> str:
        return f"{self.preferred_name or self.given_name} {self.family_name}".strip()

    def on_roll(self, day: date) -> bool:
        return (self.on_roll_from is None or self.on_roll_from <= day) and (
            self.on_roll_to is None or day <= self.on_roll_to
        )

    def __repr__(self) -> str:
        return f"<PupilRecord {self.id}>"

    __str__ = __repr__


class StaffRecord(BaseModel):
    """A member of staff as the MIS gives them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str
    email: str
    given_name: str = ""
    family_name: str = ""

    def __repr__(self) -> str:
        return f"<StaffRecord {self.id}>"

    __str__ = __repr__


@dataclass(frozen=True, slots=True, repr=False)
class Pupil:
    """A pupil we hold: `no` is ours and outlives a change of MIS; `mis` names the adapter that reads them."""

    no: int
    school: str
    mis: str
    record: PupilRecord

    def __repr__(self) -> str:
        return f"<Pupil {self.no}>"
