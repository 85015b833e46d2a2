"""What a page must be for everybody who reads it: names, order, size and contrast, in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

MEASURE = Path(__file__).with_name("page_audit.js")
FIGURES = {"target": 44, "contrast": 4.5, "largeContrast": 3.0}
_OPEN = "() => document.querySelectorAll('details').forEach(el => { el.open = true })"
_STILL = "() => Promise.all(document.getAnimations().map(one => one.finished)).then(() => true)"
_WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


def faults_of(page: Page) -> list[str]:
    """Each thing that stands in somebody's way, in a few words; folded parts are opened first."""
    page.evaluate(_OPEN)
    page.evaluate(_STILL)  # what fades in has its own colours only when it has arrived
    found: list[str] = page.evaluate(MEASURE.read_text(encoding="utf-8"), FIGURES)
    return found


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window, folded parts opened."""
    page.evaluate(_OPEN)
    wider: bool = page.evaluate(_WIDER)
    return wider
