"""The strict contract of Microsoft Graph, laid beside every request and every answer."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.graph_server.call import CONTRACT_BASE

FACTS = Path(__file__).parents[2].parent / "shared" / "graph"


@cache
def oracle(folder: Path) -> Any:
    """Read once in a process (a fifth of a second)."""
    spec = importlib.util.spec_from_file_location("graph_oracle", folder / "graph_oracle.py")
    if spec is None or spec.loader is None:
        raise RuntimeError(f"the checker of the Graph contract is not in {folder}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["graph_oracle"] = module
    spec.loader.exec_module(module)
    return quiet(module, folder)


def quiet(module: Any, folder: Path) -> Any:
    """The checker leaves its file to be closed by itself, which our tests count as a fault."""
    with (folder / "graph-v1.0-slice.yaml").open() as text:
        read = module.yaml.load(text, Loader=module.yaml.CSafeLoader)
    module.yaml = ReadAlready(read)
    module.open = lambda path: path
    return module.GraphOracle(folder / "graph-v1.0-slice.yaml")


class ReadAlready:
    CSafeLoader = None

    def __init__(self, read: Any) -> None:
        self.read = read

    def load(self, stream: Any, Loader: Any) -> Any:
        return self.read


class Contract:
    """`every` n: each n-th request and its answer (benchmarks only); 0: none. Tests check each."""

    def __init__(self, folder: Path = FACTS, every: int = 1) -> None:
        self.every = every
        self._oracle: Any = oracle(folder) if every else None
        self._seen = 0

    def due(self) -> bool:
        if not self.every:
            return False
        self._seen += 1
        return self._seen % self.every == 0

    def request(self, method: str, url: str, headers: Mapping[str, str], body: Any) -> list[str]:
        found = self._oracle.check_request(method, CONTRACT_BASE + url, headers, body)
        return [f"{method} {path_only(url)} was asked wrongly: {words}" for words in found]

    def answer(self, method: str, url: str, status: int, body: Any) -> list[str]:
        found = self._oracle.check_response(method, CONTRACT_BASE + url, status, body)
        return [f"{method} {path_only(url)} was answered {status} wrongly: {words}" for words in found]


def path_only(url: str) -> str:
    return url.partition("?")[0]
