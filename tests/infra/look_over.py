"""`make infra`: checkov over infra/. It needs an environment of its own, so this imports nothing of ours.

checkov ends with 0 where it could not read a template at all, so what it read is counted here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

INFRA = Path(__file__).parents[2] / "infra"
FEWEST = 30
"""Of resources in the templates: fewer were read only in part."""


def main() -> int:
    done = subprocess.run(
        [Path(sys.executable).with_name("checkov"), "--directory", str(INFRA), "--framework", "bicep",
         "--skip-download", "--compact", "--quiet", "--output", "json"],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        env={**os.environ, "LOG_LEVEL": "CRITICAL"},
    )  # fmt: skip
    found = json.loads(done.stdout)
    summary = found["summary"]
    for check in found["results"]["failed_checks"]:
        sys.stdout.write(
            f"{check['check_id']} {check['resource']} ({check['file_path']}): {check['check_name']}\n"
        )
    sys.stdout.write(
        f"checkov: {summary['passed']} passed, {summary['failed']} failed, {summary['skipped']} set aside"
        f" with a reason, {summary['resource_count']} resources, {summary['parsing_errors']} files not read\n"
    )
    whole = summary["parsing_errors"] == 0 and summary["resource_count"] >= FEWEST and summary["passed"] > 0
    return 0 if whole and summary["failed"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
