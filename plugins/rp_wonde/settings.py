"""The table `[school.wonde]`."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from rp_connect.domain.incident import IncidentRole
from rp_connect.domain.suspension import Category

VENDOR_PAGE = 50
"""Rows a page where nothing else is asked; the largest that an endpoint takes is not published."""


class WondeSettings(BaseModel):
    """`base_url` is the host of the school's region, without /v1.0.

    `suspension_types` is Wonde's type_code or type → SUSP, PERM or LNCH, beside those that are built in;
    `behaviour_roles` is the school's word for a pupil's role → ours, and `unnamed_role` what a pupil without
    such a word is. What an outcome is written as is chosen from the school's own attributes: `outcome_type`
    and the rest stand in Wonde's codes, `outcome_employee` is the Wonde id of whoever it is recorded by.
    `webhook_secret` ends the address that Wonde's webhooks are sent to; without it none is taken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    school_id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")
    token: str = Field(pattern=r"^(env|keyvault):\S+$")
    base_url: str = "https://api.wonde.com"
    timeout_s: float = Field(default=20.0, gt=0, le=300)
    retries: int = Field(default=2, ge=0, le=5)
    per_page: int = Field(default=VENDOR_PAGE, ge=1, le=1000)
    paging: Literal["cursor", "offset"] = "cursor"
    suspension_types: dict[str, Category] = Field(default_factory=dict, strict=False)
    behaviour_roles: dict[str, IncidentRole] = Field(default_factory=dict, strict=False)
    unnamed_role: Literal["affected", "responsible"] = "affected"
    outcome_type: str = ""
    outcome_status: str = ""
    outcome_action: str = ""
    outcome_role: str = ""
    outcome_employee: str = ""
    outcome_points: int = 0
    webhook_secret: str | None = Field(default=None, pattern=r"^(env|keyvault):\S+$")

    @field_validator("base_url")
    @classmethod
    def _host_alone(cls, base_url: str) -> str:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("it must begin with https:// and name a host")
        if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
            raise ValueError("it must be the host alone, without /v1.0")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("suspension_types", "behaviour_roles")
    @classmethod
    def _any_case(cls, words: dict[str, str]) -> dict[str, str]:
        return {word.strip().casefold(): meaning for word, meaning in words.items()}
