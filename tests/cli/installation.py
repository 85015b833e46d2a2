"""A small installation on disk and the real program run on it."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rp_connect.__main__ import main

NOW = "2026-11-12T10:00"
TRUST = """\
[trust]
name = "Northwick Learning Trust"

[store]
url = "sqlite:///rp-connect.db"
"""
SCHOOL = """
[[school]]
id = "{id}"
name = "{name}"
kind = "academy"
calendar = "{id}/calendar.csv"
mis = "file_drop"
workspace = "local"
live_from = 2026-09-01

[school.file_drop]
folder = "{id}/drop"

[school.local]
folder = "{id}/workspace"

[school.people]
lead = ["lead@{id}.example"]
"""
CALENDAR = """\
kind,first,last,label
term,2026-09-02,2026-12-18,Autumn
holiday,2026-10-26,2026-10-30,Half-term
term,2027-01-04,2027-03-26,Spring
term,2027-04-12,2027-07-21,Summer
"""
PUPILS = """\
pupil_id,upn,given_name,family_name,year_group,social_worker
P-1,H801200001001,Zebedee,Canarybird,9,N
P-2,,Wilhelmina,Quillfeather,10,N
P-3,,Oswald,Larkspur,7,N
"""
SUSPENSIONS = """\
suspension_id,pupil_id,category,reason_1,decided_at,start_date,start_session,sessions
S-1,P-1,SUSP,PP,2026-11-10,2026-11-11,AM,4
S-2,P-2,SUSP,DB,2026-11-11,2026-11-12,AM,6
"""
NAMES = ("Zebedee", "Canarybird", "Wilhelmina", "Quillfeather", "Oswald", "Larkspur")


@dataclass(frozen=True)
class Answer:
    """What the program said, and what it ended with."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as the one JSON document that it must be."""
        return json.loads(self.out)


def run(*words: str, folder: Path, **environ: str) -> Answer:
    """Run `rp-connect` with these words in `folder`, in this process, from its very beginning to its end."""
    out, err = io.StringIO(), io.StringIO()
    with _as_its_own_process(words, folder, environ), redirect_stdout(out), redirect_stderr(err):
        code = main()
    return _checked(Answer(code, out.getvalue(), err.getvalue()))


def spawn(*words: str, folder: Path, **environ: str) -> Answer:
    """The same in a process of its own, for what a process is needed for."""
    done = subprocess.run(
        [sys.executable, "-m", "rp_connect", *words],
        cwd=folder,
        env=environment(**environ),
        capture_output=True,
        text=True,
        timeout=120,
    )
    return _checked(Answer(done.returncode, done.stdout, done.stderr))


def _checked(answer: Answer) -> Answer:
    """No traceback and no pupil's name may ever be said."""
    said = answer.out + answer.err
    assert "Traceback" not in said
    assert not [name for name in NAMES if name in said]
    return answer


@contextmanager
def _as_its_own_process(words: Sequence[str], folder: Path, environ: Mapping[str, str]) -> Iterator[None]:
    words_before, environ_before, handlers = sys.argv, dict(os.environ), list(logging.root.handlers)
    level = logging.root.level
    sys.argv = ["rp-connect", *words]
    os.environ.clear()
    os.environ.update(environment(**environ))
    try:
        with chdir(folder):
            yield
    finally:
        sys.argv = words_before
        os.environ.clear()
        os.environ.update(environ_before)
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("RP_CONNECT_CONFIG", "COLUMNS")}
    return {**kept, "PYTHONUTF8": "1", **more}


@dataclass(frozen=True)
class Installation:
    """A folder with a configuration and real drop folders."""

    folder: Path

    def run(self, *words: str, now: str | None = NOW, **environ: str) -> Answer:
        moved = ["--now", now] if now else []
        return run(*moved, *words, folder=self.folder, **environ)

    def spawn(self, *words: str, now: str | None = NOW, **environ: str) -> Answer:
        moved = ["--now", now] if now else []
        return spawn(*moved, *words, folder=self.folder, **environ)

    def json(self, *words: str, now: str | None = NOW) -> Any:
        answer = self.run(*words, "--json", now=now)
        assert answer.code == 0, answer.err
        return answer.json

    def drop(self, name: str, text: str, school: str = "northwick") -> None:
        """What the MIS of a school exports now."""
        (self.folder / school / "drop" / name).write_text(text, encoding="utf-8")

    @property
    def config(self) -> Path:
        return self.folder / "rp-connect.toml"

    def add_school(self, school: str, name: str) -> None:
        (self.folder / school / "drop").mkdir(parents=True)
        (self.folder / school / "calendar.csv").write_text(CALENDAR, encoding="utf-8")
        with self.config.open("a", encoding="utf-8") as file:
            file.write(SCHOOL.format(id=school, name=name))


def install(folder: Path) -> Installation:
    """One school, three pupils, two suspensions; nothing read yet."""
    installation = Installation(folder)
    installation.config.write_text(TRUST, encoding="utf-8")
    installation.add_school("northwick", "Northwick High School")
    installation.drop("pupils.csv", PUPILS)
    installation.drop("suspensions.csv", SUSPENSIONS)
    return installation
