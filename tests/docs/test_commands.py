"""Every command that a sentence or a page tells people to type is one that the program takes."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rp_connect.cli.program import COMMANDS, program
from tests.docs.test_pages import PAGES, ROOT

SOURCES = [*sorted(ROOT.glob("rp_connect/**/*.py")), *sorted(ROOT.glob("plugins/**/*.py"))]
QUOTED = re.compile(r"(?:`|“|<code>)rp-connect ([a-z][^`”<]*)")
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
ON_A_LINE = re.compile(r"^ *rp-connect ([a-z][^#\n]*)", re.MULTILINE)
BARE = re.compile(rf"(?<![`“\w])rp-connect (?:{'|'.join(COMMANDS)})\b")
AN_APP = "pages"
"""“rp-connect pages” is what docs/sign-in.md calls the app registration."""
FILLED_IN = "7"
"""What stands for whatever a sentence fills in, and for whatever a person does: good as a number, too."""


def sentences(path: Path) -> Iterator[str]:
    """The string literals of a module, each whole however it is put together."""
    tree = ast.parse(path.read_text("utf-8"))
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for node in joined for part in node.values}
    for whole in joined:
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else FILLED_IN for part in whole.values
        )
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


def refusal(typed: str) -> click.ClickException | None:
    """What the program says of these words, without doing anything."""
    filled = re.sub(r"\bID\b", FILLED_IN, typed.replace("DATE", "2026-11-12").replace("…", " "))
    words = shlex.split(filled)
    command: click.Command = program()
    try:
        while isinstance(command, click.Group) and words:
            name, found, words = command.resolve_command(click.Context(command), words)
            assert found is not None, name
            command = found
        command.make_context(command.name, words)
    except click.ClickException as refused:
        return refused
    return None


def test_every_command_that_the_program_names_runs_as_it_is_printed():
    said = {typed for path in SOURCES for text in sentences(path) for typed in QUOTED.findall(text)}

    assert len(said) > 10
    assert [(typed, refused) for typed in sorted(said) if (refused := refusal(typed))] == []


def test_a_command_in_a_sentence_stands_in_quotation_marks_so_that_it_is_seen_where_it_ends():
    assert [(path.name, text) for path in SOURCES for text in sentences(path) if BARE.search(text)] == []


@pytest.mark.parametrize("path", [*PAGES, ROOT / "manifests/entra/README.md"], ids=lambda path: path.name)
def test_every_command_of_a_page_is_one_of_the_programs(path: Path):
    """A page may also call a command by its name alone, without the words that it needs."""
    text = path.read_text("utf-8")
    typed = [*QUOTED.findall(text), *ON_A_LINE.findall("".join(BLOCK.findall(text)))]
    refused = [(one, refusal(one)) for one in typed if one != AN_APP]

    assert [(one, said) for one, said in refused if said and not isinstance(said, click.BadParameter)] == []


@pytest.mark.parametrize("typed", ["setup", "effect retry", "effect rety 7", "sync --acept 7", "mend"])
def test_a_command_that_does_not_run_as_it_is_printed_would_be_seen(typed: str):
    assert refusal(typed) is not None
