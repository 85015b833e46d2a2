"""The door: which requests come in at all, and the headers that every answer bears."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = frozenset({"GET", "HEAD", "POST"})
LARGEST_BODY = 64 * 1024
LONGEST_LENGTH = 19
"""Digits of a length; more is no length that anybody sends."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Not no-referrer: browsers would then send forms with “Origin: null”.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

Refuse = Callable[[Request, int, str], Response]


class SafeHeaders:
    """Puts HEADERS on every answer, and keeps all but static files out of caches."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Guard:
    """Refuses whatever does not come from a browser on this computer that reads our own pages."""

    def __init__(self, app: ASGIApp, *, port: int, refuse: Refuse) -> None:
        self.app = app
        self.hosts = frozenset(f"{name}:{port}" for name in LOOPBACK)
        if port == 80:  # browsers leave the default port out
            self.hosts |= set(LOOPBACK)
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        refused = self._judge(scope)
        if refused is not None:
            await self.refuse(Request(scope), *refused)(scope, receive, send)
            return
        await self.app(scope, _limited(receive), send)

    def _judge(self, scope: Scope) -> tuple[int, str] | None:
        """The status and the sentence of a refusal; None for a request that may come in."""
        headers = Headers(scope=scope)
        if len(headers.getlist("host")) != 1 or headers["host"].lower() not in self.hosts:
            return 400, "Only this computer can open these pages, by the address that rp-connect printed."
        if scope["method"] not in METHODS:
            return 405, "These pages can be read and their forms sent, and nothing else."
        if scope["method"] == "POST" and not _same_origin(headers):
            return 403, "This form was not sent from a page of rp-connect, so nothing was changed."
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > LONGEST_LENGTH or int(length) > LARGEST_BODY:
            return 413, "That is more than a form of these pages can hold, so nothing was changed."
        return None


def _same_origin(headers: Headers) -> bool:
    """By what the browser says of the sender; a POST that says nothing is not from a browser of today."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is None and site is None:
        return False
    return origin in (None, f"http://{headers['host']}") and site in (None, "same-origin")


def _limited(receive: Receive) -> Receive:
    """The length a sender declares is only a claim, so what arrives is counted too."""
    arrived = 0

    async def counted() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > LARGEST_BODY:
            raise HTTPException(
                413, "That is more than a form of these pages can hold, so nothing was changed."
            )
        return message

    return counted
