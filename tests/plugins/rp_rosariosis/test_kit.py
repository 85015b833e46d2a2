"""RosarioSIS under the contract of an MIS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from rp_connect.testing.mis_kit import MisContract
from tests.plugins.rp_rosariosis.kit_rig import RosarioRig


class TestRosario(MisContract):
    waived: ClassVar = {
        "an_empty_school_is_given_and_has_no_keys[incident]": (
            "a suspension is a label of a referral, so a school with suspensions has incidents"
        ),
        "what_people_typed_is_read_back_word_for_word": (
            "RosarioSIS cuts a text off at a “<” that no blank follows, so that one is put after it"
        ),
    }

    @pytest.fixture
    def rig(self) -> Iterator[RosarioRig]:
        with RosarioRig() as rig:
            yield rig
            assert rig.vendor.offences == []
