"""The canary school after its commands were run once for all of these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.drop_school import DropSchool
from tests.leaks.canaries import NOW, PARENT, canary_school, write
from tests.leaks.program import Program, talkative

COMMANDS = (
    "sync --preview", "sync --preview --json", "sync", "sync --json", "sync --full --json", "deliver --json",
    "deliver", "pull", "pull --json", "check", "check --json", "case list", "case list --json",
    "case show RP-2026-0001", "case show RP-2026-0001 --json", "case meet RP-2026-0001 --suggest",
    f"case meet RP-2026-0001 --at 2026-11-16T14:20 --place Hall --invite {PARENT}",
    f"case meet RP-2026-0001 --at 2026-11-16T14:20 --invite Mortlock --invite {PARENT}",
    f"case meet RP-2026-0002 --at 2026-11-16T14:20 --invite {PARENT}",
    "case meet RP-2026-0002 --cancel", "case stage RP-2026-0001 triage", "case stage RP-2026-0001 held",
    "case answer RP-2026-0001 further", "case dates RP-2026-0003 --start 2026-11-16 --sessions 4",
    "case outcome RP-2026-0001 --held 2026-11-12 --result agreed --note Mortlock",
    "case open --kind debrief Mortlock", "case cancel RP-2026-0002", "task list", "task list --json",
    "task done RP-2026-0001.tell-parent.1", "task done nonsense", "effect list", "effect list --json",
    "effect retry 999", "deliver", "pull", "refused", "refused --json", "plugins", "plugins --json",
    "setup local", "sync --accept pupils.csv", "check --json",
)  # fmt: skip
"""Every command, in the order of a first week; some of them are refused."""


@dataclass(frozen=True)
class Trail:
    """The school's folder as the commands left it, and all that they said."""

    school: DropSchool
    program: Program

    @property
    def folder(self) -> Path:
        return self.school.folder


@pytest.fixture(scope="session")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Trail:
    school = canary_school(tmp_path_factory.mktemp("canaries"))
    write(school)
    made = Program(str(school.folder / "rp-connect.toml"), NOW)
    with pytest.MonkeyPatch.context() as monkeypatch, talkative(monkeypatch, made.records):
        for words in COMMANDS:
            made.run(*words.split())
    return Trail(school, made)


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Program]]:
    """`program(config)` runs commands on that configuration."""
    made = Program("", NOW)

    def on(config: Path) -> Program:
        made.config = str(config)
        return made

    with talkative(monkeypatch, made.records):
        yield on
