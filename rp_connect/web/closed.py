"""Pages that are closed, since nobody can sign in: they open by themselves once what was missing is there."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rp_connect.errors import RpConnectError
from rp_connect.services.office import Office
from rp_connect.web import api
from rp_connect.web.faults import Watch, status_of
from rp_connect.web.guard import HEALTH, HTTPS_ONLY, SafeHeaders
from rp_connect.web.plain_page import plain_page
from rp_connect.web.routes import OpenRoute

LOG = logging.getLogger("rp_connect.web")
CLOSED = (
    "These pages are closed until sign-in is set up. If you expected them to be open, please tell whoever "
    "looks after rp-connect."
)
APART_S = 2.0
"""Between two tries to open."""

Build = Callable[[], ASGIApp]


def make_closed_app(office: Office, build: Build | None = None) -> Starlette:
    """Whether we are well, and nothing else: for pages that could be reached by anybody.

    With `build`, which raised just now what it raises while something is missing, `Reopening`.
    """
    reopening = [] if build is None else [Middleware(Reopening, build=build, tried=time.monotonic())]
    app = Starlette(
        routes=[OpenRoute(HEALTH, api.health, methods=["GET"])],
        middleware=[*reopening, Middleware(SafeHeaders, more=HTTPS_ONLY), Middleware(Watch)],
        exception_handlers={HTTPException: _closed, RpConnectError: _unwell},
    )
    app.router.redirect_slashes = False
    app.state.office = office
    return app


class Reopening:
    """Middleware that hands over to the app that `build` makes, for good once it has made one.

    One request at a time waits for it, and the others are told at once that the pages are closed. Health
    waits for nothing: a platform may end a process that is slow to tell it.
    """

    def __init__(
        self, app: ASGIApp, *, build: Build, tried: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._closed = app
        self._build = build
        self._tried = tried
        self._clock = clock
        self._lock = Lock()
        self._open: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._is_due(scope):
            self._tried = self._clock()
            await run_in_threadpool(self._try)
        await (self._open or self._closed)(scope, receive, send)

    def _is_due(self, scope: Scope) -> bool:
        asked = scope["type"] == "http" and scope["path"] != HEALTH
        return asked and self._open is None and self._clock() - self._tried >= APART_S

    def _try(self) -> None:
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._open = self._open or self._build()
        except RpConnectError as error:
            LOG.error("the pages stay closed: %s", error)
        finally:
            self._tried = self._clock()
            self._lock.release()


def _closed(request: Request, error: Exception) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": CLOSED}, 503)
    return HTMLResponse(plain_page("Closed for now", CLOSED), 503)


def _unwell(request: Request, error: Exception) -> Response:
    assert isinstance(error, RpConnectError)  # noqa: S101 — Starlette looked it up by this class
    return PlainTextResponse(f"{error}\n", status_of(error))
