"""The plugin as the host meets it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pluggy
import pytest
from pydantic import ValidationError

from rp_connect.hooks.markers import PROJECT
from rp_connect.ports.workspace import Workspace
from rp_local import plugin
from tests.plugins.rp_local.conftest import open_workspace, specification


def test_the_plugin_answers_one_hook() -> None:
    manager = pluggy.PluginManager(PROJECT)
    manager.register(plugin)

    hooks = [caller.name for caller in manager.get_hookcallers(manager.get_plugins().pop()) or []]
    assert hooks == ["register_workspace"]


def test_it_registers_a_workspace_called_local_whose_clock_may_be_moved() -> None:
    spec = specification()

    assert (spec.name, spec.settings) == ("local", plugin.LocalSettings)
    assert spec.movable_clock(spec.settings.model_validate({"folder": "workspace"})) is True


@pytest.mark.parametrize("table", [{}, {"folder": ""}, {"folder": 3}, {"folder": "w", "colour": "red"}])
def test_a_setting_that_is_missing_wrong_or_unknown_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        plugin.LocalSettings.model_validate(table)


def test_building_it_creates_its_folders_and_setup_says_so(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path, folder="northwick/workspace")

    made = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert made == [
        "northwick",
        "northwick/workspace",
        *(f"northwick/workspace/{room}" for room in ("meetings", "notices", "records", "summaries", "tasks")),
    ]
    assert list(workspace.setup()) == [
        f"Created the folder northwick/workspace/{room}."
        for room in ("tasks", "meetings", "records", "summaries", "notices")
    ]
    assert list(workspace.setup()) == [
        "The folder northwick/workspace has all it needs; nothing was changed."
    ]
    assert list(workspace.probe()) == []


def test_a_folder_anywhere_on_the_machine_may_be_named(tmp_path: Path) -> None:
    open_workspace(tmp_path / "school", folder=str(tmp_path / "share"))

    assert (tmp_path / "share" / "tasks").is_dir()
    assert not (tmp_path / "school").exists()


def test_what_was_written_is_there_at_once_and_no_meeting_is_online(workspace: Workspace) -> None:
    assert (workspace.settles_after, workspace.online_meetings) == (0.0, False)


def test_opening_the_workspace_waits_for_neither_the_calendar_nor_the_word_library(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tests.plugins.rp_local.conftest import open_workspace\n"
        "workspace = open_workspace(Path(sys.argv[1]))\n"
        "workspace.setup(), workspace.tasks.find('RP-2026-0001'), workspace.notices.find('RP-2026-0001')\n"
        "print([name for name in ('icalendar', 'docx', 'lxml', 'dateutil') if name in sys.modules])\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=root, capture_output=True, text=True
    )

    assert (done.stdout, done.stderr) == ("[]\n", "")
