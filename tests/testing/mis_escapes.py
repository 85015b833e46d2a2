"""Prints who gets away from one check of the MIS kit: `python -m tests.testing.mis_escapes <function>`.

Whoever is stopped by an accident (any error that is not the kit's) counts as got away.
"""

from __future__ import annotations

import sys

from rp_connect.testing.mis_kit import all_checks
from tests.testing.mis_sabotage import all_saboteurs, end_of, ground


def escapes(function: str) -> list[str]:
    """On a Paperbark, for the first kind of each check of that name."""
    found = []
    for saboteur in all_saboteurs():
        if saboteur.check.__name__ == function:
            check = saboteur.checks[0]
            with ground(check) as rig:
                if not isinstance(end_of(saboteur, rig, check), AssertionError):
                    found.append(saboteur.id)
    return found


if __name__ == "__main__":
    names = {check.function.__name__ for check in all_checks()}
    if sys.argv[1] not in names:
        raise SystemExit(f"there is no check called {sys.argv[1]}")
    sys.stdout.writelines(f"{name}\n" for name in escapes(sys.argv[1]))
