"""Takes one assertion out of a copy of a kit, and asks in a process of its own who gets away then."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Place:
    """The `number`-th assertion of a function of the kit."""

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
            Place(path.name, function.name, number)
            for path in sorted((ROOT / self.path).glob("*.py"))
            for function in functions_of(ast.parse(path.read_text(encoding="utf-8")))
            for number, _ in enumerate(assertions_of(function))
        ]

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


def functions_of(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


def assertions_of(function: ast.FunctionDef) -> list[ast.Assert]:
    return [node for node in ast.walk(function) if isinstance(node, ast.Assert)]


def without(source: str, place: Place) -> str:
    """The module's source with that one assertion replaced by `pass`."""
    tree = ast.parse(source)
    function = next(f for f in functions_of(tree) if f.name == place.function)
    doomed = assertions_of(function)[place.number]

    class Removal(ast.NodeTransformer):
        def visit_Assert(self, node: ast.Assert) -> ast.stmt:
            return ast.copy_location(ast.Pass(), node) if node is doomed else node

    return ast.unparse(Removal().visit(tree))
