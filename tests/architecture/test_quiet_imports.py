"""Importing does nothing: no file is written, nothing is connected to, no engine is built."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

WATCH = Path(__file__).with_name("watch_imports.py")
ROOT = Path(__file__).parents[2]
PLUGINS = sorted(path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py"))


def watch(*packages: str, cwd: Path = ROOT) -> dict[str, Any]:
    result = subprocess.run(
        [sys.executable, WATCH, *packages], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_nothing_runs_when_the_core_is_imported_and_no_plugin_comes_with_it():
    found = watch("rp_connect")

    assert found["seen"] == []
    assert [module for module in found["loaded"] if module.partition(".")[0] in PLUGINS] == []
    assert "rp_connect.hooks.host" in found["imported"]


@pytest.mark.parametrize("plugin", PLUGINS)
def test_nothing_runs_when_a_plugin_is_imported(plugin):
    assert watch(plugin)["seen"] == []


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("open('left-behind', 'w')", "open"),
        ("import os; os.open('left-behind', os.O_RDWR | os.O_CREAT)", "open"),
        ("import socket; socket.socket()", "socket.__new__"),
        ("import sqlite3; sqlite3.connect(':memory:')", "sqlite3.connect"),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
        ("import os; os.environ.get('HOME')", "read HOME from the environment"),
    ],
)
def test_a_module_that_runs_something_is_named(tmp_path, line, seen):
    (tmp_path / "noisy").mkdir()
    (tmp_path / "noisy" / "__init__.py").write_text("")
    (tmp_path / "noisy" / "inner.py").write_text(f"def act():\n    {line}\n\nact()\n")

    assert f"noisy.inner: {seen}" in watch("noisy", cwd=tmp_path)["seen"]


def test_an_engine_that_is_already_built_is_seen(tmp_path):
    (tmp_path / "noisy").mkdir()
    (tmp_path / "noisy" / "__init__.py").write_text(
        "import sqlalchemy\nengine = sqlalchemy.create_engine('sqlite://')\n"
    )

    assert watch("noisy", cwd=tmp_path)["seen"] == ["an engine: Engine(sqlite://)"]


def test_the_settings_and_the_markers_bring_in_nothing_heavy():
    program = "import sys, rp_connect.settings, rp_connect.hooks.markers; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    heavy = {"sqlalchemy", "alembic", "starlette", "requests", "msal", "docx", "jinja2", "uvicorn", "click"}
    assert heavy & set(result.stdout.split()) == set()
