"""The addresses of plugins, under /plugins/<name>/: each is answered in a thread."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from rp_connect.errors import RpConnectError, StoreError, TryLaterError
from rp_connect.ports.routes import PluginAnswer, PluginRequest, PluginRoute, RouteSpec
from rp_connect.web.limits import Limit
from rp_connect.web.proxies import came_from
from rp_connect.web.routes import OwnProofRoute

LOG = logging.getLogger("rp_connect.web")
PREFIX = "/plugins"
BURST, PER_SECOND = 30, 0.5
"""Of one sender at one address: a webhook comes now and then."""
WITHHELD = frozenset({"cookie", "authorization"})

Endpoint = Callable[[Request], Awaitable[Response]]


def plugin_routes(specs: Sequence[RouteSpec], proxies: int | None) -> list[BaseRoute]:
    """`proxies` of our own stand in front, by which a sender's address is found."""
    return [_route(spec, route, proxies or 0) for spec in specs for route in spec.routes]


def _route(spec: RouteSpec, route: PluginRoute, proxies: int) -> Route:
    kind = OwnProofRoute if route.own_proof else Route
    path = f"{PREFIX}/{spec.name}{route.path}"
    return kind(path, _endpoint(spec.name, route, proxies), methods=[route.method])


def _endpoint(name: str, route: PluginRoute, proxies: int) -> Endpoint:
    limit = Limit(BURST, PER_SECOND)

    async def plugin_route(request: Request) -> Response:
        wait = limit.wait(came_from(request.scope, proxies))
        if wait:
            return Response(status_code=429, headers={"Retry-After": str(wait)})
        answer = await run_in_threadpool(_answered, name, route, await _asked(request))
        if answer.status == 404:
            raise HTTPException(404)
        return PlainTextResponse(answer.text, answer.status) if answer.text else Response(None, answer.status)

    return plugin_route


async def _asked(request: Request) -> PluginRequest:
    return PluginRequest(
        method=request.method,
        path={name: str(value) for name, value in request.path_params.items()},
        query=dict(request.query_params),
        headers={name: value for name, value in request.headers.items() if name not in WITHHELD},
        body=await request.body(),
    )


def _answered(name: str, route: PluginRoute, asked: PluginRequest) -> PluginAnswer:
    """Whatever a plugin does wrong stays its own; its error's words may hold what a stranger sent."""
    try:
        return route.answer(asked)
    except (TryLaterError, StoreError) as error:
        LOG.warning("%s could not answer yet: %s", name, type(error).__name__)
        return PluginAnswer(503)
    except RpConnectError as error:
        LOG.warning("%s could not answer: %s", name, type(error).__name__)
    except Exception as error:  # noqa: BLE001 - as above
        LOG.error("%s failed at its own address: %s", name, type(error).__name__)
    return PluginAnswer(500)
