"""The control path of a server in its own process: another port, JSON in and out, one word for each deed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from tests.graph_server import people
from tests.graph_server.call import Json
from tests.graph_server.engine import Wait
from tests.graph_server.faults import Fault
from tests.graph_server.front import HttpAnswer
from tests.graph_server.server import GraphServer

JSON = {"Content-Type": "application/json"}


class Control:
    def __init__(self, server: GraphServer) -> None:
        self._server = server
        self._deeds: dict[str, Callable[..., Any]] = {
            "state": server.state.snapshot,
            "log": server.log.snapshot,
            "take_violations": server.log.take_violations,
            "reveal": server.state.reveal,
            "configure": server.configure,
            "go_away": server.go_away,
            "come_back": server.come_back,
            "add_fault": self._add_fault,
            "remove_fault": self._remove_fault,
            "clear_faults": server.faults.clear,
            "faults": server.faults.snapshot,
            "person": self._person,
            "cpu": time.process_time,
        }

    def answer(
        self, method: str, target: str, headers: dict[str, str], data: bytes, wait: Wait
    ) -> HttpAnswer:
        deed = self._deeds.get(target.strip("/"))
        if method != "POST" or deed is None:
            return HttpAnswer(404, f"there is no {target}".encode())
        try:
            # Going away waits for requests that are under way, and those may be waiting for the lock.
            with nullcontext() if deed == self._server.go_away else self._server.lock:
                payload = json.dumps(deed(**json.loads(data or b"{}"))).encode()
            return HttpAnswer(200, payload, JSON)
        except Exception as error:  # noqa: BLE001 - it is told to the test, which raises it
            return HttpAnswer(400, f"{type(error).__name__}: {error}".encode())

    def _add_fault(self, **words: Any) -> int:
        return self._server.faults.add(Fault(**words)).number

    def _remove_fault(self, number: int) -> None:
        self._server.faults.remove(Fault("refuse", number=number))

    def _person(self, deed: str, values: list[Any], more: Json) -> None:
        getattr(people, deed)(self._server.state, *values, **more)
