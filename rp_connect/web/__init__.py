"""The Lead's pages and the JSON API: each request is parsed, calls one service and is answered."""

from __future__ import annotations

from rp_connect.web.app import make_app

__all__ = ["make_app"]
