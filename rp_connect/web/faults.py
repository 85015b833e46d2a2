"""What goes wrong, in one place: each error becomes a status, one kind sentence, and a bare line in the log.

A log line has the page's name, the kind of error and where in the code it arose; never an address, a query,
a body or the text of an unexpected error, all of which may hold what somebody wrote.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rp_connect import errors
from rp_connect.web.plain_page import plain_page
from rp_connect.web.render import Look, static_version
from rp_connect.web.words import FAULTS

LOG = logging.getLogger("rp_connect.web")

# The first that fits, so a subclass stands before its base.
STATUSES: tuple[tuple[type[errors.RpConnectError], int], ...] = (
    (errors.NotFoundError, 404),
    (errors.ConfigError, 400),
    (errors.UnsupportedError, 400),
    (errors.BadRecordError, 400),
    (errors.GateError, 409),
    (errors.ConflictError, 409),
    (errors.GuardError, 409),
    (errors.BusyError, 409),
    (errors.GoneError, 409),
    (errors.AccessError, 502),
    (errors.PartlySetUpError, 502),
    (errors.UnclearError, 502),
    (errors.TryLaterError, 503),
    (errors.StoreError, 503),
    (errors.RpConnectError, 500),
)
SENTENCES = {
    404: "There is no such page. It may have been typed wrongly, or moved.",
    405: "These pages can be read and their forms sent, and nothing else.",
}
UNEXPECTED = (
    "This is our fault, not yours, and nothing was left half done. Please try again, or tell whoever looks "
    "after rp-connect."
)
NO_STORE = (
    "rp-connect cannot reach its records just now. Please try again in a few minutes. If it stays like this, "
    "tell whoever looks after rp-connect."
)


def status_of(error: errors.RpConnectError) -> int:
    return next(status for kind, status in STATUSES if isinstance(error, kind))


def answer(look: Look, request: Request, status: int, sentence: str) -> Response:
    """A page, or for the API a JSON object with the sentence under `error`."""
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": sentence}, status)
    return look.fault(request, status, sentence)


def told(look: Look, request: Request, error: errors.RpConnectError) -> Response:
    """As `answer`. What a store says of itself is for whoever looks after it, and stands below."""
    status = status_of(error)
    if isinstance(error, errors.StoreError) and not request.url.path.startswith("/api/"):
        return look.fault(request, status, NO_STORE, cause=str(error))
    return answer(look, request, status, str(error))


def handlers(look: Look) -> dict[type[Exception], Callable[[Request, Exception], Response]]:
    """For the app's `exception_handlers`."""

    def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.RpConnectError)  # noqa: S101 — Starlette looked it up by this class
        return told(look, request, error)

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 — as above
        status = error.status_code
        own_words = error.detail != HTTPStatus(status).phrase
        response = answer(
            look, request, status, error.detail if own_words else SENTENCES.get(status, UNEXPECTED)
        )
        response.headers.update(error.headers or {})
        return response

    return {errors.RpConnectError: known, HTTPException: http}


class Watch:
    """Logs each request, and answers for what nobody expected."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def noting_send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, noting_send)
        except Exception as error:  # noqa: BLE001 — the last resort of every request; it is logged below
            LOG.error("%s failed: %s", _page(scope), _where(error))
            if not status:
                await _last_resort(scope)(scope, receive, noting_send)
        LOG.info(
            "%s %s %d, %.0f ms", scope["method"], _page(scope), status, (time.perf_counter() - began) * 1000
        )


def _last_resort(scope: Scope) -> Response:
    """Without a template, because a template may be what went wrong."""
    if scope["path"].startswith("/api/"):
        return JSONResponse({"error": UNEXPECTED}, 500)
    sheet = f"/static/app.css?v={static_version()}"
    return HTMLResponse(plain_page(FAULTS[500], UNEXPECTED, sheet=sheet, link="Back to the board"), 500)


def _page(scope: Scope) -> str:
    """The name of the function that answers: the address itself may hold what somebody typed."""
    return getattr(scope.get("endpoint"), "__name__", "no page")


def _where(error: Exception) -> str:
    """The kind of the error and the lines of code it passed through, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {lines}"
