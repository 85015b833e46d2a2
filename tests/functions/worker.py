"""One worker process with our Functions app in it, as its host sees it."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

ROOT = Path(__file__).parents[2]
APP = ROOT / "functions"
PYTHON = ROOT / ".venv-functions" / "bin" / "python"
HOST = Path(__file__).with_name("host.py")
PATIENCE_S = 120.0

Json = dict[str, Any]


class KilledError(Exception):
    """The process ended before it answered."""


def need_runtime() -> None:
    if not PYTHON.exists():
        missing("the Functions runtime is not there: make functions-runtime")


def missing(what: str) -> None:
    """A reason to skip; a failure where everything must be there."""
    if os.environ.get("RP_CONNECT_FACTS") == "required":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


class Worker:
    """A `with` block; `functions` are what was indexed, by name, with their bindings."""

    def __init__(self, settings: Mapping[str, str], app: Path = APP) -> None:
        self._settings = settings
        self._app = app
        self._numbers = count(1)
        self._asked: dict[int, Future[Json]] = {}
        self._lock = threading.Lock()
        self.functions: dict[str, list[Json]] = {}

    def __enter__(self) -> Self:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TZ", "LANG") if name in os.environ}
        self.process = subprocess.Popen(
            [PYTHON, HOST, self._app],
            cwd=self._app,
            env={**kept, **self._settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self._readers = [threading.Thread(target=self._keep_words, daemon=True)]
        self._readers[0].start()
        assert self.process.stdout is not None
        first = self.process.stdout.readline()
        if not first:
            self.__exit__(None, None, None)
            raise RuntimeError("the app was not indexed:\n" + "\n".join(self.said))
        self.functions = {one["name"]: one["bindings"] for one in json.loads(first)["functions"]}
        self._readers.append(threading.Thread(target=self._read, daemon=True))
        self._readers[1].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.stdin is not None and self.process.poll() is None:
            self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join(10)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue

    def kill(self) -> None:
        self.process.kill()

    def http(self, path: str, method: str = "GET", **more: object) -> Json:
        url = f"https://rp.example{path}"
        return self.ask(name="pages", trigger="http", method=method, url=url, **more)

    def timer(self, name: str) -> Json:
        return self.ask(name=name, trigger="timer")

    def queue(self, text: str, tries: int = 1) -> Json:
        return self.ask(name="work", trigger="queue", text=text, tries=tries)

    def itself(self) -> Json:
        """Its "modules", its peak in "rss_mib", and the seconds of CPU it has used, "cpu_s"."""
        return self.ask(name="?")

    def ask(self, **order: object) -> Json:
        return self.begin(**order).result(PATIENCE_S)

    def begin(self, **order: object) -> Future[Json]:
        """Ends with KilledError where the process does not live to answer."""
        answer: Future[Json] = Future()
        with self._lock:
            number = next(self._numbers)
            self._asked[number] = answer
            if self.process.poll() is not None:
                self._asked.pop(number).set_exception(KilledError())
                return answer
            try:
                assert self.process.stdin is not None
                self.process.stdin.write(json.dumps({"id": number, **order}) + "\n")
                self.process.stdin.flush()
            except (OSError, ValueError):
                if number in self._asked:
                    self._asked.pop(number).set_exception(KilledError())
        return answer

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            answer = json.loads(line)
            with self._lock:
                asked = self._asked.pop(answer.pop("id"))
            asked.set_result(answer)
        with self._lock:
            left, self._asked = self._asked, {}
        for asked in left.values():
            asked.set_exception(KilledError())

    def _keep_words(self) -> None:
        assert self.process.stderr is not None
        self.said.extend(line.rstrip() for line in self.process.stderr)
