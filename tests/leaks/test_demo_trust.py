"""The same search over a whole demonstration: two schools, twelve hundred pupils, every command."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import docx
import pytest
from starlette.testclient import TestClient

from rp_connect.services.list_cases import list_cases
from rp_connect.testing.invented_trust import InventedTrust, write_trust
from rp_connect.web import make_app
from rp_connect.wiring.office import build_office
from tests.leaks.canaries import file_names
from tests.leaks.program import Program, talkative

NOW = "2026-11-18T10:00"
COMMANDS = (
    "check", "check --json", "case list --json", "case show RP-2026-0003", "task list", "task list --json",
    "effect list --json", "refused", "refused --json", "pull --json", "deliver --json",
    "report absence", "report absence --json",
)  # fmt: skip
_WORD = re.compile(r"[\w.@+/-]+(?:['’]\w+)?")


@dataclass(frozen=True)
class Demo:
    """A demonstration that was run, and everything it said."""

    folder: Path
    trust: InventedTrust
    said: Sequence[tuple[str, str]]

    @cached_property
    def personal(self) -> tuple[frozenset[str], Sequence[str]]:
        """Names of one word, each by itself; those of several words, dates and addresses as they stand."""
        kinds = self.trust.personal
        every = {*kinds.names, *kinds.dates_of_birth, *kinds.emails}
        single = frozenset(one for one in every if _WORD.fullmatch(one))
        return single, sorted(every - single)

    def found(self, text: str) -> set[str]:
        """Whole words only: “Ash” is no part of “dashed”."""
        words = set(_WORD.findall(text))
        single, several = self.personal
        return words & single | {one for one in several if one.split()[0] in words and one in text}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The whole demonstration at its most talkative, and then the commands that read it."""
    folder = tmp_path_factory.mktemp("demo") / "trust"
    here = Program(str(folder / "rp-connect.toml"), NOW)
    with pytest.MonkeyPatch.context() as monkeypatch, talkative(monkeypatch, here.records):
        assert here.run("demo", "--dir", str(folder), "--no-serve").code == 0
        for words in COMMANDS:
            assert here.run(*words.split()).code in (0, 3), words
    same = write_trust(tmp_path_factory.mktemp("same"), datetime.fromisoformat(NOW).date())
    return Demo(folder, same, list(here.said))


def test_a_demonstration_says_nothing_about_any_of_its_people(demo: Demo) -> None:
    assert len(demo.trust.personal.names) > 500
    assert [(where, demo.found(text)) for where, text in demo.said if demo.found(text)] == []


def test_a_demonstration_names_no_file_after_anybody(demo: Demo) -> None:
    names = file_names(demo.folder)
    assert len([name for name in names if name.endswith(".docx")]) > 20
    assert [name for name in names if demo.found(name)] == []


def test_what_a_demonstration_queued_and_gave_out_as_tasks_names_nobody(demo: Demo) -> None:
    tasks = json.loads(next(text for where, text in demo.said if where == "stdout of task list --json"))
    assert len(tasks) > 300
    files = list(demo.folder.rglob("tasks/*.ics"))
    assert len(files) > 300
    births_and_names = demo.trust.personal.names | demo.trust.personal.dates_of_birth
    for text in [*(task["title"] for task in tasks), *(file.read_text(encoding="utf-8") for file in files)]:
        assert demo.found(text) & births_and_names == set(), text


def test_each_name_reached_the_page_and_the_sheet_of_its_case(demo: Demo) -> None:
    office = build_office(demo.folder / "rp-connect.toml", now=NOW)
    try:
        rows = list_cases(office)
        assert len(rows) > 20
        with TestClient(make_app(office, port=8765), base_url="http://127.0.0.1:8765") as browser:
            for row in rows:
                name = row.pupils[0].record.display_name
                (file,) = demo.folder.glob(f"*/workspace/records/{row.case.ref}.docx")
                tables = docx.Document(str(file)).tables
                assert name in {cell.text for table in tables for line in table.rows for cell in line.cells}
                page = browser.get(f"/cases/{row.case.ref}").text.replace("&#39;", "'")
                assert name in page, row.case.ref
    finally:
        office.store.close()


def test_the_search_finds_each_kind_of_thing_that_it_looks_for(demo: Demo) -> None:
    kinds = demo.trust.personal
    for kind in (kinds.names, kinds.dates_of_birth, kinds.emails):
        assert [one for one in kind if one not in demo.found(f"It was {one}, so they say.")] == []
