"""Fails a run of all tests that has left out an operation of Graph which the product is made of, and any run
in which the product exercised one that is not entered there."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.graph_server.contract import FACTS
from tests.graph_server.must_exercise import MUST_EXERCISE
from tests.graph_server.operations import FOLDER, exercised

NARROWING = ("keyword", "lf", "deselect", "ignore", "ignore_glob", "collectonly", "maxfail")


def start_recording(config: pytest.Config, must: frozenset[str] = MUST_EXERCISE) -> None:
    """In the process that leads the run; what it starts (workers, servers) writes into the same folder."""
    if hasattr(config, "workerinput") or FOLDER in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="rp-graph-operations-"))
    os.environ[FOLDER] = str(folder)
    config.pluginmanager.register(Recording(folder, must), "graph-operations")


def is_whole(config: pytest.Config) -> bool:
    """All tests but the live ones, as `make test` runs them, and with the contract at hand."""
    return (
        config.args_source is pytest.Config.ArgsSource.TESTPATHS
        and config.option.markexpr in ("", "not live")
        and not any(config.getoption(name, None) for name in NARROWING)
        and FACTS.is_dir()
    )


class Recording:
    """Judges once, when everybody has finished."""

    def __init__(self, folder: Path, must: frozenset[str]) -> None:
        self._folder, self._must = folder, must
        self.missing: list[str] = []
        self.unlisted: list[str] = []

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus != pytest.ExitCode.OK:
            return
        seen = exercised(self._folder)
        self.unlisted = sorted(seen - self._must)
        if is_whole(session.config):
            self.missing = sorted(self._must - seen)
        if self.unlisted or self.missing:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for operation in self.missing:
            terminalreporter.write_line(f"no test of the product exercised {operation}", red=True)
        for operation in self.unlisted:
            words = f"the product exercised {operation}, which must_exercise.py does not name"
            terminalreporter.write_line(words, red=True)

    def pytest_unconfigure(self) -> None:
        os.environ.pop(FOLDER, None)
        shutil.rmtree(self._folder, ignore_errors=True)
