"""On what the figures were taken: versions and cores, never the name of a machine."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from importlib.metadata import version

PACKAGES = ("SQLAlchemy", "pydantic", "psycopg", "starlette", "click")


def machine() -> dict[str, str]:
    return {
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "SQLite": sqlite3.sqlite_version,
        **{package: version(package) for package in PACKAGES},
        "load": _load(),
    }


def _load() -> str:
    """How busy the machine was before we began: above zero means that others were at work."""
    return f"{os.getloadavg()[0]:.1f}" if sys.platform != "win32" else "unknown"
