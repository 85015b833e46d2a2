"""Our Bicep as its parser reads it: a small view of what the tests ask."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from pycep import BicepParser

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
FILES = sorted(INFRA.rglob("*.bicep"))
PARAMETER_FILES = sorted(INFRA.glob("*.bicepparam"))
_USING = re.compile(r"\Ausing 'main\.bicep'$", re.MULTILINE)


@cache
def parsed(path: Path) -> dict[str, Any]:
    """Raises what the parser raises where the file is no Bicep."""
    return dict(BicepParser().parse(text=path.read_text(encoding="utf-8")))


def given(path: Path) -> dict[str, str]:
    """The parameters of a .bicepparam as (name, text). The parser knows neither `using` nor a value without
    a type, so each is read as the variable that it would be elsewhere: that says whether it is Bicep."""
    text = path.read_text(encoding="utf-8")
    assert _USING.match(text), f"{path.name} must begin with: using 'main.bicep'"
    rest = re.sub(r"^param (\w+) =", r"var \1 =", _USING.sub("", text), flags=re.MULTILINE)
    return {name: repr(value) for name, value in BicepParser().parse(text=rest)["variables"].items()}


def text_of(name: str) -> str:
    return (INFRA / name).read_text(encoding="utf-8")


def app_settings() -> dict[str, str]:
    """Every setting that the function app is given, as (name, text)."""
    app = parsed(INFRA / "modules" / "function-app.bicep")["resources"]["app"]
    rows = app["config"]["properties"]["siteConfig"]["appSettings"]
    return {row["name"]: repr(row["value"]) for row in rows}
