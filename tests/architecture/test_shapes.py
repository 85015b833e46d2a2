"""Modules and functions stay small, and a module is called after what it owns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path for room in ("rp_connect", "plugins", "functions") for path in (ROOT / room).rglob("*.py")
)
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
SAY_NOTHING = {"utils", "helpers", "common", "base", "manager", "util", "helper", "misc"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_there_is_something_to_measure():
    assert len(MODULES) > 50
    assert dict(functions(Path(__file__)))["there_are_none"] == 2


def there_are_none():
    """Two lines long, for the measure above."""


def test_no_module_is_longer_than_300_lines():
    lengths = {name(path): len(path.read_text().splitlines()) for path in MODULES}

    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_40_lines():
    lengths = {f"{name(path)}:{function}": lines for path in MODULES for function, lines in functions(path)}

    assert {where: lines for where, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_no_module_is_called_after_nothing():
    parts = {name(path): {path.stem, path.parent.name} for path in MODULES}

    assert [path for path, words in parts.items() if words & SAY_NOTHING] == []


def test_every_module_opens_with_a_sentence_about_what_it_owns():
    assert [name(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text()))] == []
