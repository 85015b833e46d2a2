"""Each assertion of the kit is needed: without it, some saboteur gets away.

Each is taken out in a copy of the package, by itself, in a process of its own.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KIT = Path("rp_connect/testing/workspace_kit")
FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
EACH = 12
"""In normal runs one assertion of so many is taken out."""


@dataclass(frozen=True)
class Place:
    """The `number`-th assertion of a function of the kit."""

    module: str
    function: str
    number: int


def functions_of(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


def assertions_of(function: ast.FunctionDef) -> list[ast.Assert]:
    return [node for node in ast.walk(function) if isinstance(node, ast.Assert)]


def every_place() -> list[Place]:
    return [
        Place(path.name, function.name, number)
        for path in sorted((ROOT / KIT).glob("*.py"))
        for function in functions_of(ast.parse(path.read_text()))
        for number, _ in enumerate(assertions_of(function))
    ]


def without(source: str, place: Place) -> str:
    """The module's source with that one assertion replaced by `pass`."""
    tree = ast.parse(source)
    function = next(f for f in functions_of(tree) if f.name == place.function)
    doomed = assertions_of(function)[place.number]

    class Removal(ast.NodeTransformer):
        def visit_Assert(self, node: ast.Assert) -> ast.stmt:
            return ast.copy_location(ast.Pass(), node) if node is doomed else node

    return ast.unparse(Removal().visit(tree))


def escaped(copy: Path, function: str) -> list[str]:
    """Who gets away from the check, as the kit stands in `copy`."""
    path = os.pathsep.join([str(copy), str(ROOT), str(ROOT / "plugins")])
    done = subprocess.run(
        [sys.executable, "-m", "tests.testing.escapes", function],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kit")
    shutil.copytree(
        ROOT / "rp_connect",
        folder / "rp_connect",
        ignore=shutil.ignore_patterns("__pycache__", "web", "storage"),
    )
    return folder


PLACES = every_place()
SAMPLE = PLACES if FULL else PLACES[::EACH]


def test_there_is_something_to_take_out() -> None:
    assert len(PLACES) > 100


def test_nobody_gets_away_while_nothing_is_taken_out(copy: Path) -> None:
    assert escaped(copy, PLACES[0].function) == []


@pytest.mark.trial
@pytest.mark.parametrize("place", SAMPLE, ids=lambda place: f"{place.function}-{place.number}")
def test_without_this_assertion_somebody_gets_away(copy: Path, place: Place) -> None:
    module = copy / KIT / place.module
    source = module.read_text()
    module.write_text(without(source, place))
    try:
        assert escaped(copy, place.function) != []
    finally:
        module.write_text(source)
