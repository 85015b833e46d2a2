"""The contract of an MIS adapter, kept over loopback at the vendor's own page size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import pytest

from rp_connect.testing.mis_kit import MisContract
from tests.plugins.rp_wonde.kit_rig import WondeRig

_UNCOUNTED = (
    "Wonde gives no totals: the keys of a whole reading are known only once it was read, and the core "
    "asks for them first"
)
_YEAR = "Wonde gives no totals, and a year of marks is too long to be counted before it is given"


@pytest.fixture
def rig() -> Iterator[WondeRig]:
    with WondeRig() as wonde:
        yield wonde


class TestWonde(MisContract):
    waived: ClassVar[Mapping[str, str]] = {
        f"{check}[{kind}]": _UNCOUNTED
        for check in (
            "opening_a_reading_asks_for_its_first_page_at_most",
            "a_page_is_asked_for_when_it_is_wanted",
        )
        for kind in ("pupil", "incident", "suspension")
    } | {
        "the_keys_of_a_whole_reading_are_counted_right[attendance]": _YEAR,
        "an_empty_school_is_given_and_has_no_keys[attendance]": _YEAR,
    }
