"""The web pages, by uvicorn until Ctrl-C or SIGTERM: on 127.0.0.1, or where `[web]` says."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from ipaddress import ip_address

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

    with _listen(office.entrance.bind if office.entrance else HOST, port) as listener:
        port = listener.getsockname()[1]
        if office.entrance is None:
            office = replace(office, page=f"http://{HOST}:{port}")
        app = make_app(office, port=port, notice=notice)
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
        tell(_where(office, port))
        with beside or nullcontext():
            uvicorn.Server(config).run(sockets=[listener])


def _where(office: Office, port: int) -> str:
    if office.entrance is None:
        return f"The pages are at {office.page}, on this machine alone. Ctrl-C stops them."
    bind = office.entrance.bind
    if office.entrance.sign_in is None:
        return (
            f"Only http://{bind}:{port}/health answers: [web] has no sign_in, and the pages stay closed "
            "until it has. Ctrl-C stops it."
        )
    return (
        f"The pages are at {office.page} for those who sign in; whatever stands in front sends its requests "
        f"to {bind}:{port}. Ctrl-C stops them."
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except PermissionError:
        raise UsageError(f"Port {port} may not be used by this account; choose one above 1023.") from None
    except OSError:
        raise UsageError(f"Port {port} is in use by another program; choose another with --port.") from None


def _leave(_signal: int, _frame: object) -> None:
    """SIGTERM is an orderly end: every block that is open closes, and the exit code is 0."""
    sys.exit(0)
