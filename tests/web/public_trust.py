"""Browsers at a trust whose pages are behind sign-in, and a store that is stood in for."""

from __future__ import annotations

from typing import Any

from rp_connect.ports.store import Store
from rp_connect.services.office import Office
from rp_connect.web import make_app
from tests.web.signed_in import FORWARDED, ORIGIN, Visitor

CASE = "/cases/RP-2026-0001"


def visitor_of(office: Office) -> Visitor:
    return Visitor(make_app(office, port=443), base_url=ORIGIN, headers=FORWARDED)


class OtherStore:
    """The real one, of which a test changes a method."""

    def __init__(self, real: Store) -> None:
        self.real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)
