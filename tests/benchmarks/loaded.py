"""Runs the program, or asks for the board, and prints the modules that this loaded: one JSON line, the last.

python -m tests.benchmarks.loaded task list --json
python -m tests.benchmarks.loaded --page rp-connect.toml
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(words: list[str]) -> None:
    if words[:1] == ["--page"]:
        _ask_for_the_board(Path(words[1]))
    else:
        from rp_connect.__main__ import main as rp_connect

        sys.argv = ["rp-connect", *words]
        if code := rp_connect():
            sys.exit(code)
    sys.stdout.write("\n" + json.dumps(sorted(sys.modules)) + "\n")


def _ask_for_the_board(config: Path) -> None:
    from tests.benchmarks.browser import get, pages

    with pages(config) as app:
        get(app, "/")


main(sys.argv[1:])
