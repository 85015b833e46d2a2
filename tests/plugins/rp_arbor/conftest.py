"""An invented school in an Arbor over loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rp_connect.ports.mis import MisAdapter
from tests.plugins.rp_arbor.rig import adapter_at, school
from tests.plugins.rp_arbor.vendor import ArborSite, serving


@pytest.fixture
def site() -> ArborSite:
    return school()


@pytest.fixture
def url(site: ArborSite) -> Iterator[str]:
    with serving(site) as address:
        yield address


@pytest.fixture
def adapter(url: str) -> MisAdapter:
    return adapter_at(url)
