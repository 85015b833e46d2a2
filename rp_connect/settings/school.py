"""The settings of one school: every default of rp-connect.toml stands here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rp_connect.domain.calendar import DayHours
from rp_connect.domain.people import Role
from rp_connect.settings.shapes import (
    Absences,
    EachOnce,
    Emails,
    Existing,
    Intervals,
    SchoolId,
    Span,
    Text,
    Timezone,
    wrong,
)

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Table(BaseModel):
    """A table of the file: strict about types and unknown keys. What it holds stays out of its `repr`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__


class PeopleSettings(Table):
    """Who holds which role (e-mail addresses), who covers for the lead, and when the lead is away."""

    lead: Emails = ()
    dsl: Emails = ()
    senco: Emails = ()
    head: Emails = ()
    attendance: Emails = ()
    clerk: Emails = ()
    cover: Emails = ()
    away: Absences = ()

    def of(self, role: Role) -> tuple[str, ...]:
        """Those who are named for `role` itself."""
        named: tuple[str, ...] = getattr(self, role.value)
        return named

    def lead_is_away(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.away)


class WorkingSettings(Table):
    """The lead's pattern at this school."""

    days: Annotated[tuple[Weekday, ...], Field(strict=False, min_length=1), EachOnce] = (
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
    )
    hours: Span = (time(8, 30), time(15, 30))


class ReviewSettings(Table):
    """When an agreement is reviewed: in days after the return, and check-ins in school days counting it."""

    days_after: Intervals = (14, 42, 84)
    check_in_school_days: Intervals = (1, 5)


class _Day(Table):
    am: Span = (time(8, 45), time(12, 15))
    pm: Span = (time(13, 15), time(15, 15))

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.am[1] > self.pm[0]:
            raise wrong("must have its am end before its pm begins")
        return self

    def hours(self) -> DayHours:
        return DayHours(am=self.am, pm=self.pm)


def _hours(value: object) -> DayHours:
    return _Day.model_validate(value).hours()


class SchoolSettings(Table):
    """One `[[school]]`. `own` holds its adapters' tables, which `validate_own` checks."""

    # Which other tables may stand here depends on `mis` and `workspace`: `load` refuses the rest.
    model_config = ConfigDict(extra="allow")

    id: SchoolId
    name: Text
    kind: Literal["academy", "maintained", "pru"]
    timezone: Timezone = ZoneInfo("Europe/London")
    calendar_path: Existing = Field(validation_alias="calendar")
    day: Annotated[DayHours, BeforeValidator(_hours)] = _Day().hours()
    policy: Text = "england"
    mis: Text
    workspace: Text
    site: str = ""
    paused: bool = False
    live_from: date | None = None
    cancelled_sessions_count: bool = True
    people: PeopleSettings = PeopleSettings()
    working: WorkingSettings = WorkingSettings()
    reviews: ReviewSettings = ReviewSettings()

    @classmethod
    def known_keys(cls) -> frozenset[str]:
        """The keys that any school may have, as the file calls them."""
        return frozenset(str(field.validation_alias or name) for name, field in cls.model_fields.items())

    @property
    def own(self) -> Mapping[str, Mapping[str, Any]]:
        """The tables named after this school's `mis` and `workspace`, as they stand in the file."""
        return self.model_extra or {}

    def holders(self, role: Role, day: date) -> tuple[str, ...]:
        """Who is given a task of `role` that falls on `day`.

        A role nobody holds falls to the lead; while the lead is away, the lead's tasks go to `cover`.
        """
        if role is not Role.LEAD and self.people.of(role):
            return self.people.of(role)
        if self.people.cover and self.people.lead_is_away(day):
            return self.people.cover
        return self.people.lead

    def __repr__(self) -> str:
        return f"<SchoolSettings {self.id}>"

    __str__ = __repr__
