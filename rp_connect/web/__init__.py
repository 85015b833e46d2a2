"""The Lead's pages and the JSON API: each request is parsed, calls one service and is answered."""

from __future__ import annotations

from rp_connect.web.app import make_app
from rp_connect.web.closed import make_closed_app
from rp_connect.web.routes import OwnProofRoute

__all__ = ["OwnProofRoute", "make_app", "make_closed_app"]
