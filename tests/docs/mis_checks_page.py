"""Writes the table in docs/write-an-mis-adapter.md: `python -m tests.docs.mis_checks_page`."""

from __future__ import annotations

from pathlib import Path

from rp_connect.testing.mis_kit import Check, all_checks

PAGE = Path(__file__).parents[2] / "docs" / "write-an-mis-adapter.md"
BEGINS, ENDS = "<!-- checks begin -->\n", "<!-- checks end -->\n"
HEAD = "| check | of | why | only if the MIS can |\n|---|---|---|---|\n"


def table() -> str:
    """One row a check, in the kit's order; the kinds of a check share a row."""
    checks: dict[str, list[Check]] = {}
    for check in all_checks():
        checks.setdefault(check.function.__name__, []).append(check)
    return HEAD + "".join(row(name, same) for name, same in checks.items())


def row(name: str, same: list[Check]) -> str:
    kinds = ", ".join(check.kind for check in same if check.kind) or "the MIS"
    terms = same[0].terms
    needs = sorted(can.value for can in terms.needs) + sorted(f"not: {can.value}" for can in terms.without)
    return f"| `{name}` | {kinds} | {same[0].reason} | {'; '.join(needs)} |\n"


def page() -> str:
    """The whole page with the table as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGINS)[0], text.split(ENDS)[1]
    return before + BEGINS + table() + ENDS + after


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
