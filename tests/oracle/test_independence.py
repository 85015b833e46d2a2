"""The oracle is worth something only as long as it shares nothing with what it judges."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ORACLE = ("almanac", "walk", "owed")


def imported(name: str) -> set[str]:
    tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8"))
    plain = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return modules | {alias.name for node in plain for alias in node.names}


def test_the_oracle_knows_only_itself_and_the_standard_library() -> None:
    known = {f"tests.oracle.{name}" for name in ORACLE}
    modules = {module for name in ORACLE for module in imported(name)}
    assert {
        module for module in modules - known if module.split(".")[0] not in sys.stdlib_module_names
    } == set()
