"""The server in a process of its own, for clients that are killed and benchmarks that count their CPU."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from tests.graph_server.call import Json
from tests.graph_server.faults import Fault, FaultMenu
from tests.graph_server.log import Log
from tests.graph_server.tenant import Tenant

ROOT = Path(__file__).parents[2]


class OwnProcess:
    """A `with` block; it ends with this process too, however that ends. See the package's own page."""

    def __init__(self, *, seed: int = 1, check_every: int = 1) -> None:
        self._arguments = [f"--seed={seed}", f"--check-every={check_every}"]
        self._session = requests.Session()
        self._session.trust_env = False
        self._control = ""
        self.url = ""
        self.faults: FaultMenu = FaultsThere(self)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.graph_server", *self._arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        addresses = json.loads(self._process.stdout.readline() or "{}")
        if not addresses:
            self.__exit__(None, None, None)
            raise RuntimeError("the Graph server did not start: see what it wrote above")
        self.url, self._control = addresses["url"], addresses["control"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    @property
    def state(self) -> Tenant:
        """A copy of what the tenant holds now."""
        return Tenant.from_snapshot(self.tell("state"))

    @property
    def log(self) -> Log:
        """A copy of the log as it is now."""
        return Log.from_snapshot(self.tell("log"))

    def take_violations(self) -> list[str]:
        taken: list[str] = self.tell("take_violations")
        return taken

    def configure(self, **options: Any) -> None:
        self.tell("configure", **options)

    def reveal(self) -> None:
        """See `Tenant.reveal`."""
        self.tell("reveal")

    def go_away(self) -> None:
        self.tell("go_away")

    def come_back(self) -> None:
        self.tell("come_back")

    def person(self, deed: str, *values: Any, **more: Any) -> None:
        """What `people.py` offers: `person("edit_task", key, percentComplete=100)`."""
        self.tell("person", deed=deed, values=values, more=more)

    def cpu(self) -> float:
        """Seconds of CPU that the server has used since it started."""
        used: float = self.tell("cpu")
        return used

    def tell(self, what: str, **words: Any) -> Any:
        """Raises RuntimeError with the server's own words where it cannot."""
        answer = self._session.post(f"{self._control}/{what}", json=words, timeout=60)
        if answer.status_code != 200:
            raise RuntimeError(answer.text)
        return answer.json()


class FaultsThere(FaultMenu):
    """The same menu; what it adds is struck in the other process (`struck` is counted there: `all()`)."""

    def __init__(self, server: OwnProcess) -> None:
        self._server = server

    def add(self, fault: Fault) -> Fault:
        fault.number = self._server.tell("add_fault", **asdict(fault))
        return fault

    def remove(self, fault: Fault) -> None:
        self._server.tell("remove_fault", number=fault.number)

    def clear(self) -> None:
        self._server.tell("clear_faults")

    def all(self) -> list[Fault]:
        rows: list[Json] = self._server.tell("faults")
        return [Fault(**row) for row in rows]
