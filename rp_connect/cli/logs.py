"""Logs go to stderr: our own words and the plugins', one line each, without tracebacks.

Other libraries stay silent: what they log may hold an address or a name.
"""

from __future__ import annotations

import logging
import sys

OURS = "rp_"


class _OneLine(logging.Formatter):
    """A record without its traceback, whose lines may hold contents."""

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        if record.exc_info and record.exc_info[0]:
            text = f"{text} ({record.exc_info[0].__name__})"
        return f"{record.levelname.lower()}: {record.name}: {' '.join(text.split())}"


class _Stderr(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to whatever stderr is at that moment, as the terminal's answers do."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def start_logging(*, verbose: bool) -> None:
    """Send our logs to stderr: warnings, or everything where `verbose`."""
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler, _Stderr)]:
        root.removeHandler(old)
    handler = _Stderr()
    handler.setFormatter(_OneLine())
    handler.addFilter(lambda record: record.name.startswith(OURS))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if verbose else logging.WARNING)
    for noisy in ("asyncio", "urllib3", "msal", "uvicorn", "alembic", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
