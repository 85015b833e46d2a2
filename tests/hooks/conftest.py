"""Plugins for tests: each is a real module on the import path, behind a real entry point."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from textwrap import dedent

import pytest

MakePlugin = Callable[[str, str], EntryPoint]

IMPORTS = """
from pydantic import BaseModel
from rp_connect.domain.case import CaseKind
from rp_connect.hooks.markers import hookimpl
from rp_connect.ports.mis import MisSpec
from rp_connect.ports.policy import PolicySpec
from rp_connect.ports.practice import PracticeSpec
from rp_connect.ports.routes import PluginAnswer, PluginRoute, RouteSpec
from rp_connect.ports.sign_in import SignInSpec
from rp_connect.ports.workspace import WorkspaceSpec

def build(settings):
    return settings
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePlugin]:
    """`plugin(name, source)`: a plugin with these functions; what they usually import is there already."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def make(name: str, source: str) -> EntryPoint:
        module = f"made_for_a_test_{name}_{len(made)}"
        (tmp_path / f"{module}.py").write_text(IMPORTS + dedent(source))
        made.append(module)
        return EntryPoint(name=name, value=module, group="rp_connect")

    yield make
    for module in made:
        sys.modules.pop(module, None)


@pytest.fixture
def mis_plugin(plugin: MakePlugin) -> MakePlugin:
    """`mis_plugin(name, mis)`: a plugin that registers one MIS and nothing else."""

    def make(name: str, mis: str) -> EntryPoint:
        return plugin(
            name,
            f"""
            @hookimpl
            def register_mis(register):
                register(MisSpec("{mis}", BaseModel, build))
            """,
        )

    return make
