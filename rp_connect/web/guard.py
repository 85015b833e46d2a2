"""The door: which requests come in at all, and the headers that every answer bears."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rp_connect.errors import RpConnectError
from rp_connect.web.proxies import came_by_https
from rp_connect.web.routes import OwnProofRoute, route_of

METHODS = frozenset({"GET", "HEAD", "POST"})
LARGEST_BODY = 64 * 1024
HEALTH = "/health"
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

# For a year: browsers then do not even try this host without https.
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}

Refuse = Callable[[Request, int, str], Response]
Tell = Callable[[Request, RpConnectError], Response]


@dataclass(frozen=True, slots=True)
class Reach:
    """From where the pages can be reached: the Host that browsers then send, and how many of our own proxies
    stand between. `proxies` is None on this computer, where https has nothing to protect."""

    hosts: frozenset[str]
    scheme: str
    proxies: int | None
    sentence: str

    @classmethod
    def local(cls, port: int) -> Reach:
        hosts = frozenset(f"{name}:{port}" for name in LOOPBACK)
        # Browsers leave the default port out.
        hosts |= set(LOOPBACK) if port == 80 else set()
        return cls(
            hosts,
            "http",
            None,
            "Only this computer can open these pages, by the address that rp-connect printed.",
        )

    @classmethod
    def public(cls, origin: str, proxies: int) -> Reach:
        host = origin.removeprefix("https://")
        hosts = {host} if ":" in host else {host, f"{host}:443"}
        sentence = f"These pages have another address than this one. Please open {origin} instead."
        return cls(frozenset(hosts), "https", proxies, sentence)


class SafeHeaders:
    """Puts HEADERS and `more` on every answer, and keeps all but static files out of caches."""

    def __init__(self, app: ASGIApp, more: Mapping[str, str] | None = None) -> None:
        self.app = app
        self.headers = {**HEADERS, **(more or {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Guard:
    """Refuses what comes from no browser that reads our own pages, save for routes of their own proof."""

    def __init__(
        self, app: ASGIApp, *, reach: Reach, refuse: Refuse, routes: Sequence[BaseRoute] = ()
    ) -> None:
        self.app = app
        self.reach = reach
        self.refuse = refuse
        self.routes = routes

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
        if not self._at_our_address(scope, headers):
            return 400, self.reach.sentence
        if scope["method"] not in METHODS:
            return 405, "These pages can be read and their forms sent, and nothing else."
        if scope["method"] == "POST" and not self._may_send(scope, headers):
            return 403, "This form was not sent from a page of rp-connect, so nothing was changed."
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > LONGEST_LENGTH or int(length) > LARGEST_BODY:
            return 413, "That is more than a form of these pages can hold, so nothing was changed."
        return None

    def _at_our_address(self, scope: Scope, headers: Headers) -> bool:
        reach = self.reach
        if reach.proxies is not None and scope["path"] == HEALTH:
            return True  # a platform asks by an address of its own, and is told nothing else
        ours = len(headers.getlist("host")) == 1 and headers["host"].lower() in reach.hosts
        return ours and (reach.proxies is None or came_by_https(scope, reach.proxies))

    def _may_send(self, scope: Scope, headers: Headers) -> bool:
        if isinstance(route_of(self.routes, scope), OwnProofRoute):
            return True
        return _same_origin(headers, self.reach.scheme)


def _same_origin(headers: Headers, scheme: str) -> bool:
    """By what the browser says of the sender; a POST that says nothing is not from a browser of today."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is None and site is None:
        return False
    return origin in (None, f"{scheme}://{headers['host']}") and site in (None, "same-origin")


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
