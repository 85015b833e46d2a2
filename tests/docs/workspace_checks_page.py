"""Writes the table in docs/write-a-workspace-adapter.md: `python -m tests.docs.workspace_checks_page`."""

from __future__ import annotations

from pathlib import Path

from rp_connect.testing.workspace_kit import Check, all_checks

PAGE = Path(__file__).parents[2] / "docs" / "write-a-workspace-adapter.md"
BEGINS, ENDS = "<!-- checks begin -->\n", "<!-- checks end -->\n"
HEAD = "| check | for | why | only if it can |\n|---|---|---|---|\n"


def table() -> str:
    """One row a check, in the kit's order; the rooms of a check share a row."""
    checks: dict[str, list[Check]] = {}
    for check in all_checks():
        checks.setdefault(check.function.__name__, []).append(check)
    return HEAD + "".join(row(name, same) for name, same in checks.items())


def row(name: str, same: list[Check]) -> str:
    rooms = ", ".join(check.room.attribute for check in same if check.room) or "the workspace"
    needs = sorted({can.value for check in same for can in check.needs})
    needs += sorted(f"not: {can.value}" for can in same[0].without)
    return f"| `{name}` | {rooms} | {same[0].reason} | {'; '.join(needs)} |\n"


def page() -> str:
    """The whole page with the table as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGINS)[0], text.split(ENDS)[1]
    return before + BEGINS + table() + ENDS + after


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
