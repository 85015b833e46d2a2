"""A port that no server of this process had before: whoever was told to wait at one still remembers it."""

from __future__ import annotations

from collections.abc import Callable
from socketserver import TCPServer
from typing import TypeVar

Server = TypeVar("Server", bound=TCPServer)
_given: set[int] = set()


def at_a_fresh_port(open_at: Callable[[int], Server]) -> Server:
    """`open_at` opens one at this port, or at any for 0."""
    server = open_at(0)
    while server.server_address[1] in _given:
        following = open_at(0)
        server.server_close()
        server = following
    _given.add(server.server_address[1])
    return server
