"""The door of pages that are reached from elsewhere: nobody gets past it who is not signed in.

Asked at every request: is the visit still open, and does `[school.people]` still name the person? A route is
open to strangers only if it says so itself (`routes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rp_connect.errors import RpConnectError
from rp_connect.ports.sign_in import Entrance
from rp_connect.services.office import Office
from rp_connect.services.only_schools import Refusal
from rp_connect.services.visit_pages import Visitor, find_visitor, note_refusals
from rp_connect.web.guard import Refuse, Tell
from rp_connect.web.limits import Limit
from rp_connect.web.local_page import local_page
from rp_connect.web.proxies import came_from
from rp_connect.web.routes import OpenMount, OpenRoute, OwnProofRoute, route_of
from rp_connect.web.visit_seat import cookie_of
from rp_connect.web.visiting import KEY, Visiting

# A school of a hundred staff stands behind one address, and signing in takes three requests.
STRANGERS = (300, 5.0)
VISITORS = (120, 5.0)
# All of them at one address together, before the store is asked whose cookie it is: anybody can make one up.
COOKIES = (400, 20.0)
"""Burst, and requests for each second after it."""

SIGN_IN_FIRST = "Please sign in first: nothing is shown to anybody who is not."
SIGN_IN_AGAIN = "You are no longer signed in, so nothing was changed. Please sign in and do it once more."
SLOW_DOWN = "That was a great many requests at once. Please wait a moment and try again."


class Door:
    def __init__(
        self,
        app: ASGIApp,
        *,
        office: Office,
        entrance: Entrance,
        routes: Sequence[BaseRoute],
        refuse: Refuse,
        tell: Tell,
    ) -> None:
        self.app = app
        self.office = office
        self.entrance = entrance
        self.routes = routes
        self.refuse = refuse
        self.tell = tell
        self.strangers = Limit(*STRANGERS)
        self.visitors = Limit(*VISITORS)
        self.cookies = Limit(*COOKIES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = route_of(self.routes, scope) if scope["type"] == "http" else None
        if scope["type"] == "lifespan" or isinstance(route, OpenMount | OwnProofRoute):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        visitor = await self._judged(request)
        if isinstance(visitor, Response):
            await visitor(scope, receive, send)
        elif visitor is not None:
            await self._let_in(visitor, _page(route), scope, receive, send)
        elif isinstance(route, OpenRoute):
            await self.app(scope, receive, send)
        else:
            await self._turned_away(request)(scope, receive, send)

    async def _judged(self, request: Request) -> Visitor | Response | None:
        """Who asks, None for a stranger; or the answer where that is too often, or cannot be found out."""
        sender = came_from(request.scope, self.entrance.proxies)
        cookie, visitor = cookie_of(request), None
        if cookie:
            seconds = self.cookies.wait(sender)
            if seconds:
                return self._too_many(request, seconds)
            try:
                visitor = await run_in_threadpool(find_visitor, self.office, cookie, self.entrance.hours)
            except RpConnectError as error:
                return self._failed(request, error)
        seconds = self.visitors.wait(visitor.email) if visitor else self.strangers.wait(sender)
        return self._too_many(request, seconds) if seconds else visitor

    def _too_many(self, request: Request, seconds: int) -> Response:
        response = self.refuse(request, 429, SLOW_DOWN)
        response.headers["Retry-After"] = str(seconds)
        return response

    def _failed(self, request: Request, error: RpConnectError) -> Response:
        """Here and not in the app's handlers, which stand behind this door."""
        return self.tell(request, error)

    def _turned_away(self, request: Request) -> Response:
        """A page leads to the way in; whoever asks for data or sends a form is told why nothing happened."""
        if request.url.path.startswith("/api/"):
            return self.refuse(request, 401, SIGN_IN_FIRST)
        if request.method == "POST":
            return self.refuse(request, 401, SIGN_IN_AGAIN)
        wanted = local_page(f"{request.url.path}?{request.url.query}")
        query = urlencode({"back": wanted}) if wanted != "/" else ""
        return RedirectResponse(f"/sign-in?{query}" if query else "/sign-in", 303)

    async def _let_in(self, visitor: Visitor, page: str, scope: Scope, receive: Receive, send: Send) -> None:
        """What was refused is in the audit before the answer leaves, or another answer says why not."""
        refused: list[Refusal] = []
        scope[KEY] = Visiting(visitor, refused)
        dropped = False

        async def noting_send(message: Message) -> None:
            nonlocal dropped
            if message["type"] == "http.response.start" and refused:
                try:
                    await run_in_threadpool(note_refusals, self.office, visitor, refused, page)
                except RpConnectError as error:
                    dropped = True
                    await self._failed(Request(scope), error)(scope, receive, send)
            if not dropped:
                await send(message)

        await self.app(scope, receive, noting_send)


def _page(route: BaseRoute | None) -> str:
    return route.name if isinstance(route, Route) else "no page"
