"""Writes manifests/entra/README.md from permissions.json: `python -m tests.manifests.permissions_page`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ENTRA = Path(__file__).parents[2] / "manifests" / "entra"
PAGE = ENTRA / "README.md"
HEAD = """# What the app may do in the school's tenant

rp-connect signs in to Microsoft 365 as an application, with no person behind it. These are all the
permissions that it can use, each with the feature that needs it and the narrowest form in which it works.
`permissions.json` has the same for programs. Grant nothing else, and nothing of a feature that is not used;
`rp-connect check` says which one is missing.
"""
SECTION = """
## {name}

Needed {needed}; for: {features}. {consent}

{reason}

**Narrowest that works.** {narrowest}

**How.** {how}. (App role `{id}`.)
"""


def permissions() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((ENTRA / "permissions.json").read_text("utf-8"))["permissions"]
    return found


def page() -> str:
    return HEAD + "".join(
        SECTION.format(
            **{key: value for key, value in one.items() if key not in ("features", "consent")},
            features=", ".join(one["features"]),
            consent="Consented to in Entra." if one["consent"] else "Not consented to in Entra.",
            how=one["grant"][0].upper() + one["grant"][1:],
        )
        for one in permissions()
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
