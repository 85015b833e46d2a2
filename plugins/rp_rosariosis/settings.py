"""The table `[school.rosariosis]`."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Labels = tuple[str, ...]


class RosarioSettings(BaseModel):
    """`suspension_labels` is the school's own label → half-day sessions (0: not a suspension);
    `permanent_labels` and `lunchtime_labels` are those of permanent exclusions and lunchtime suspensions.

    `attendance_marks` is RosarioSIS short name → register code; `am_periods` and `pm_periods` are short names
    of the periods whose mark counts for the session, the first of them before the others. `upn_field` is the
    column of `students` that holds the UPN. `incident_field` and `outcome_field` are titles of the referral
    fields that say what happened and that take an outcome (empty: the first choice, the first long text).
    `referral_role` is what a referral makes of its pupil, since RosarioSIS has no roles.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str
    usertoken: str = Field(pattern=r"^(env|keyvault):\S+$")
    school_id: int = 1
    suspension_labels: dict[str, int] = Field(default_factory=dict)
    permanent_labels: Labels = Field(default=(), strict=False)
    lunchtime_labels: Labels = Field(default=(), strict=False)
    attendance_marks: dict[str, str] = Field(default_factory=dict)
    am_periods: Labels = Field(default=("AM",), strict=False)
    pm_periods: Labels = Field(default=("PM",), strict=False)
    upn_field: str = Field(default="", pattern=r"^(custom_\d+)?$")
    incident_field: str = ""
    outcome_field: str = ""
    referral_role: Literal["responsible", "affected"] = "responsible"
    timeout_s: float = Field(default=20.0, gt=0, le=300)

    @field_validator("base_url")
    @classmethod
    def _http(cls, base_url: str) -> str:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("it must begin with https:// and name a host")
        if parts.username or parts.password or parts.query:
            raise ValueError("it must be an address alone: secrets have their own settings")
        return base_url.rstrip("/")

    @field_validator("suspension_labels")
    @classmethod
    def _half_days(cls, labels: dict[str, int]) -> dict[str, int]:
        if any(not 0 <= sessions <= 400 for sessions in labels.values()):
            raise ValueError("each label must count from 0 to 400 half days")
        return labels

    @model_validator(mode="after")
    def _each_label_once(self) -> Self:
        said = [*self.suspension_labels, *self.permanent_labels, *self.lunchtime_labels]
        if twice := sorted({label for label in said if said.count(label) > 1}):
            raise ValueError(f"the label “{twice[0]}” has two meanings")
        return self

    @property
    def labels(self) -> frozenset[str]:
        """All labels that mean something here."""
        return frozenset((*self.suspension_labels, *self.permanent_labels, *self.lunchtime_labels))
