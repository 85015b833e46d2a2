"""One logical request as the services see it, what they answer, and the table of what is served."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from tests.graph_server.tenant import Tenant

Json = dict[str, Any]
CONTRACT_BASE = "https://graph.microsoft.com/v1.0"


@dataclass(slots=True)
class Call:
    """`url` counts from the version and has its query; header names are lower case; `base` ends in /v1.0."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Any
    data: bytes
    base: str
    query: dict[str, str] = field(default_factory=dict)
    route: Route | None = None
    values: tuple[str, ...] = ()
    products: bool = False
    """The product asked, of its own accord (see `operations.is_products`)."""
    checked: bool = False
    """Laid beside the contract when it came, so that its answer is as well."""
    cut: bool = False
    """Done, but nobody is to hear of it: the connection ends when all of its batch is done."""

    @property
    def service(self) -> str:
        return self.route.service if self.route else ""

    def prefers(self, word: str) -> bool:
        return word in self.headers.get("prefer", "")


@dataclass(slots=True)
class Reply:
    """`body` None: there is none."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The service says no; its words are the service's own."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message

    def reply(self) -> Reply:
        return error(self.status, self.code, self.message)


def error(status: int, code: str, message: str) -> Reply:
    return Reply(status, {"error": {"code": code, "message": message}})


Handler = Callable[..., Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """`operation` is spelt as in the contract: "GET /planner/tasks/{plannerTask-id}"."""

    operation: str
    service: str
    handler: Handler
    segments: tuple[str, ...]

    def match(self, parts: tuple[str, ...]) -> tuple[str, ...] | None:
        values = []
        for segment, part in zip(self.segments, parts, strict=True):
            if segment[0] != "{":
                if segment != part:
                    return None
            elif segment[-1] == ":":
                if part[-1:] != ":":
                    return None
                values.append(part[:-1])
            else:
                values.append(part)
        return tuple(values)

    def answer(self, tenant: Tenant, call: Call) -> Reply:
        return self.handler(tenant, call, *call.values)


ROUTES: dict[tuple[str, int], list[Route]] = {}


def serves(service: str, operation: str) -> Callable[[Handler], Handler]:
    """Enter a handler in the table; it is called with the tenant, the call, and what stands in the braces."""

    def enter(handler: Handler) -> Handler:
        method, path = operation.split(" ")
        segments = tuple(path.strip("/").split("/"))
        routes = ROUTES.setdefault((method, len(segments)), [])
        routes.append(Route(operation, service, handler, segments))
        routes.sort(key=lambda route: route.operation.count("{"))
        return handler

    return enter


def find_route(call: Call) -> None:
    """Fill in `route`, `values` and `query`; `route` stays None for what is not served."""
    path, _, query = call.url.partition("?")
    if query:
        call.query = dict(parse_qsl(query, keep_blank_values=True))
    parts = tuple(unquote(part) if "%" in part else part for part in path.strip("/").split("/"))
    for route in ROUTES.get((call.method, len(parts)), ()):
        values = route.match(parts)
        if values is not None:
            call.route, call.values = route, values
            return
