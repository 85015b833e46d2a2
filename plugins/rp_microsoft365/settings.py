"""The table `[school.microsoft365]`."""

from __future__ import annotations

import re
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from rp_microsoft365.clouds import Cloud, on_loopback

_CREDENTIAL = re.compile(
    r"managed_identity|federated_managed_identity|certificate:.+|(?:secret|token):(?:env|keyvault):\S+"
)
_TENANT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_ANY_TENANT = ("common", "organizations", "consumers")
_CREDENTIALS = (
    "must be managed_identity, federated_managed_identity, certificate:PATH, secret:env:NAME"
    " or token:env:NAME"
)
_NEEDS_CLIENT = ("certificate", "secret", "federated_managed_identity")


def _wrong(what: str) -> PydanticCustomError:
    """An error that reads on from the name of the key; `what` never quotes the value, maybe a secret."""
    return PydanticCustomError("setting", what)


class Microsoft365Settings(BaseModel):
    """`group` owns the plans; `plan` and `list` are names or ids, `site` an id, `library` a name; `organizer`
    is a mailbox. `record_names` lets list and summaries name pupils; else the MIS's ids stand there.

    `plan_active_tasks` and `plan_tasks` say at how many tasks (not done; in all) another plan is begun.

    `client_id` is the app registration, or with `managed_identity` the user-assigned identity (empty: the
    system-assigned one). `identity` is the client id of the user-assigned identity that vouches for the app
    with `federated_managed_identity` (empty: the system-assigned one).

    After our own timeout (`timeout_s`) a request may still be under way for `lands_within_s`, and what it
    wrote not be shown yet: nothing that is in doubt is looked for before. Microsoft publishes no such figure.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    tenant: str = Field(min_length=1)
    client_id: str = ""
    credential: str = Field(min_length=1)
    identity: str = ""
    group: str = Field(min_length=1)
    plan: str = "Restorative practice"
    plan_active_tasks: int = Field(default=2300, ge=1, le=3000)
    plan_tasks: int = Field(default=8900, ge=1, le=9000)
    site: str = Field(min_length=1)
    list: str = "Restorative cases"
    library: str = "Restorative meetings"
    record_names: bool = False
    organizer: str = Field(min_length=1)
    lobby: bool = False
    cloud: Cloud = "global"
    graph_url: str = ""
    authority_url: str = ""
    timeout_s: float = Field(default=30.0, gt=0, le=300)
    lands_within_s: float = Field(default=10.0, ge=0, le=300)

    @field_validator("tenant")
    @classmethod
    def _one_tenant(cls, tenant: str) -> str:
        if not _TENANT.fullmatch(tenant) or tenant.lower() in _ANY_TENANT:
            raise _wrong("must be the id of one tenant, or a domain of it such as school.onmicrosoft.com")
        return tenant

    @field_validator("credential")
    @classmethod
    def _known_credential(cls, credential: str) -> str:
        if not _CREDENTIAL.fullmatch(credential):
            raise _wrong(_CREDENTIALS)
        return credential

    @field_validator("graph_url")
    @classmethod
    def _safe_graph(cls, url: str) -> str:
        if url and not _is_safe(url, loopback=True):
            raise _wrong("must begin with https:// (http:// only on this machine, for tests)")
        return url

    @field_validator("authority_url")
    @classmethod
    def _safe_authority(cls, url: str) -> str:
        if url and not _is_safe(url, loopback=False):
            raise _wrong("must begin with https://")
        return url

    @model_validator(mode="after")
    def _has_a_client(self) -> Self:
        if self.credential.partition(":")[0] in _NEEDS_CLIENT and not self.client_id:
            raise _wrong("needs client_id, the application (client) id of the app registration")
        return self


def _is_safe(url: str, *, loopback: bool) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.username is None and not parts.query and not parts.fragment
    except ValueError:
        return False
    return named and (parts.scheme == "https" or (loopback and parts.scheme == "http" and on_loopback(url)))
