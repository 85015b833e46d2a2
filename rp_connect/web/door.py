"""The door of pages that are reached from elsewhere: nobody gets past it who is not signed in.

Asked at every request: is the visit still open, and does `[school.people]` still name the person? A route is
open to strangers only if it says so itself (`routes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rp_connect.ports.sign_in import Entrance
from rp_connect.services.office import Office
from rp_connect.services.only_schools import Refusal
from rp_connect.services.visit_pages import Visitor, find_visitor, note_refusals
from rp_connect.web.guard import Refuse
from rp_connect.web.limits import Limit
from rp_connect.web.local_page import local_page
from rp_connect.web.proxies import came_from
from rp_connect.web.routes import OpenMount, OpenRoute, OwnProofRoute, route_of
from rp_connect.web.visit_seat import cookie_of

# A school of a hundred staff stands behind one address, and signing in takes three requests.
STRANGERS = (300, 5.0)
VISITORS = (120, 5.0)
"""Burst, and requests for each second after it."""

SIGN_IN_FIRST = "Please sign in first: nothing is shown to anybody who is not."
SLOW_DOWN = "That was a great many requests at once. Please wait a moment and try again."


@dataclass(frozen=True, slots=True, repr=False)
class Visiting:
    """What a request of somebody signed in carries with it."""

    visitor: Visitor
    refused: list[Refusal]


def visiting(scope: Scope) -> Visiting | None:
    found: Visiting | None = scope.get("rp_connect.visiting")
    return found


class Door:
    def __init__(
        self, app: ASGIApp, *, office: Office, entrance: Entrance, routes: Sequence[BaseRoute], refuse: Refuse
    ) -> None:
        self.app = app
        self.office = office
        self.entrance = entrance
        self.routes = routes
        self.refuse = refuse
        self.strangers = Limit(*STRANGERS)
        self.visitors = Limit(*VISITORS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = route_of(self.routes, scope) if scope["type"] == "http" else None
        if scope["type"] == "lifespan" or isinstance(route, OpenMount | OwnProofRoute):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        visitor = await self._visitor(request)
        held_up = self._held_up(request, visitor)
        if held_up is not None:
            await held_up(scope, receive, send)
        elif visitor is not None:
            await self._let_in(visitor, _page(route), scope, receive, send)
        elif isinstance(route, OpenRoute):
            await self.app(scope, receive, send)
        else:
            await self._turned_away(request)(scope, receive, send)

    async def _visitor(self, request: Request) -> Visitor | None:
        cookie = cookie_of(request)
        if not cookie:
            return None
        return await run_in_threadpool(find_visitor, self.office, cookie, self.entrance.hours)

    def _held_up(self, request: Request, visitor: Visitor | None) -> Response | None:
        if visitor is not None:
            seconds = self.visitors.wait(visitor.email)
        else:
            seconds = self.strangers.wait(came_from(request.scope, self.entrance.proxies))
        if not seconds:
            return None
        response = self.refuse(request, 429, SLOW_DOWN)
        response.headers["Retry-After"] = str(seconds)
        return response

    def _turned_away(self, request: Request) -> Response:
        """A page leads to the way in; whoever asks for data or sends a form is told why nothing happened."""
        if request.method == "POST" or request.url.path.startswith("/api/"):
            return self.refuse(request, 401, SIGN_IN_FIRST)
        wanted = local_page(f"{request.url.path}?{request.url.query}")
        query = urlencode({"back": wanted}) if wanted != "/" else ""
        return RedirectResponse(f"/sign-in?{query}" if query else "/sign-in", 303)

    async def _let_in(self, visitor: Visitor, page: str, scope: Scope, receive: Receive, send: Send) -> None:
        """What was refused is in the audit before the answer leaves, or there is no answer."""
        refused: list[Refusal] = []
        scope["rp_connect.visiting"] = Visiting(visitor, refused)

        async def noting_send(message: Message) -> None:
            if message["type"] == "http.response.start" and refused:
                await run_in_threadpool(partial(note_refusals, self.office, visitor, refused, page))
            await send(message)

        await self.app(scope, receive, noting_send)


def _page(route: BaseRoute | None) -> str:
    return route.name if isinstance(route, Route) else "no page"
