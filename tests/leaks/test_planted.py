"""The search is worth something only if it finds a leak that somebody planted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.drop_school import DropSchool
from tests.leaks.canaries import canary_school, leaks, write
from tests.leaks.program import Program

PLUGIN = """
import logging

from rp_connect.hooks.markers import hookimpl
from rp_connect.ports.mis import Kind, MisSpec
from rp_connect.errors import AccessError
from rp_file_drop.adapter import FileDrop
from rp_file_drop.settings import FileDropSettings


class Careless(FileDrop):
    def everything(self, kind):
        reading = super().everything(kind)
        if kind is Kind.PUPIL:
            for page in reading.pages():
                for record in page.records:
                    {leak}
        return reading


@hookimpl
def register_mis(register):
    register(MisSpec("careless", FileDropSettings, Careless))
"""
LEAKS = {
    "a log line": "logging.getLogger('rp_careless').debug('read %s', record.display_name)",
    "a log line of another library": "logging.getLogger('elsewhere').info(record.display_name)",
    "an argument that the line does not show": "logging.getLogger('rp_x').debug('%.0s', record.given_name)",
    "the sentence of an error": "raise AccessError(f'{record.family_name} may not be read.')",
    "something printed": "print(record.date_of_birth)",
}


@pytest.fixture
def careless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], DropSchool]:
    """`careless(leak)`: the canary school, read by an installed plugin that does `leak` with each pupil."""

    def make(leak: str) -> DropSchool:
        site = tmp_path / "site"
        info = site / "rp_careless-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: rp-careless\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[rp_connect]\nrp_careless = {module(leak)}\n")
        (site / f"{module(leak)}.py").write_text(PLUGIN.replace("{leak}", leak))
        monkeypatch.syspath_prepend(str(site))
        school = canary_school(tmp_path / "school")
        write(school)
        config = school.folder / "rp-connect.toml"
        text = config.read_text().replace('mis = "file_drop"', 'mis = "careless"')
        config.write_text(text.replace("[school.file_drop]", "[school.careless]"))
        return school

    return make


def module(leak: str) -> str:
    return f"rp_careless_{abs(hash(leak))}"


@pytest.mark.parametrize("how", LEAKS)
def test_a_planted_leak_is_found(
    how: str, careless: Callable[[str], DropSchool], program: Callable[[Path], Program]
) -> None:
    school = careless(LEAKS[how])
    here = program(school.folder / "rp-connect.toml")
    here.run("sync")
    assert any(leaks(text) for _, text in here.said)


@pytest.mark.parametrize(
    "fault",
    [
        "raise RuntimeError(record.display_name)",
        "raise KeyError(record)",
        "assert record.id == record.given_name",
    ],
)
def test_what_a_broken_plugin_says_of_a_pupil_stays_inside(
    fault: str, careless: Callable[[str], DropSchool], program: Callable[[Path], Program]
) -> None:
    """An error that nobody expected ends in a sentence without its words."""
    school = careless(fault)
    here = program(school.folder / "rp-connect.toml")
    assert here.run("sync").code == 1
    assert here.run("check").code == 0
    assert [text for _, text in here.said if leaks(text)] == []
