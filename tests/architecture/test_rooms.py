"""The rooms of DESIGN §2 hold, and the check that says so would notice if they did not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    # The copy must come before the checkout, which an editable install puts on every path.
    path = os.pathsep.join([str(root), str(root / "plugins")])
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--config", "pyproject.toml"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("rp_connect", "plugins"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_room_imports_only_to_its_right():
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("file", "forbidden"),
    [
        ("rp_connect/domain/case.py", "rp_connect.storage"),
        ("rp_connect/domain/case.py", "rp_connect.ports.mis"),
        ("rp_connect/services/__init__.py", "rp_connect.web"),
        ("rp_connect/settings/__init__.py", "rp_connect.services"),
        ("rp_connect/web/__init__.py", "rp_connect.storage"),
        ("rp_connect/hooks/markers.py", "rp_connect.cli"),
        ("rp_connect/wiring/__init__.py", "rp_england"),
        ("plugins/rp_england/plugin.py", "rp_connect.services"),
        ("plugins/rp_england/plugin.py", "rp_connect.hooks.host"),
        ("plugins/rp_england/plugin.py", "rp_file_drop"),
    ],
)
def test_an_import_out_of_its_room_is_found(copy, file, forbidden):
    importer = file.removeprefix("plugins/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    with (copy / file).open("a") as module:
        module.write(f"\nimport {forbidden}\n")
    result = lint(copy)

    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{importer} -> {forbidden}" in result.stdout


def test_a_room_that_nobody_planned_is_found(copy):
    (copy / "rp_connect" / "attic.py").write_text('"""A room of no name."""\n')
    result = lint(copy)

    assert result.returncode == 1, result.stdout + result.stderr
    assert "attic" in result.stdout
