"""A hook that is not in docs/hooks.md with its arguments, or that no test answers, does not exist."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pluggy

from rp_connect.hooks import specs
from rp_connect.hooks.markers import PROJECT

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "hooks.md"


def hooks() -> dict[str, pluggy.HookCaller]:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(specs)
    return {name: hook for name, hook in vars(manager.hook).items() if not name.startswith("_")}


def signature(hook: pluggy.HookCaller) -> str:
    assert hook.spec is not None
    return f"{hook.name}({', '.join(hook.spec.argnames)})"


def test_every_hook_has_its_heading_and_no_heading_lacks_its_hook():
    headings = re.findall(r"^## (.*)$", DOCUMENT.read_text(), re.MULTILINE)

    assert sorted(headings) == sorted(signature(hook) for hook in hooks().values())


def test_every_hook_says_in_its_docstring_what_to_do():
    assert [name for name in hooks() if not inspect.getdoc(getattr(specs, name))] == []


def test_every_hook_is_answered_in_a_test_that_bears_its_name():
    tests = "".join(path.read_text() for path in HERE.glob("test_*.py"))

    assert [name for name in hooks() if f"def test_hook_{name}_" not in tests] == []
