"""The folder that `make functions-app` fills is what is deployed: its wheel is installed and its app runs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.functions.worker import APP, ROOT, Worker, need_runtime


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "functions"
    # What the tests run in is set up already: make need not look at it again.
    words = ["make", "--old-file=.venv/.dev-ready", "functions-app", f"APP={folder}"]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture(scope="module")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an installation of the folder's wheel has."""
    (wheel,) = built.glob("*.whl")
    unpacked = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(unpacked)
    return unpacked


def test_the_folder_holds_the_app_its_wheel_and_nothing_that_was_left_lying_about(built):
    ours = {str(path.relative_to(APP)) for path in APP.rglob("*") if path.is_file()}
    expected = {name for name in ours if "__pycache__" not in name}
    found = {str(path.relative_to(built)) for path in built.rglob("*") if path.is_file()}

    (wheel,) = found - expected
    assert expected <= found
    assert wheel.startswith("rp_connect-")
    assert wheel.endswith(".whl")


def test_every_library_has_a_hash_and_the_wheels_is_its_own(built):
    """pip itself reads the file as the platform's build does, and looks for nothing outside."""
    text = (built / "requirements.txt").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    ours = lines[-1]
    (built / "ours.txt").write_text(ours + "\n")
    words = [
        "install",
        "--dry-run",
        "--no-index",
        "--no-deps",
        "--require-hashes",
        "--quiet",
        "-r",
        "ours.txt",
    ]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    done = subprocess.run([*pip, *words], cwd=built, capture_output=True, text=True, timeout=120)
    (built / "ours.txt").write_text(ours.replace("sha256:", "sha256:0")[:-1] + "\n")
    wrong = subprocess.run([*pip, *words], cwd=built, capture_output=True, text=True, timeout=120)
    (built / "ours.txt").unlink()

    assert ours.startswith("./rp_connect-")
    assert all("==" in line for line in lines[:-1])
    assert text.count("--hash=sha256:") >= len(lines)
    assert (done.returncode, wrong.returncode) == (0, 1), done.stderr


def test_the_app_of_that_folder_answers_with_the_wheels_own_modules(built, site, school):
    need_runtime()
    config = {"RP_CONNECT_CONFIG": str(school.folder / "rp-connect.toml"), "PYTHONPATH": str(site)}
    with Worker(config, built) as worker:
        assert {"pages", "work", "syncs", "pulls", "reminders", "missed", "aside", "retention"} == set(
            worker.functions
        )
        assert worker.http("/health")["status"] == 200
        failed = worker.queue("sync:northwick")
        assert failed == {}, failed
        modules = worker.itself()["modules"]
    assert "rp_file_drop" in {name.partition(".")[0] for name in modules}
    assert (site / "rp_connect" / "wiring" / "cloud.py").is_file()
    # What was compiled was compiled beside the wheel's files: they are what ran.
    assert list((site / "rp_connect" / "wiring" / "__pycache__").glob("cloud.*.pyc"))
