"""The table `[web]`: how the pages are reached from other computers. Without it they are not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from rp_connect.settings.school import Table
from rp_connect.settings.shapes import Text, wrong

LOOPBACK = "127.0.0.1"
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def _public_url(value: str) -> str:
    """As browsers write an origin: lower case, the usual port left out."""
    try:
        parts = urlsplit(value.lower())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    whole = parts.path in ("", "/") and not (parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme != "https" or not whole or not _HOST.fullmatch(parts.hostname or ""):
        raise wrong("must begin with https:// and be a host alone, such as https://rp.trust.example")
    return f"https://{parts.hostname}" + ("" if port in (None, 443) else f":{port}")


def _address(value: str) -> str:
    try:
        return str(ip_address(value))
    except ValueError:
        raise wrong('must be an address of this machine, such as "127.0.0.1" or "0.0.0.0"') from None


class WebSettings(Table):
    """`proxies` is how many of our own stand between browsers and us (Azure's front end is one), `hours` how
    long a sign-in lasts. `own` holds the table of the way of signing in, which `validate_own_web` checks."""

    # Which other table may stand here depends on `sign_in`: `load` refuses the rest.
    model_config = ConfigDict(extra="allow")

    public_url: Annotated[str, AfterValidator(_public_url)]
    sign_in: Text | None = None
    bind: Annotated[str, AfterValidator(_address)] = LOOPBACK
    proxies: Annotated[int, Field(ge=0)] = 1
    hours: Annotated[int, Field(ge=1, le=12)] = 8

    @model_validator(mode="after")
    def _closed_without_sign_in(self) -> Self:
        if self.sign_in is None and not ip_address(self.bind).is_loopback:
            raise wrong('must have sign_in before bind may be anything but "127.0.0.1"')
        return self

    @property
    def own(self) -> Mapping[str, Mapping[str, Any]]:
        return self.model_extra or {}
