"""The way in: what it costs, what it imports, and how it ends whatever happens."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from rp_connect import __version__
from tests.cli.installation import NOW, Installation, environment, run, spawn

HEAVY = ("office365", "msal", "docx", "icalendar", "starlette", "uvicorn", "alembic", "requests", "jinja2")


def imported_by(*words: str, folder: Path) -> set[str]:
    """The top-level modules that are loaded once the program has run with these words."""
    script = (
        "import sys; from rp_connect.__main__ import main; code = main(); "
        "sys.stderr.write(' '.join({name.partition('.')[0] for name in sys.modules})); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words], cwd=folder, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_the_version_is_told_without_importing_anything(tmp_path):
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; sys.stderr.write(' '.join(sys.modules))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    python = {name.partition(".")[0] for name in bare.stderr.split()}
    assert imported_by("--version", folder=tmp_path) - python == {"rp_connect"}


def test_the_version_is_the_packages_own(tmp_path):
    answer = spawn("--version", folder=tmp_path)
    assert (answer.code, answer.out) == (0, f"rp-connect {__version__}\n")


def test_the_version_may_follow_another_option(tmp_path):
    assert run("--verbose", "--version", folder=tmp_path).out == f"rp-connect {__version__}\n"


def test_the_version_costs_hardly_more_than_python_itself():
    def cost(*words: str) -> float:
        began = perf_counter()
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL, env=environment())
        return perf_counter() - began

    pairs = [(cost("-c", "pass"), cost("-m", "rp_connect", "--version")) for _ in range(15)]
    assert median(ours / bare for bare, ours in pairs) < 1.5 + 0.5  # a busy machine measures noisily


def test_listing_tasks_imports_nothing_that_it_does_not_need(synced: Installation):
    loaded = imported_by("--now", NOW, "task", "list", "--json", folder=synced.folder)
    assert loaded & set(HEAVY) == set()


def test_the_help_imports_no_command(tmp_path):
    assert imported_by("--help", folder=tmp_path) & {*HEAVY, "pydantic", "sqlalchemy", "pluggy"} == set()


def test_every_short_help_is_the_first_line_of_its_command():
    from rp_connect.cli.program import COMMANDS, program

    group = program()
    context = group.make_context("rp-connect", ["check"], obj=None)
    for name, (_, line) in COMMANDS.items():
        command = group.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert line.endswith(".")


def test_a_command_that_does_not_exist_is_one_sentence(tmp_path):
    answer = spawn("reconcile", folder=tmp_path)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "No such command 'reconcile'. Try “rp-connect --help”.\n"


def test_an_option_that_does_not_exist_is_one_sentence(installation):
    answer = installation.run("sync", "--all-of-it")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1


def test_a_missing_configuration_is_one_sentence_that_says_what_to_do(tmp_path):
    answer = spawn("check", folder=tmp_path)
    assert (answer.code, answer.out) == (2, "")
    assert "rp-connect init" in answer.err
    assert answer.err.count("\n") == 1


def test_the_configuration_may_be_named_before_or_after_the_command(installation, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    config = str(installation.config)
    before = run("--config", config, "--now", NOW, "check", "--json", folder=elsewhere)
    after = run("check", "--json", "--config", config, "--now", NOW, folder=elsewhere)
    named = run("check", "--json", "--now", NOW, folder=elsewhere, RP_CONNECT_CONFIG=config)
    assert before.json == after.json == named.json


def test_a_fault_inside_is_one_sentence_without_its_contents(installation):
    script = (
        "import sys; from rp_connect.__main__ import main; import rp_connect.cli.check as c\n"
        "def broken(office, progress): raise ValueError('Canarybird')\n"
        "c.check_installation = broken\n"
        "sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "check"],
        cwd=installation.folder, env=environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Something went wrong inside rp-connect (ValueError in cli/check).")
    assert "Canarybird" not in done.stderr


def test_a_reader_who_leaves_early_is_no_fault(synced: Installation):
    program = subprocess.Popen(
        [sys.executable, "-m", "rp_connect", "--now", NOW, "task", "list", "--json"],
        cwd=synced.folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.close()
    said = program.stderr.read()
    program.stderr.close()
    program.wait()
    assert said == ""


def test_colours_are_for_terminals_alone(synced: Installation):
    assert "\x1b" not in synced.run("check").out


@pytest.mark.parametrize(("environ", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_colours_unless_it_refuses_them(synced: Installation, environ, coloured):
    assert ("\x1b[" in on_a_terminal("--now", NOW, "check", folder=synced.folder, **environ)) is coloured


def on_a_terminal(*words: str, folder: Path, **environ: str) -> str:
    """What the program writes when its stdout is a terminal."""
    ours, its = os.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "rp_connect", *words], cwd=folder, env=environment(TERM="xterm", **environ),
        stdout=its, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(its)
    said = b""
    while chunk := _read(ours):
        said += chunk
    program.wait()
    os.close(ours)
    return said.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when the other side of a terminal has closed
        return b""


def test_a_progress_bar_is_drawn_on_a_terminal_and_taken_away_again(installation: Installation):
    ours, its = os.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "rp_connect", "--now", NOW, "sync"], cwd=installation.folder,
        env=environment(TERM="xterm"), stdout=subprocess.PIPE, stderr=its,
    )  # fmt: skip
    os.close(its)
    said = b""
    while chunk := _read(ours):
        said += chunk
    answer, _ = program.communicate()
    os.close(ours)
    assert b"northwick suspensions.csv" in said
    assert said.endswith(b"\x1b[1A\x1b[2K")
    assert answer.startswith(b"northwick  2 cases opened")
