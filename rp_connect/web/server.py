"""Serves the pages to this computer, and to no other."""

from __future__ import annotations

import uvicorn
from starlette.applications import Starlette

HOST = "127.0.0.1"


def make_server(app: Starlette, port: int) -> uvicorn.Server:
    """A server that is not yet running: `run()` blocks until it is interrupted or `should_exit` is set.

    It listens on the loopback interface, believes no proxy's headers, and writes no access log, in which
    addresses and queries would stand.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=HOST,
            port=port,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=True,
            lifespan="off",
            log_config=None,
            ws="none",
            timeout_keep_alive=5,
        )
    )
