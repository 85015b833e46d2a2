"""The server as a test holds it."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from tests.graph_server import (  # noqa: F401 - each enters what it serves in the table
    calendar,
    directory,
    files,
    list_items,
    online_meetings,
    planner,
    planner_tasks,
    schedule,
    sites,
    uploads,
)
from tests.graph_server.contract import Contract
from tests.graph_server.engine import Engine, Wait
from tests.graph_server.faults import Faults
from tests.graph_server.front import VERSION, HttpAnswer, answer
from tests.graph_server.listener import Listener
from tests.graph_server.log import Log
from tests.graph_server.tenant import Tenant, seeded


class GraphServer:
    """A `with` block. `state`, `faults` and `log` are live objects; hold `lock` to read them while it works.

    `check_every` 1: every request and answer is laid beside the contract; n: each n-th; 0: none.
    """

    def __init__(self, *, seed: int = 1, check_every: int = 1) -> None:
        self.state: Tenant = seeded()
        self.faults = Faults(seed)
        self.log = Log()
        self._engine = Engine(self.state, self.faults, self.log, Contract(every=check_every))
        self.lock = self._engine.lock
        self._listener = Listener(self._answer, self._connected)

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.stop()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._listener.port}"

    @property
    def url(self) -> str:
        """What `graph_url` is set to, version and all."""
        return self.root + VERSION

    def configure(self, **options: Any) -> None:
        """See `Options`."""
        for name, value in options.items():
            if not hasattr(self.state.options, name):
                raise AttributeError(f"a tenant has no option {name}")
            setattr(self.state.options, name, value)

    def go_away(self) -> None:
        """Connections are cut and refused from now on; what waited is not done."""
        self._listener.stop()

    def come_back(self) -> None:
        """On the same port, with all it held."""
        self._listener.start()

    def _answer(
        self, method: str, target: str, headers: dict[str, str], data: bytes, wait: Wait
    ) -> HttpAnswer:
        return answer(self._engine, method, target, headers, data, self.root, wait)

    def _connected(self) -> None:
        self.log.connections += 1
