"""A run of all tests fails where an operation of the product's was never exercised."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import tests.graph_server.server  # noqa: F401 - fills the table of routes
from tests.graph_server.call import ROUTES
from tests.graph_server.contract import FACTS, oracle
from tests.graph_server.must_exercise import MUST_EXERCISE
from tests.graph_server.own_process import ROOT

pytestmark = pytest.mark.facts
SERVED = {route.operation for routes in ROUTES.values() for route in routes}

CONFTEST = """
from tests.graph_server.recording import start_recording

def pytest_configure(config):
    start_recording(config, frozenset({"GET /a", "GET /b"}))
"""
TESTS = """
from tests.graph_server.operations import Recorder

def test_one():
    Recorder().note("GET /a")

def test_two():
    Recorder().note("GET /b")
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "conftest.py").write_text(CONFTEST)
    (tmp_path / "mine" / "test_two.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = mine\n")
    return tmp_path


def run(suite: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=suite,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("workers", [(), ("--numprocesses", "2")])
def test_a_run_that_exercised_everything_passes(suite: Path, workers: tuple[str, ...]):
    ended = run(suite, *workers)

    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("workers", [(), ("--numprocesses", "2")])
def test_a_run_that_left_one_out_fails_and_names_it(suite: Path, workers: tuple[str, ...]):
    (suite / "mine" / "test_two.py").write_text(TESTS.partition("def test_two")[0])
    ended = run(suite, *workers)

    assert ended.returncode == 1
    assert "no test of the product exercised GET /b" in ended.stdout


@pytest.mark.parametrize(
    "arguments", [(), ("--numprocesses", "2"), ("-k", "two"), ("mine/test_two.py::test_two",)]
)
def test_a_run_in_which_the_product_exercised_something_new_fails_and_names_it(
    suite: Path, arguments: tuple[str, ...]
):
    (suite / "mine" / "test_two.py").write_text(TESTS + '    Recorder().note("GET /c")\n')
    ended = run(suite, *arguments)

    assert ended.returncode == 1
    assert "the product exercised GET /c, which must_exercise.py does not name" in ended.stdout


def test_a_run_of_some_tests_need_not_exercise_everything(suite: Path):
    assert run(suite, "-k", "one").returncode == 0
    assert run(suite, "mine/test_two.py::test_one").returncode == 0


def test_what_has_to_be_exercised_is_served():
    assert not MUST_EXERCISE - SERVED - {"POST /$batch"}


def test_nothing_is_served_that_the_contract_does_not_know():
    paths = oracle(FACTS).doc["paths"]
    known = {f"{method.upper()} {path}" for path, item in paths.items() for method in item}

    assert SERVED - known == set()
    assert len(SERVED) > 50
