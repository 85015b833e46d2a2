"""The table `[school.arbor]`."""

from __future__ import annotations

from datetime import time
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

HolidayKind = Literal["holiday", "inset", "closure", "directed"]


class ArborSettings(BaseModel):
    """`username` is the application user, `token` where its password is kept. `application_id` goes with the
    endpoint that several schools share.

    `midday` parts the two sessions: an exclusion from then on begins in the afternoon, one until then ends
    in the morning. `lunchtime` is the school's lunch ("12:00", "13:30"): a fixed-period exclusion whose
    daily times lie within it is a lunchtime one. `am_roll_calls` and `pm_roll_calls` are names, short names
    or codes of roll calls. `holiday_types` is Arbor's holiday type → what it is; one that is not there is a
    holiday. `involvement_role` is what an involvement without a behaviour makes of its pupil: Arbor has no
    roles.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str
    username: str = Field(min_length=1)
    token: str = Field(pattern=r"^(env|keyvault):\S+$")
    application_id: str = Field(default="", pattern=r"^[A-Za-z0-9._-]*$")
    timeout_s: float = Field(default=20.0, gt=0, le=300)
    page_size: int = Field(default=500, ge=1, le=1000)
    midday: time = Field(default=time(12, 30), strict=False)
    lunchtime: tuple[time, time] | None = Field(default=None, strict=False)
    am_roll_calls: tuple[str, ...] = Field(default=("AM",), strict=False)
    pm_roll_calls: tuple[str, ...] = Field(default=("PM",), strict=False)
    holiday_types: dict[str, HolidayKind] = Field(default_factory=dict)
    involvement_role: Literal["affected", "responsible"] = "affected"

    @field_validator("base_url")
    @classmethod
    def _https(cls, base_url: str) -> str:
        """The token goes with every request: in the clear only to this machine itself."""
        parts = urlsplit(base_url)
        local = parts.hostname in ("127.0.0.1", "::1", "localhost")
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
            raise ValueError("it must begin with https:// and name a host")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("it must be an address alone, without a user, a question mark or a hash sign")
        return base_url.rstrip("/").removesuffix("/rest-v2")

    @model_validator(mode="after")
    def _in_order(self) -> ArborSettings:
        if self.lunchtime is not None and self.lunchtime[0] >= self.lunchtime[1]:
            raise ValueError("lunchtime must begin before it ends")
        return self
