"""The table `[web.openid]`."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

ENTRA = "https://login.microsoftonline.com/{tenant}/v2.0"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class OpenIdSettings(BaseModel):
    """`tenant` is the id of an Entra tenant; with it alone `issuer` is Entra's own. `claim` is where the
    address stands: "preferred_username" counts in a tenant of our own only, "email" only where the provider
    says that it was verified. `algorithms` are the signatures that are believed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    client_id: str = Field(min_length=1)
    secret: str = Field(pattern=r"^(env|keyvault):\S+$")
    tenant: str = ""
    issuer: str = ""
    claim: Literal["email", "preferred_username"] = "preferred_username"
    algorithms: tuple[Literal["RS256", "PS256", "ES256"], ...] = Field(
        default=("RS256",), strict=False, min_length=1
    )
    leeway_s: int = Field(default=60, ge=0, le=120)
    timeout_s: float = Field(default=10.0, gt=0, le=60)

    @field_validator("tenant")
    @classmethod
    def _guid(cls, tenant: str) -> str:
        if tenant and not _GUID.fullmatch(tenant.lower()):
            raise ValueError("it must be the tenant's id, not its name: eight digits, a hyphen and so on")
        return tenant.lower()

    @field_validator("issuer")
    @classmethod
    def _https(cls, issuer: str) -> str:
        if issuer and not is_safe(issuer):
            raise ValueError("it must begin with https:// and name a host")
        return issuer

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if not self.tenant and not self.issuer:
            raise ValueError("either tenant (for Entra ID) or issuer must be given")
        if not self.tenant and self.claim == "preferred_username":
            raise ValueError('without tenant the claim must be "email": anybody may choose a username')
        return self

    @property
    def issued_by(self) -> str:
        return self.issuer or ENTRA.format(tenant=self.tenant)


def is_safe(address: str) -> bool:
    """Whether nobody on the way can read or change what is sent there: https, or this computer itself."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
