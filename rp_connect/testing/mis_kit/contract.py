"""The class that an adapter's author inherits: pytest then runs every check against the author's rig."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from rp_connect.testing.mis_kit.checks import Check, all_checks
from rp_connect.testing.mis_kit.rig import MisUnderTest
from rp_connect.testing.waiving import Waiving, judge_check, judge_reasons


class MisContract(Waiving):
    """Supply a fixture `rig` that gives an empty `MisUnderTest`; the checks come by themselves.

    `waived` names checks (by id) that this system cannot pass, each with the reason for whoever relies on
    it. A waived check must fail: one that passes has an excuse too many. No test of this class can be
    overridden.
    """

    @pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.id)
    def test_it_keeps_its_promise(self, rig: MisUnderTest, check: Check) -> None:
        judge(check, rig, self.waived.get(check.id))

    def test_every_waiver_names_a_check_and_a_reason(self) -> None:
        judge_waivers(self.waived)


def judge(check: Check, rig: MisUnderTest, waiver: str | None) -> None:
    judge_check(check.id, lambda: check.run(rig), check.stands_aside(rig), waiver)


def judge_waivers(waived: Mapping[str, str]) -> None:
    judge_reasons(waived, {check.id for check in all_checks()})
