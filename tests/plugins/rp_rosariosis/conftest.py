"""A small school in a RosarioSIS of our own, behind a real port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rp_connect.ports.mis import MisAdapter
from tests.plugins.rp_rosariosis.loopback import adapter, served
from tests.plugins.rp_rosariosis.tables import small_school
from tests.plugins.rp_rosariosis.vendor import Vendor


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """Whatever a test does with it: no mark is written, no password asked for, no list asked for whole."""
    made = Vendor(small_school())
    yield made
    assert made.offences == []


@pytest.fixture
def url(vendor: Vendor) -> Iterator[str]:
    with served(vendor) as address:
        yield address


@pytest.fixture
def mis(url: str) -> MisAdapter:
    return adapter(url)
