"""The host keeps every line that is logged in one of its workers: here, too, they are our own words alone.

What other libraries log may hold an address with a secret in it, a header, or a name.
"""

from __future__ import annotations

import logging

from rp_connect.cli.logs import OURS

QUIET = ("azure", "urllib3", "msal", "sqlalchemy", "alembic")
"""They would say something at each call. (Azure's tell the address and the headers of every request.)"""
_MAY_SPEAK = (OURS, "azure_functions", "azure.functions")
"""We, and Microsoft's worker, whose lines are about itself."""


def keep_logs_to_ourselves() -> None:
    """Once for each place to which the log goes, however often it is called."""
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for handler in logging.getLogger().handlers:
        if not any(isinstance(each, OwnWords) for each in handler.filters):
            handler.addFilter(OwnWords())


class OwnWords(logging.Filter):
    """Lines of ours pass, without tracebacks, whose lines may hold contents. Of an error in a library nothing
    is left but that there was one: it may be why there are no figures."""

    def filter(self, record: logging.LogRecord) -> bool:
        ours = record.name.startswith(_MAY_SPEAK)
        if not ours and record.levelno < logging.ERROR:
            return False
        _say(record, record.getMessage() if ours else "an error in a library, whose words are left out")
        return True


def _say(record: logging.LogRecord, words: str) -> None:
    """In the record itself: before Python 3.12 a filter cannot hand on another."""
    kind = record.exc_info[0] if record.exc_info else None
    record.msg, record.args = f"{words} ({kind.__name__})" if kind else words, ()
    record.exc_info = record.exc_text = record.stack_info = None
