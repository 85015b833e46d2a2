"""Takes one assertion out of a copy of a kit, and asks in a process of its own who gets away then."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Place:
    """The `number`-th assertion of a function of the kit; a method goes by `Class.method`."""

    module: str
    function: str
    number: int


@dataclass(frozen=True)
class Kit:
    """`path` is the kit's package, `escapes` the module that prints who gets away from one of its checks."""

    path: Path
    escapes: str

    def every_place(self) -> list[Place]:
        return [
            Place(name, function, number)
            for name, tree in self._modules()
            for function, node in functions_of(tree).items()
            for number, _ in enumerate(assertions_of(node))
        ]

    def count_assertions(self) -> int:
        """Wherever they stand."""
        return sum(len(assertions_of(tree)) for _, tree in self._modules())

    def _modules(self) -> Iterator[tuple[str, ast.Module]]:
        for path in sorted((ROOT / self.path).glob("*.py")):
            yield path.name, ast.parse(path.read_text(encoding="utf-8"))

    def copy_to(self, folder: Path) -> Path:
        ignored = shutil.ignore_patterns("__pycache__", "web", "storage")
        shutil.copytree(ROOT / "rp_connect", folder / "rp_connect", ignore=ignored)
        return folder

    def escaped(self, copy: Path, function: str) -> list[str]:
        """Who gets away from the check, as the kit stands in `copy`."""
        path = os.pathsep.join([str(copy), str(ROOT), str(ROOT / "plugins")])
        done = subprocess.run(
            [sys.executable, "-m", self.escapes, function],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def escaped_without(self, copy: Path, place: Place, function: str) -> list[str]:
        """Who gets away from the check once the assertion is taken out; it is put back afterwards."""
        module = copy / self.path / place.module
        source = module.read_text(encoding="utf-8")
        module.write_text(without(source, place), encoding="utf-8")
        try:
            return self.escaped(copy, function)
        finally:
            module.write_text(source, encoding="utf-8")


def functions_of(tree: ast.Module | ast.ClassDef, inside: str = "") -> dict[str, ast.FunctionDef]:
    """Those of the module and of its classes."""
    found: dict[str, ast.FunctionDef] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[f"{inside}{node.name}"] = node
        elif isinstance(node, ast.ClassDef):
            found |= functions_of(node, f"{inside}{node.name}.")
    return found


def assertions_of(part: ast.AST) -> list[ast.Assert]:
    return [node for node in ast.walk(part) if isinstance(node, ast.Assert)]


def without(source: str, place: Place) -> str:
    """The module's source with that one assertion replaced by `pass`."""
    tree = ast.parse(source)
    doomed = assertions_of(functions_of(tree)[place.function])[place.number]

    class Removal(ast.NodeTransformer):
        def visit_Assert(self, node: ast.Assert) -> ast.stmt:
            return ast.copy_location(ast.Pass(), node) if node is doomed else node

    return ast.unparse(Removal().visit(tree))
