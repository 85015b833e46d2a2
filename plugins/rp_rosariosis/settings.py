"""The table `[school.rosariosis]`."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator


class RosarioSettings(BaseModel):
    """`suspension_labels` is the school's own label → half-day sessions (0: not a suspension).

    `attendance_marks` is RosarioSIS short name → register code; `am_periods` and `pm_periods` are short names
    of the periods whose mark counts for the session. `upn_field` is the column of `students` that holds the
    UPN. `referral_role` is what a referral makes of its pupil, since RosarioSIS has no roles.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str
    usertoken: str = Field(pattern=r"^(env|keyvault):\S+$")
    school_id: int = 1
    suspension_labels: dict[str, int] = Field(default_factory=dict)
    attendance_marks: dict[str, str] = Field(default_factory=dict)
    am_periods: tuple[str, ...] = Field(default=("AM",), strict=False)
    pm_periods: tuple[str, ...] = Field(default=("PM",), strict=False)
    upn_field: str = Field(default="", pattern=r"^(custom_\d+)?$")
    referral_role: Literal["responsible", "affected"] = "responsible"
    outcome_field: str = ""
    timeout_s: float = Field(default=20.0, gt=0, le=300)

    @field_validator("base_url")
    @classmethod
    def _http(cls, base_url: str) -> str:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("it must begin with https:// and name a host")
        return base_url.rstrip("/")

    @field_validator("suspension_labels")
    @classmethod
    def _half_days(cls, labels: dict[str, int]) -> dict[str, int]:
        if any(not 0 <= sessions <= 400 for sessions in labels.values()):
            raise ValueError("each label must count from 0 to 400 half days")
        return labels
