"""A Functions host for tests: Microsoft's worker library in this process, asked by lines of JSON.

    .venv-functions/bin/python tests/functions/host.py FOLDER

The first line that it writes has the functions it found; after that each line it reads is an invocation, and
each is answered by one line of the same "id", in whatever order they end. What the library takes from the
host's protocol are plain objects here (the library is handed their classes): no gRPC, nothing fetched.
It ends with its standard input. What the app prints goes to standard error.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import sys
import threading
import time
import uuid
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]

REPLIES = (
    "FunctionEnvironmentReloadResponse", "FunctionLoadResponse", "FunctionMetadataResponse",
    "InvocationResponse", "NullableBool", "NullableDouble", "NullableString", "NullableTimestamp",
    "ParameterBinding", "RpcException", "RpcFunctionMetadata", "RpcRetryOptions", "Timestamp", "TypedData",
    "WorkerInitResponse", "WorkerMetadata",
)  # fmt: skip
HEADERLESS: Json = {
    "nullable_headers": {},
    "nullable_params": {},
    "nullable_query": {},
    "params": {},
    "query": {},
}


class Message:
    """Stands in for a message of the protocol: whatever it was made with, and nothing else is set."""

    def __init__(self, **values: object) -> None:
        self.__dict__.update(values)
        self.__dict__.setdefault("exception", None)

    def WhichOneof(self, group: str) -> str | None:
        return next((name for name, value in self.__dict__.items() if value is not None), None)

    def CopyFrom(self, other: Message) -> None:
        self.__dict__.update(other.__dict__)


class Input(Message):
    """What a function is given under `name`."""

    def WhichOneof(self, group: str) -> str | None:
        return "data"


def kinds() -> SimpleNamespace:
    """The classes that the library makes its answers of."""
    named = {name: type(name, (Message,), {}) for name in REPLIES}
    result = type("StatusResult", (Message,), {"Failure": 0, "Success": 1, "Cancelled": 2})
    direction = type("BindingInfo", (Message,), {"in": 0, "out": 1, "inout": 2, "undefined": 99})
    sites = SimpleNamespace(**{name: name for name in ("None", "Lax", "Strict", "ExplicitNone")})
    cookie = type("RpcHttpCookie", (Message,), {"SameSite": sites})
    http = type("RpcHttp", (Message,), {"headers": {}, "cookies": (), "enable_content_negotiation": False})
    return SimpleNamespace(
        **named, StatusResult=result, BindingInfo=direction, RpcHttp=http, RpcHttpCookie=cookie
    )


class Host:
    """One worker: `start` indexes the app, `invoke` runs one of its functions."""

    def __init__(self, folder: str) -> None:
        self._library: Any = import_module("azure_functions_runtime")
        self._folder = folder
        self._kinds = kinds()
        self._ids: dict[str, str] = {}

    async def start(self) -> list[Json]:
        sys.path.insert(0, self._folder)
        self._library.start_threadpool_executor()
        wish = Message(capabilities={}, function_app_directory=self._folder)
        begun = await self._library.worker_init_request(self._request("worker_init_request", wish))
        if begun.result.status != 1:
            raise RuntimeError(begun.result.exception.message)
        asked = self._request("functions_metadata_request", Message())
        found = await self._library.functions_metadata_request(asked)
        if found.result.status != 1:
            raise RuntimeError(found.result.exception.message)
        self._ids = {one.name: one.function_id for one in found.function_metadata_results}
        return [
            {"name": one.name, "bindings": [json.loads(raw) for raw in one.raw_bindings]}
            for one in found.function_metadata_results
        ]

    async def invoke(self, order: Json) -> Json:
        if order["name"] == "?":
            return {"modules": sorted(sys.modules), "rss_mib": peak_mib(), "cpu_s": time.process_time()}
        given, metadata = getattr(self, f"_{order['trigger']}")(order)
        invocation = Message(
            invocation_id=str(uuid.uuid4()),
            function_id=self._ids[order["name"]],
            trigger_metadata=metadata,
            trace_context=Message(trace_parent="", trace_state="", attributes={}),
            retry_context=Message(retry_count=0, max_retry_count=0),
            input_data=[Input(name=name, data=value) for name, value in given.items()],
        )
        answer = await self._library.invocation_request(self._request("invocation_request", invocation))
        if answer.result.status != 1:
            return {"failed": answer.result.exception.message}
        return self._read(getattr(answer, "return_value", None))

    def _http(self, order: Json) -> tuple[Json, Json]:
        body = self._kinds.TypedData(bytes=order.get("body", "").encode())
        named = {"method": order["method"], "url": order["url"], "headers": order.get("headers", {})}
        return {"req": self._kinds.TypedData(http=self._kinds.RpcHttp(**HEADERLESS | named, body=body))}, {}

    def _timer(self, order: Json) -> tuple[Json, Json]:
        tick = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": None, "IsPastDue": False}
        return {"tick": self._kinds.TypedData(json=json.dumps(tick))}, {}

    def _queue(self, order: Json) -> tuple[Json, Json]:
        now = datetime.now(UTC).isoformat()
        words = {"Id": str(uuid.uuid4()), "PopReceipt": "none"}
        words |= dict.fromkeys(("InsertionTime", "ExpirationTime", "NextVisibleTime"), now)
        metadata = {name: self._kinds.TypedData(string=value) for name, value in words.items()}
        metadata["DequeueCount"] = self._kinds.TypedData(json=str(order["tries"]))
        return {"message": self._kinds.TypedData(string=order["text"])}, metadata

    def _read(self, value: Any) -> Json:
        http = getattr(value, "http", None)
        if http is None:
            return {}
        body = getattr(http.body, "bytes", None) or getattr(http.body, "string", "").encode()
        cookies = [set_cookie(cookie) for cookie in http.cookies or ()]
        answer = {"status": int(http.status_code), "headers": dict(http.headers), "body": body.decode()}
        return answer | {"cookies": cookies}

    def _request(self, kind: str, message: Message) -> SimpleNamespace:
        properties = {"host": "127.0.0.1", "protos": self._kinds}
        return SimpleNamespace(
            request=SimpleNamespace(**{kind: message}, request_id="1"), properties=properties
        )


def set_cookie(cookie: Any) -> str:
    """The header that the host makes of a cookie (ASP.NET Core: Response.Cookies.Append): whatever is not
    unreserved in its value is percent-encoded, a percent sign too."""
    told = {
        "Max-Age": cookie.max_age and int(cookie.max_age.value),
        "Domain": cookie.domain and cookie.domain.value,
        "Path": cookie.path and cookie.path.value,
        "SameSite": cookie.same_site if cookie.same_site in ("Lax", "Strict") else None,
    }
    words = [f"{name}={value}" for name, value in told.items() if value not in (None, "")]
    flags = {"Secure": cookie.secure, "HttpOnly": cookie.http_only}
    words += [name for name, flag in flags.items() if flag is not None and flag.value]
    return "; ".join([f"{cookie.name}={quote(cookie.value, safe='')}", *words])


def peak_mib() -> float:
    """This program's own: `getrusage` never says less than the peak of the process that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


async def serve(folder: str) -> None:
    host = Host(folder)
    say({"functions": await host.start()})
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    running: set[asyncio.Task[None]] = set()

    async def answer(order: Json) -> None:
        say({"id": order["id"]} | await host.invoke(order))

    def begin(order: Json) -> None:
        task = loop.create_task(answer(order))
        running.add(task)
        task.add_done_callback(running.discard)

    def listen() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(begin, json.loads(line))
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=listen, daemon=True).start()
    await ended.wait()
    await asyncio.gather(*running)


OUT = sys.stdout


def say(what: Json) -> None:
    OUT.write(json.dumps(what) + "\n")
    OUT.flush()


if __name__ == "__main__":
    sys.stdout = sys.stderr
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    asyncio.run(serve(sys.argv[1]))
