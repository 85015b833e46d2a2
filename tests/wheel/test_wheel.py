"""The wheel has everything that a school needs and nothing else, and works where there is no checkout."""

from __future__ import annotations

import json
import os
import re
import site
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NOW = "2026-11-18T10:00"
OURS = (
    "rp_connect",
    "rp_arbor",
    "rp_england",
    "rp_file_drop",
    "rp_local",
    "rp_microsoft365",
    "rp_openid",
    "rp_rosariosis",
    "rp_wonde",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without a network, by the build backend that is installed here."""
    made = tmp_path_factory.mktemp("built")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--skip-dependency-check"]
    done = subprocess.run(
        [*build, "--outdir", str(made), str(ROOT)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = made.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def contents(wheel: Path) -> frozenset[str]:
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


def test_it_holds_our_packages_and_nothing_called_plugins_functions_or_tests(
    contents: frozenset[str],
) -> None:
    tops = {name.partition("/")[0] for name in contents}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(OURS)
    assert len([top for top in tops if top.endswith(".dist-info")]) == 1
    assert not [name for name in contents if {"plugins", "functions", "tests"} & set(name.split("/"))]
    assert not [name for name in contents if name.endswith((".pyc", ".db", ".env", ".toml"))]


def test_it_holds_every_file_of_our_packages(contents: frozenset[str]) -> None:
    """Templates, static files, migrations and py.typed: whatever git knows of a package is in the wheel."""
    known = subprocess.run(
        ["git", "ls-files", "--", "rp_connect", "plugins"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    there = {path.removeprefix("plugins/") for path in known if path and (ROOT / path).is_file()}
    assert {path for path in there if path not in contents} == set()
    assert any(re.fullmatch(r"rp_connect/web/templates/\w+\.html", name) for name in contents)
    assert any(name.startswith("rp_connect/web/static/") for name in contents)
    assert any(re.fullmatch(r"rp_connect/storage/migrations/versions/0001\w*\.py", name) for name in contents)


@pytest.mark.parametrize("package", OURS)
def test_it_says_that_each_package_is_typed(contents: frozenset[str], package: str) -> None:
    assert f"{package}/py.typed" in contents


def test_it_says_what_it_needs_and_where_the_program_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        texts = {
            name.rpartition("/")[2]: archive.read(name).decode()
            for name in archive.namelist()
            if ".dist-info/" in name
        }
    assert "rp-connect = rp_connect.__main__:main" in texts["entry_points.txt"]
    for plugin in OURS[1:]:
        assert f"{plugin} = {plugin}.plugin" in texts["entry_points.txt"]
    needs = {
        line.split()[1].split(">")[0].split("<")[0].lower()
        for line in texts["METADATA"].splitlines()
        if line.startswith("Requires-Dist")
    }
    assert {"azure-functions", "msal", "office365-rest-python-client", "pluggy", "requests"} <= needs


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and the libraries that are here, but without this checkout's path.

    A .pth names the folder of the libraries; the .pth of the editable install in there is not followed, as
    only folders of `site` have theirs read.
    """
    folder = tmp_path_factory.mktemp("elsewhere") / "env"
    venv.create(folder, with_pip=False, symlinks=True)
    scheme = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", scheme))
    here = [path for path in site.getsitepackages() if Path(path).is_dir()]
    (packages / "libraries.pth").write_text("\n".join(here) + "\n", encoding="utf-8")
    install = ["-m", "pip", "--quiet", "install", "--no-deps", "--no-index", "--disable-pip-version-check"]
    python = folder / "bin" / "python"
    done = subprocess.run(
        [str(python), *install, "--force-reinstall", "--ignore-installed", str(wheel)],
        capture_output=True, text=True, timeout=120, env=_environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def _environment() -> dict[str, str]:
    kept = {"PATH", "LANG", "TMPDIR", "SYSTEMROOT"}
    return {name: value for name, value in os.environ.items() if name in kept} | {"PYTHONUTF8": "1"}


def outside(installed: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program of that environment in a folder that has nothing to do with the checkout."""
    return subprocess.run(
        [str(installed / "bin" / words[0]), *words[1:]],
        cwd=installed.parent, capture_output=True, text=True, timeout=240, env=_environment(),
    )  # fmt: skip


def test_installed_elsewhere_our_code_comes_from_the_wheel(installed: Path) -> None:
    words = "; ".join(f"import {package}; print({package}.__file__)" for package in OURS)
    done = outside(installed, "python", "-c", f"{words}; import sys; print(*sys.path, sep='\\n')")
    assert done.returncode == 0, done.stderr
    places = done.stdout.splitlines()
    assert all(place.startswith(str(installed)) for place in places[: len(OURS)])
    assert str(ROOT) not in places
    assert str(ROOT / "plugins") not in places


def test_installed_elsewhere_every_plugin_works(installed: Path) -> None:
    done = outside(installed, "rp-connect", "plugins", "--json")
    assert done.returncode == 0, done.stderr
    found = {plugin["name"]: plugin["fault"] for plugin in json.loads(done.stdout)}
    assert found == dict.fromkeys(OURS[1:])


def test_installed_elsewhere_the_demonstration_opens_cases(installed: Path) -> None:
    done = outside(installed, "rp-connect", "--now", NOW, "demo", "--dir", "trust", "--no-serve")
    assert done.returncode == 0, done.stderr
    opened = [int(number) for number in re.findall(r"(\d+) cases? opened", done.stdout)]
    assert len(opened) == 2
    assert all(opened)
    assert "0 parked" in done.stdout
    workspaces = list((installed.parent / "trust").glob("*/workspace"))
    for kind in ("tasks/*.ics", "records/*.docx", "meetings/*.ics"):
        assert any(list(workspace.glob(kind)) for workspace in workspaces), kind
    health = "from starlette.testclient import TestClient"
    assert outside(installed, "python", "-c", health).returncode == 0
