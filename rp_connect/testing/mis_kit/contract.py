"""The class that an adapter's author inherits: pytest then runs every check against the author's rig."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest

from rp_connect.testing.mis_kit.checks import Check, all_checks
from rp_connect.testing.mis_kit.rig import MisUnderTest


class MisContract:
    """Supply a fixture `rig` that gives an empty `MisUnderTest`; the checks come by themselves.

    `waived` names checks (by id) that this MIS cannot pass, each with the reason for whoever relies on
    it. A waived check must fail: one that passes has an excuse too many. No test of this class can be
    overridden.
    """

    waived: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        ours = {name for name in vars(MisContract) if name.startswith("test_")}
        if overridden := sorted(ours & set(vars(cls))):
            raise TypeError(
                f"{cls.__name__} overrides {overridden[0]}: waive a check by name, with a reason."
            )

    @pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.id)
    def test_it_keeps_its_promise(self, rig: MisUnderTest, check: Check) -> None:
        judge(check, rig, self.waived.get(check.id))

    def test_every_waiver_names_a_check_and_a_reason(self) -> None:
        judge_waivers(self.waived)


def judge(check: Check, rig: MisUnderTest, waiver: str | None) -> None:
    """Skips what does not apply, lets a waived check fail, and fails one that was waived needlessly."""
    if why := check.stands_aside(rig):
        pytest.skip(why)
    try:
        check.run(rig)
    except AssertionError:
        if waiver is None:
            raise
        pytest.xfail(waiver)
    if waiver is not None:
        pytest.fail(f"{check.id} is waived, and passes: take the waiver away.", pytrace=False)


def judge_waivers(waived: Mapping[str, str]) -> None:
    known = {check.id for check in all_checks()}
    for name, reason in waived.items():
        if name not in known:
            pytest.fail(f"{name} is waived, and there is no such check.", pytrace=False)
        if len(reason.split()) < 4:
            pytest.fail(f"{name} is waived without a sentence that says why.", pytrace=False)
