"""The table `[school.microsoft365]`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Cloud = Literal["global", "usgov", "usgov_dod", "china"]


class Microsoft365Settings(BaseModel):
    """`group` owns the plans; `plan` and `list` are names or ids, `site` an id, `library` a name; `organizer`
    is a mailbox. `record_names` lets list and summaries name pupils; else the MIS's ids stand there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant: str = Field(min_length=1)
    client_id: str = ""
    credential: str = Field(min_length=1)
    group: str = Field(min_length=1)
    plan: str = "Restorative practice"
    site: str = Field(min_length=1)
    list: str = "Restorative cases"
    library: str = "Restorative meetings"
    record_names: bool = False
    organizer: str = Field(min_length=1)
    cloud: Cloud = "global"
    graph_url: str = ""
    authority_url: str = ""
    timeout_s: float = Field(default=30.0, gt=0, le=300)
