"""The real program, run inside this process, with everything it says kept: answers, logs, exit codes."""

from __future__ import annotations

import io
import logging
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field

import pytest

from rp_connect import __main__
from rp_connect.cli import program
from rp_connect.cli.logs import start_logging


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


class Records(logging.Handler):
    """Every record that reaches the root logger, with its arguments and its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        trail = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self.texts.append(f"{record.levelname} {record.name} {record.getMessage()} {record.args!r} {trail}")


@dataclass
class Program:
    """Runs commands on one configuration; `said` is all that any of them ever put out."""

    config: str
    now: str
    records: Records = field(default_factory=Records)
    answers: list[tuple[Sequence[str], Answer]] = field(default_factory=list)

    def run(self, *words: str) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        sys.argv = ["rp-connect", "--config", self.config, "--now", self.now, *words, "--verbose"]
        with redirect_stdout(out), redirect_stderr(err):
            code = __main__.main()
        answer = Answer(code, out.getvalue(), err.getvalue())
        self.answers.append((words, answer))
        return answer

    @property
    def said(self) -> Iterator[tuple[str, str]]:
        """Where, and what was said there."""
        for words, answer in self.answers:
            yield f"stdout of {' '.join(words)}", answer.out
            yield f"stderr of {' '.join(words)}", answer.err
        for text in self.records.texts:
            yield "a log record", text


@contextmanager
def talkative(monkeypatch: pytest.MonkeyPatch, records: Records) -> Iterator[None]:
    """Logs are at their most talkative: what `--verbose` should bring about, and what is then kept."""
    root, argv = logging.getLogger(), sys.argv
    handlers, level = list(root.handlers), root.level
    monkeypatch.setattr(program, "start_logging", lambda *, verbose: start_logging(verbose=True))
    root.addHandler(records)
    try:
        yield
    finally:
        sys.argv = argv
        root.setLevel(level)
        for handler in [one for one in root.handlers if one not in handlers]:
            root.removeHandler(handler)
