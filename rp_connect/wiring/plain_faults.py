"""What leaves a trigger was written by us: the host sends the text of an error to where logs are kept.

The text of an error that nobody expected may hold what it stumbled over, such as a pupil's name.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from rp_connect.cli.logs import OURS
from rp_connect.errors import RpConnectError

_log = logging.getLogger(__name__)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Errors of ours pass, without what they came of. Any other goes to the log by its kind and its place,
    and comes out as an RpConnectError that names its kind alone."""
    try:
        yield
    except RpConnectError as fault:
        raise fault from None
    except Exception as fault:  # noqa: BLE001 - the last that hears of it before the host
        kind = type(fault).__name__
        _log.error("something went wrong: %s at %s", kind, _place(fault))
        raise RpConnectError(
            f"Something went wrong that nobody expected ({kind}); the log says where."
        ) from None


def _place(fault: Exception) -> str:
    """The last line of ours that it passed through, as file and line."""
    frames = [
        (str(frame.f_globals.get("__name__")), line) for frame, line in traceback.walk_tb(fault.__traceback__)
    ]
    module, line = [each for each in frames if each[0].startswith(OURS)][-1]
    return f"{module.replace('.', '/')}.py:{line}"
