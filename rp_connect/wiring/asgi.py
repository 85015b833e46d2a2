"""The pages as an ASGI app for whatever serves one, such as Azure Functions: behind sign-in, or closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rp_connect.services.office import Office

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def asgi_app(office: Office) -> ASGIApp:
    """Who can reach such a server is not ours to know: without `[web]` only the health endpoint answers."""
    from rp_connect.web import make_app, make_closed_app

    return make_closed_app(office) if office.entrance is None else make_app(office, port=443)
