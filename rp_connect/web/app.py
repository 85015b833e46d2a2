"""The pages as one ASGI app: for browsers on this computer, or behind sign-in for those elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from rp_connect.errors import RpConnectError
from rp_connect.ports.sign_in import Entrance, SignIn
from rp_connect.services.office import Office
from rp_connect.web import actions, api, mark_form, pages, sign_in
from rp_connect.web.closed import make_closed_app
from rp_connect.web.door import Door
from rp_connect.web.faults import Watch, answer, handlers, told
from rp_connect.web.front import Front
from rp_connect.web.guard import HEALTH, HTTPS_ONLY, Guard, Reach, Refuse, SafeHeaders
from rp_connect.web.plugin_routes import plugin_routes
from rp_connect.web.render import STATIC, Look
from rp_connect.web.routes import OpenMount, OpenRoute, OwnProofRoute
from rp_connect.web.seat import Seat
from rp_connect.web.visit_seat import VisitSeat

LOG = logging.getLogger("rp_connect.web")


class _Static(StaticFiles):
    """A static file's address changes with its contents, so browsers may keep it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def make_app(
    office: Office, *, port: int, notice: str | None = None, more: Sequence[OwnProofRoute] = ()
) -> Starlette:
    """The pages and the API of `office`, for a server that listens on `port` of the loopback interface.

    With `office.entrance` they are for browsers elsewhere that sign in (`port` then says nothing); where the
    way of signing in cannot be used, nothing but the health endpoint answers until it can. `notice` is a
    sentence that every page shows (a demo's: the data are invented, the clock stands still). `more` are
    routes of plugins.
    Nothing is read or opened before the first request but templates and static files.
    """
    if office.entrance is not None:
        return make_public_app(office, office.entrance, notice=notice, more=more)
    routes = [*pages_and_api(), *plugin_routes(office.routes, None), *more]
    look = Look(trust=office.trust, notice=notice, seat=Seat(port))
    inner = [Middleware(Guard, reach=Reach.local(port), refuse=refusals(look), routes=routes)]
    return assembled(office, look, routes, inner)


def make_public_app(
    office: Office, entrance: Entrance, *, notice: str | None = None, more: Sequence[OwnProofRoute] = ()
) -> Starlette:
    """The same behind sign-in. Where that cannot be used, `make_closed_app`, until it can."""
    way = entrance.sign_in
    if way is None:
        return make_closed_app(office)

    def build() -> Starlette:
        return _signed_in_app(office, entrance, way(), notice, more)

    try:
        return build()
    except RpConnectError as error:
        LOG.error("the pages stay closed: %s", error)
        return make_closed_app(office, build)


def _signed_in_app(
    office: Office, entrance: Entrance, way: SignIn, notice: str | None, more: Sequence[OwnProofRoute]
) -> Starlette:
    plugged = plugin_routes(office.routes, entrance.proxies)
    routes = [*pages_and_api(), *ways_in_and_out(), *plugged, *more]
    look = Look(trust=office.trust, notice=notice, seat=VisitSeat(), local=False)
    refuse = refusals(look)
    reach = Reach.public(entrance.origin, entrance.proxies)
    inner = [
        Middleware(Guard, reach=reach, refuse=refuse, routes=routes),
        Middleware(
            Door, office=office, entrance=entrance, routes=routes, refuse=refuse, tell=partial(told, look)
        ),
    ]
    app = assembled(office, look, routes, inner, HTTPS_ONLY)
    app.state.sign_in = way
    return app


def pages_and_api() -> list[BaseRoute]:
    return [
        Route("/", pages.board),
        Route("/cases", pages.cases),
        Route("/cases/{ref}", pages.case),
        Route("/cases/{ref}/meeting", actions.put_meeting, methods=["POST"]),
        Route("/cases/{ref}/meeting/cancel", actions.drop_meeting, methods=["POST"]),
        Route("/cases/{ref}/stage", actions.change_stage, methods=["POST"]),
        Route("/cases/{ref}/answer", actions.answer_question, methods=["POST"]),
        Route("/cases/{ref}/marks", mark_form.write_marks, methods=["POST"]),
        Route("/tasks/{id}/done", actions.finish_task, methods=["POST"]),
        OpenRoute(HEALTH, api.health),
        Route("/api/tasks", api.api_tasks),
        Route("/api/cases", api.api_cases),
        Route("/api/cases/{ref}", api.api_case),
        Route("/api/cases/{ref}/free-times", api.api_free_times),
        Route("/api/cases/{ref}/marks", api.api_marks),
        OpenMount("/static", _Static(directory=STATIC), name="static"),
    ]


def ways_in_and_out() -> list[BaseRoute]:
    return [
        OpenRoute("/sign-in", sign_in.sign_in),
        OpenRoute("/sign-in/start", sign_in.start_sign_in, methods=["GET"]),
        OpenRoute("/sign-in/back", sign_in.come_back, methods=["GET"]),
        Route("/sign-out", sign_in.sign_out, methods=["POST"]),
        OpenRoute("/signed-out", sign_in.signed_out),
    ]


def refusals(look: Look) -> Refuse:
    def refuse(request: Request, status: int, sentence: str) -> Response:
        return answer(look, request, status, sentence)

    return refuse


def assembled(
    office: Office,
    look: Look,
    routes: Sequence[BaseRoute],
    inner: Sequence[Middleware],
    headers: Mapping[str, str] | None = None,
) -> Starlette:
    app = Starlette(
        routes=routes,
        middleware=[Middleware(SafeHeaders, more=headers), Middleware(Watch), *inner],
        exception_handlers=handlers(look),
    )
    app.router.redirect_slashes = False
    app.state.office = office
    app.state.front = Front(office, look, look.seat)
    return app
