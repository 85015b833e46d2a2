"""The web pages on this machine alone: uvicorn on 127.0.0.1, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from rp_connect.errors import UsageError
from rp_connect.services.office import Office

HOST = "127.0.0.1"


def serve(
    office: Office,
    port: int,
    tell: Callable[[str], None],
    notice: str = "",
    beside: AbstractContextManager[object] | None = None,
) -> None:
    """Serve until stopped; `beside` is entered once the port is ours, and left when the pages end.

    Raises UsageError where the port is taken, KeyboardInterrupt after Ctrl-C.
    """
    import uvicorn

    from rp_connect.web import make_app

    with _listen(port) as listener:
        port = listener.getsockname()[1]
        app = make_app(replace(office, page=f"http://{HOST}:{port}"), port=port, notice=notice)
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="off",
            proxy_headers=False,
            server_header=False,
        )
        signal.signal(signal.SIGTERM, _leave)
        tell(f"The pages are at http://{HOST}:{port}, on this machine alone. Ctrl-C stops them.")
        with beside or nullcontext():
            uvicorn.Server(config).run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except PermissionError:
        raise UsageError(f"Port {port} may not be used by this account; choose one above 1023.") from None
    except OSError:
        raise UsageError(f"Port {port} is in use by another program; choose another with --port.") from None


def _leave(_signal: int, _frame: object) -> None:
    """SIGTERM is an orderly end: every block that is open closes, and the exit code is 0."""
    sys.exit(0)
