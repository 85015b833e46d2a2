"""One HTTP request from bytes to bytes: sign-in, single or batch, faults of the whole, bad answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.graph_server.batch import read_batch, run_batch
from tests.graph_server.call import Call, Refused, Reply, error
from tests.graph_server.engine import Cut, Engine, Wait, clock, ready
from tests.graph_server.operations import is_products
from tests.graph_server.uploads import put_piece

VERSION = "/v1.0"
UPLOAD = "/upload/"
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"


@dataclass(slots=True)
class HttpAnswer:
    status: int
    payload: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def answer(
    engine: Engine, method: str, target: str, headers: Mapping[str, str], data: bytes, root: str, wait: Wait
) -> HttpAnswer:
    """`headers` in lower case. Raises Cut."""
    at = clock()
    if target.startswith(UPLOAD):
        return upload(engine, method, target, headers, data, root)
    base = root + VERSION
    if not target.startswith(VERSION + "/"):
        engine.log.wrong([f"{method} {target}: not a path under {VERSION}"])
        return written(error(404, "BadRequest", "Not found."))
    path = target.removeprefix(VERSION)
    call = ready(Call(method, path, headers, None, data, base, products=is_products(headers)))
    batch = call.url == "/$batch"
    request = engine.log.http(batch=batch)
    if not headers.get("authorization", "").startswith("Bearer "):
        engine.log.wrong([f"{method} {call.url} came without a bearer token"])
        return written(error(401, "InvalidAuthenticationToken", "Access token is empty."))
    try:
        call.body = parsed(headers, data)
        inner = opened(engine, call) if batch else {}
    except Refused as refused:
        engine.log.wrong([f"{method} {call.url} was asked wrongly: {refused.message}"])
        return written(engine.said(call, refused.reply()))
    for each in inner.values() if batch else [call]:
        engine.heard(each, due=engine.contract.due())
    return whole(engine, call, inner, request, at, wait)


def parsed(headers: Mapping[str, str], data: bytes) -> Any:
    """None for what is not JSON."""
    if not data or "json" not in headers.get("content-type", ""):
        return None
    try:
        return json.loads(data)
    except ValueError:
        raise Refused(400, "BadRequest", "Unable to read JSON request payload.") from None


def opened(engine: Engine, call: Call) -> dict[str, Call]:
    engine.heard(call, due=engine.contract.every > 0)
    return read_batch(engine, call)


def whole(
    engine: Engine, call: Call, inner: dict[str, Call], request: int, at: float, wait: Wait
) -> HttpAnswer:
    """With the faults that strike an HTTP request as one."""
    calls = list(inner.values()) or [call]
    for fault in engine.faults.struck(["slow"], calls, whole=True):
        wait(fault.seconds)
    if refusing := engine.faults.struck(["refuse"], calls, whole=True):
        reply = engine.said(call, refusing[0].reply())
        for each in calls:
            engine.log.arrived(each, at)
            engine.log.answered(each, reply, request, at)
        return sent(engine, calls, reply, [])
    if inner:
        engine.log.exercised("POST /$batch", call)
        reply = run_batch(engine, inner, request, at, wait)
    else:
        (reply,) = engine.together([call], request, at, wait)
    lost = engine.faults.struck(["lose"], calls, whole=True)
    reply = engine.lost(lost, call, reply)
    if call.cut or any(each.cut for each in calls):
        raise Cut
    return sent(engine, calls, reply, inner.values())


def sent(engine: Engine, calls: Sequence[Call], reply: Reply, inner: Any) -> HttpAnswer:
    """Notes each Retry-After at the last moment, then spoils the answer where a fault says so."""
    if (wait := reply.headers.get("Retry-After")) is not None:
        for service in {call.service for call in calls}:
            engine.log.told(service, wait)
    if inner and reply.status == 200:
        note_items(engine, list(inner), reply.body["responses"])
        reply.body["responses"] = [each for each in reply.body["responses"] if each]
    return spoilt(engine, calls, reply)


def note_items(engine: Engine, inner: list[Call], items: list[Any]) -> None:
    for call, each in zip(inner, items, strict=True):
        if (wait := each.get("headers", {}).get("Retry-After")) is not None:
            engine.log.told(call.service, wait)
    spoilt_items = any("id" not in each or "body" not in each for each in items)
    if engine.contract.every and not spoilt_items:
        engine.log.wrong(engine.contract.answer("POST", "/$batch", 200, {"responses": items}))


def spoilt(engine: Engine, calls: Sequence[Call], reply: Reply) -> HttpAnswer:
    faults = {fault.how for fault in engine.faults.struck(["malform"], calls, whole=True)}
    if "html" in faults:
        return HttpAnswer(200, HTML, {"Content-Type": "text/html"})
    if "reordered" in faults and "responses" in (reply.body or {}):
        reply.body["responses"].reverse()
    answer = written(reply)
    if "truncated" in faults:
        answer.payload = answer.payload[: len(answer.payload) // 2]
    return answer


def upload(
    engine: Engine, method: str, target: str, headers: Mapping[str, str], data: bytes, root: str
) -> HttpAnswer:
    engine.log.http(batch=False)
    if "authorization" in headers:
        engine.log.wrong(["PUT to an upload address bears the token, which it must not"])
    call = Call(method, target, headers, None, data, root + VERSION)
    with engine.lock:
        return written(put_piece(engine.tenant, call, target.removeprefix(UPLOAD)))


def written(reply: Reply) -> HttpAnswer:
    if reply.body is None:
        return HttpAnswer(reply.status, b"", dict(reply.headers))
    payload = json.dumps(reply.body, separators=(",", ":")).encode()
    return HttpAnswer(reply.status, payload, {"Content-Type": "application/json", **reply.headers})
