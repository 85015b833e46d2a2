"""A school that uses Microsoft 365 pays for its libraries only when something is sent there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.drop_school import DropSchool, suspension

ROOT = Path(__file__).parents[2]
NOW = "2026-11-12T09:00"
HEAVY = {"office365", "msal", "requests", "urllib3", "cryptography"}


@pytest.fixture(scope="module")
def school(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("school")
    drop = DropSchool(folder, suspensions=[suspension("S1", "2026-11-10", 6)])
    drop.sync(NOW)
    config = folder / "rp-connect.toml"
    own = """[school.microsoft365]
tenant = "school.example"
credential = "token:env:GRAPH_TOKEN"
group = "staff"
site = "records"
organizer = "office@northwick.example"
graph_url = "http://127.0.0.1:9"
"""
    text = config.read_text().replace('workspace = "local"', 'workspace = "microsoft365"')
    config.write_text(text.replace('[school.local]\nfolder = "workspace"\n', own))
    return folder


def loaded(folder: Path, *words: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.loaded", *words], cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder), "GRAPH_TOKEN": "made-up"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


@pytest.mark.parametrize(
    "words", [("--version",), ("--now", NOW, "task", "list", "--json"), ("--page", "rp-connect.toml")]
)
def test_nothing_of_microsofts_libraries_is_loaded_for_what_does_not_go_there(school, words):
    assert loaded(school, *words) & HEAVY == set()


def test_building_a_way_to_graph_loads_nothing_and_a_call_only_what_it_needs():
    program = """
import sys
from tests.plugins.rp_microsoft365.loopback import Says, graph_at, loopback, read, create
def heavy():
    return sorted({"office365", "msal", "requests"} & {name.partition(".")[0] for name in sys.modules})
graph = graph_at("http://127.0.0.1:9")
print(heavy())
with loopback(Says(200, {"value": []})) as server:
    graph = graph_at(server.url)
    graph.ask(read())
    graph.ask_all([create()])
print(heavy())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == ["[]", "['requests']"]
