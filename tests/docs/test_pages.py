"""What the pages say must be so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs import mis_checks_page, workspace_checks_page
from tests.docs.duties_page import PAGE, page

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_page_of_duties_is_what_the_rules_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_table_of_the_workspace_checks_is_what_the_kit_checks() -> None:
    page_now = workspace_checks_page.PAGE.read_text(encoding="utf-8")
    assert page_now == workspace_checks_page.page()
    assert "`a_create_repeated_never_makes_two`" in page_now


def test_the_table_of_the_mis_checks_is_what_the_kit_checks() -> None:
    page_now = mis_checks_page.PAGE.read_text(encoding="utf-8")
    assert page_now == mis_checks_page.page()
    assert "`a_login_page_is_not_an_empty_school`" in page_now


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_every_link_and_picture_of_a_page_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_no_page_calls_a_child_a_victim_or_an_offender(path: Path) -> None:
    assert not re.search(
        r"\b(victim|offender|perpetrator)s?\b", path.read_text(encoding="utf-8"), re.IGNORECASE
    )
