"""The table `[school.microsoft365]`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Cloud = Literal["global", "usgov", "usgov_dod", "china"]


class Microsoft365Settings(BaseModel):
    """`group` owns the plans; `plan`, `site` and `list` are names or ids; `organizer` is a mailbox."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant: str = Field(min_length=1)
    client_id: str = ""
    credential: str = Field(min_length=1)
    group: str = Field(min_length=1)
    plan: str = "Restorative practice"
    site: str = Field(min_length=1)
    list: str = "Restorative cases"
    organizer: str = Field(min_length=1)
    cloud: Cloud = "global"
    graph_url: str = ""
    authority_url: str = ""
    timeout_s: float = Field(default=30.0, gt=0, le=300)
