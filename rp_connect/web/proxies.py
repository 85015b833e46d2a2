"""What proxies of our own say of a request. Anybody may send these headers, so only the last words count."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope


def came_by_https(scope: Scope, proxies: int) -> bool:
    """By the scheme that the nearest of our proxies tells, or that the server saw where there is none."""
    if proxies == 0:
        return bool(scope["scheme"] == "https")
    return _said(scope, "x-forwarded-proto", 1).lower() == "https"


def came_from(scope: Scope, proxies: int) -> str:
    """The sender as one: an address, or the network of an IPv6 one, in which a single machine has as many
    addresses as it likes. The nearest machine where the proxies do not tell it."""
    client = scope.get("client")
    nearest = str(client[0]) if client else "unknown"
    return (_sender(_said(scope, "x-forwarded-for", proxies)) if proxies else "") or nearest


def _said(scope: Scope, header: str, place: int) -> str:
    """The entry that stands at this place, counted from the right."""
    given = ",".join(Headers(scope=scope).getlist(header)).split(",")
    return given[-place].strip() if len(given) >= place else ""


def _sender(said: str) -> str:
    """Azure's front end adds the port, which changes with each connection: 203.0.113.7:50123, and with IPv6
    [2001:db8::1]:50123. Empty for what is no address."""
    host, _, port = said.rpartition(":")
    with_port = port.isdecimal() and (host.endswith("]") or ":" not in host)
    try:
        address = ip_address((host if with_port else said).removeprefix("[").removesuffix("]"))
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address.packed, 64), strict=False))
