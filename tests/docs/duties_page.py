"""Writes docs/duties.md from the pack's catalogue: `python -m tests.docs.duties_page`."""

from __future__ import annotations

from pathlib import Path

from rp_england.catalogue import RULES
from rp_england.checklists import CHECKLISTS

PAGE = Path(__file__).parents[2] / "docs" / "duties.md"
WORDS = {"C": "confirmed", "S": "secondary source", "U": "unconfirmed", "P": "our proposal"}
HEAD = """# The duties and where they come from

Every task of a case comes from one of these rules. "Confirmed" means that we have read the law or the
official page, "secondary source" that a council, a law firm or an advice service says so, "our proposal" that
it is good practice as we understand it and the school may see it otherwise. The rules are England's, and none
of this is legal advice.

When each one is created, and how its date is found, is in `plugins/rp_england/`.

| rule | what it asks | of | on what authority | how sure |
|---|---|---|---|---|
"""
CHECKLISTS_HEAD = """
## What a task should cover

These tasks come with a checklist, on the case page and in the workspace. It reminds; nothing waits for it.
"""


def page() -> str:
    """The whole page: one row a rule in the catalogue's order, then the checklists."""
    rows = (
        f"| `{name}` | {rule.title} | {rule.role} | {rule.basis} | {WORDS[rule.confidence]} |"
        for name, rule in RULES.items()
    )
    return HEAD + "\n".join(rows) + "\n" + CHECKLISTS_HEAD + "\n".join(map(_checklist, CHECKLISTS)) + "\n"


def _checklist(name: str) -> str:
    source, steps = CHECKLISTS[name]
    lines = "".join(f"\n- {step}" for step in steps)
    return f"\n**{RULES[name].title}** (`{name}`; {source})\n{lines}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
