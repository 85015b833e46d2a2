"""`serve` and `run`: on this machine alone, and they end as they are told to."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.cli.installation import NOW, Installation, environment


@contextmanager
def running(installation: Installation, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program in the background, with the address that it says."""
    program = subprocess.Popen(
        [sys.executable, "-u", "-m", "rp_connect", "--now", NOW, *words, "--port", "0"],
        cwd=installation.folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert program.stdout is not None
    try:
        found = None
        while found is None:
            line = program.stdout.readline()
            assert line, program.communicate()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
        yield program, found[0]
    finally:
        program.kill()
        program.communicate()


def ended(program: subprocess.Popen[str], how: signal.Signals) -> tuple[int, str]:
    program.send_signal(how)
    _, said = program.communicate(timeout=60)
    return program.returncode, said.strip()


@pytest.mark.parametrize("words", ["serve", "run"])
@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        (signal.SIGINT, 130, "Interrupted: what was finished before stays as it is."),
        (signal.SIGTERM, 0, ""),
    ],
)
def test_it_opens_on_this_machine_and_ends_when_told(synced: Installation, words, how, code, said):
    with running(synced, words) as (program, address), urlopen(address) as page:  # noqa: S310 - our own
        assert page.status == 200
        assert ended(program, how) == (code, said)


def test_run_does_the_jobs_beside_the_pages(installation: Installation):
    with running(installation, "run") as (program, _):
        wait_until(lambda: {e["state"] for e in installation.json("effect", "list", now=None)} == {"done"})
        assert ended(program, signal.SIGTERM)[0] == 0
    assert len(installation.json("case", "list", now=None)) == 2
    assert all(task["external_id"] for task in installation.json("task", "list", now=None))


@pytest.mark.parametrize("words", ["serve", "run"])
def test_a_port_in_use_is_one_sentence(synced: Installation, words):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = synced.spawn(words, "--port", port)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"Port {port} is in use by another program; choose another with --port.\n"


@pytest.mark.parametrize("words", ["serve", "run"])
def test_with_an_address_for_others_but_no_sign_in_only_health_answers(synced: Installation, words):
    config = synced.folder / "rp-connect.toml"
    config.write_text(config.read_text() + '\n[web]\npublic_url = "https://rp.trust.example"\n')
    with running(synced, words) as (_, address):
        with pytest.raises(HTTPError, match="503"):
            urlopen(address)  # noqa: S310 - our own
        with urlopen(f"{address}/health") as answer:  # noqa: S310 - our own
            assert json.load(answer) == {"status": "ok"}


def wait_until(true, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.5)


def test_the_api_answers_the_same_tasks_as_the_terminal(synced: Installation):
    with running(synced, "serve") as (_, address), urlopen(f"{address}/api/tasks") as answer:  # noqa: S310
        assert json.load(answer) == synced.json("task", "list")
