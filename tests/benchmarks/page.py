"""Asks for the board so many times, and prints what each time took: one JSON line.

python -m tests.benchmarks.page rp-connect.toml 2026-12-14T10:00 9 [s001]

With a school it is the page of somebody who may see that school alone; without, of one who may see all.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from rp_connect.services.only_schools import only_schools
from rp_connect.web import make_app
from rp_connect.wiring.office import build_office
from tests.benchmarks.browser import PORT, get
from tests.benchmarks.measure import took
from tests.functions.host import peak_mib


def main(words: list[str]) -> None:
    config, now, times, *schools = words
    whole = build_office(Path(config), now=now)
    try:
        app = make_app(only_schools(whole, schools, []) if schools else whole, port=PORT)
        size = len(get(app, "/"))  # templates are compiled
        costs = [asdict(took(lambda: get(app, "/"))) for _ in range(int(times))]
    finally:
        whole.store.close()
    sys.stdout.write(json.dumps({"bytes": size, "costs": costs, "rss_mib": peak_mib()}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
