"""Who follows the page from an empty folder ends with a passing kit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.docs.mis_checks_page import PAGE

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```(?:python|toml)\n# (\S+)\n(.*?)```", re.DOTALL)


def written(folder: Path) -> list[str]:
    """Every file of the page, as it stands there."""
    files = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    for name, text in files:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [name for name, _ in files]


def test_the_page_leads_from_an_empty_folder_to_a_passing_kit(tmp_path: Path) -> None:
    names = written(tmp_path)
    assert names == [
        "pyproject.toml",
        "rp_banksia/__init__.py",
        "rp_banksia/plugin.py",
        "rp_banksia/adapter.py",
        "rp_banksia/http.py",
        "test_kit.py",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "test_kit.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"\d+ passed, \d+ skipped in", done.stdout)
