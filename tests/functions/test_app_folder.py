"""The folder that is deployed is wiring only, and costs next to nothing until something is asked of it."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rp_connect.wiring import errands, storage_queue
from tests.functions.worker import APP

FILES = sorted(APP.rglob("*.py"))
MAY_IMPORT = ("azure.functions", "blueprints", "rp_connect.wiring")
LONGEST = 20


def imported(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(str(node.module))
    return found


def is_near(name: str) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in MAY_IMPORT)


def names(path: Path) -> str:
    return str(path.relative_to(APP))


def test_there_are_files_to_look_at():
    assert {"function_app.py", "blueprints/web.py", "blueprints/queue.py"} <= set(map(names, FILES))


@pytest.mark.parametrize("path", FILES, ids=names)
def test_each_file_is_short_and_imports_only_its_own_and_the_wiring(path):
    assert len(path.read_text().splitlines()) <= LONGEST
    assert [name for name in imported(path) if not is_near(name)] == []


def test_a_file_that_reaches_further_would_be_found(tmp_path):
    path = tmp_path / "far.py"
    path.write_text("import azure.functions\nfrom rp_connect.storage import store\n")

    assert [name for name in imported(path) if not is_near(name)] == ["rp_connect.storage"]


def loaded(program: str) -> set[str]:
    """Modules after `program` in an interpreter of its own, with the app's folder as the host has it."""
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"],
        cwd=APP,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_a_cold_start_loads_nothing_beside_microsofts_own_library_but_a_few_files_of_ours():
    ours = loaded("import function_app") - loaded("import azure.functions")
    tops = {name.partition(".")[0] for name in ours} - set(sys.stdlib_module_names)

    assert tops == {"function_app", "blueprints", "rp_connect"}
    assert {name for name in ours if name.startswith("rp_connect")} == {
        "rp_connect",
        "rp_connect.wiring",
        "rp_connect.wiring.cloud",
        "rp_connect.wiring.cloud_pages",
        "rp_connect.wiring.once",
    }


def seconds_of(words: str) -> int:
    hours, minutes, seconds = map(int, words.split(":"))
    return 3600 * hours + 60 * minutes + seconds


def test_a_long_reading_may_last_an_hour_and_a_turn_is_over_long_before():
    host = json.loads((APP / "host.json").read_text())

    assert seconds_of(host["functionTimeout"]) >= max(3600, 5 * errands.TURN_S)
    assert (
        seconds_of(host["extensions"]["queues"]["visibilityTimeout"]) == 60
    )  # until the next try, no longer
    assert host["extensions"]["queues"]["maxDequeueCount"] == 5
    assert host["extensions"]["http"]["routePrefix"] == ""


def test_the_trigger_and_the_bell_speak_of_the_same_queue():
    trigger = (APP / "blueprints" / "queue.py").read_text()

    assert re.findall(r'queue_name="([^"]+)", connection="([^"]+)"', trigger) == [
        (storage_queue.QUEUE, storage_queue.CONNECTION)
    ]
