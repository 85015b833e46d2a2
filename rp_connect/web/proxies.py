"""What proxies of our own say of a request. Anybody may send these headers, so only the last words count."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Scope


def came_by_https(scope: Scope, proxies: int) -> bool:
    """By the scheme that the nearest of our proxies tells, or that the server saw where there is none."""
    if proxies == 0:
        return bool(scope["scheme"] == "https")
    return _said(scope, "x-forwarded-proto", 1).lower() == "https"


def came_from(scope: Scope, proxies: int) -> str:
    """The sender's address; that of the nearest machine where the proxies do not tell it."""
    client = scope.get("client")
    nearest = str(client[0]) if client else "unknown"
    return (_said(scope, "x-forwarded-for", proxies) if proxies else "") or nearest


def _said(scope: Scope, header: str, place: int) -> str:
    """The entry that stands at this place, counted from the right."""
    given = ",".join(Headers(scope=scope).getlist(header)).split(",")
    found = given[-place].strip() if len(given) >= place else ""
    # Azure's front end adds the port, which changes with each connection.
    host, _, port = found.rpartition(":")
    return host if port.isdecimal() and (host.endswith("]") or ":" not in host) else found
