"""The MIS kit is tested harder than the adapters: each of its checks catches whoever breaks that promise."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rp_connect.ports.mis import Kind
from rp_connect.testing.mis_kit import Check, MisContract, MisUnderTest, all_checks, checks
from rp_connect.testing.mis_kit.checks import PACKAGE
from rp_connect.testing.mis_kit.contract import judge, judge_waivers
from tests.plugins.rp_file_drop.kit_rig import FileDropRig
from tests.testing.mis_sabotage import Saboteur, all_saboteurs, end_of, ground
from tests.testing.paperbark import PLAIN, PaperbarkRig

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
DRAGGED_ALONG = 16
"""Promises, of 84: most of them are asked of each kind of record, and count once."""


def cases() -> Iterator[object]:
    """Over a Paperbark always; over a file drop each fourth, and all in full trials."""
    with FileDropRig() as drop:
        for number, (saboteur, check) in enumerate((s, c) for s in all_saboteurs() for c in s.checks):
            yield pytest.param(saboteur, check, ground, id=f"{check.id}-{saboteur.does}-paperbark")
            fits = not saboteur.paperbark and not check.stands_aside(drop) and check.kind is not None
            if fits and (FULL or number % 4 == 0):
                yield pytest.param(saboteur, check, a_drop, id=f"{check.id}-{saboteur.does}-drop")


def a_drop(check: Check) -> MisUnderTest:
    return FileDropRig()


def raised_in_kit(error: AssertionError) -> bool:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return frame is not None and frame.tb_frame.f_globals["__name__"].startswith(f"{PACKAGE}.")


@pytest.mark.parametrize(("saboteur", "check", "made"), list(cases()))
def test_whoever_breaks_a_promise_is_caught(saboteur: Saboteur, check: Check, made) -> None:
    with made(check) as rig:
        end = end_of(saboteur, rig, check)
    assert end is not None, "the saboteur got away"
    if not isinstance(end, AssertionError) or not raised_in_kit(end):
        raise end
    assert str(end)


def test_every_check_has_a_saboteur() -> None:
    sabotaged = {check.id for saboteur in all_saboteurs() for check in saboteur.checks}
    assert sorted({check.id for check in all_checks()} - sabotaged) == []


def test_no_two_saboteurs_are_called_the_same() -> None:
    names = [saboteur.id for saboteur in all_saboteurs()]
    assert sorted(set(names)) == sorted(names)


def test_every_check_is_done_on_the_ground_of_its_saboteurs() -> None:
    aside = []
    for check in all_checks():
        with ground(check) as rig:
            aside += [check.id] if check.stands_aside(rig) else []
    assert aside == []


def test_every_module_of_the_kit_that_holds_checks_is_looked_into() -> None:
    folder = Path(checks.__file__).parent
    marked = {path.stem for path in folder.glob("*.py") if "\n@check(" in path.read_text(encoding="utf-8")}
    assert marked == set(checks.MODULES)


def test_every_check_says_why_it_matters_and_every_assertion_what_went_wrong() -> None:
    assert [check.id for check in all_checks() if len(check.reason.split()) < 5] == []
    folder = Path(checks.__file__).parent
    asserts = [
        node
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert [node.lineno for node in asserts if node.msg is None] == []


@pytest.mark.trial
@pytest.mark.parametrize("saboteur", all_saboteurs()[:: 1 if FULL else 150], ids=lambda one: one.id)
def test_a_saboteur_leaves_most_promises_as_they_are(saboteur: Saboteur) -> None:
    """A promise that others rest on drags some of them along."""
    own = saboteur.checks[0]
    failed = set()
    for check in all_checks():
        with ground(own) as rig:
            if check.stands_aside(rig) or check.function == own.function:
                continue
            if isinstance(end_of(saboteur, rig, own, judged=check), AssertionError):
                failed.add(check.id.partition("[")[0])
    assert len(failed) <= DRAGGED_ALONG, sorted(failed)


def test_a_test_of_the_contract_cannot_be_overridden() -> None:
    with pytest.raises(TypeError, match="waive a check by name, with a reason"):

        class Quiet(MisContract):
            def test_it_keeps_its_promise(self) -> None:  # type: ignore[override]
                """Says that all is well."""


SLOW = "the school's line is a long one"


@pytest.mark.parametrize(
    ("waived", "complaint"),
    [
        ({"probe_is_cheap[pupil]": "later"}, "without a sentence"),
        ({"probe_is": SLOW}, "there is no such check"),
    ],
)
def test_a_waiver_needs_a_check_and_a_reason(waived: dict[str, str], complaint: str) -> None:
    with pytest.raises(pytest.fail.Exception, match=complaint):
        judge_waivers(waived)
    judge_waivers({"probe_is_cheap[pupil]": SLOW})


def test_a_waived_check_must_fail_and_its_reason_is_shown() -> None:
    saboteur = next(s for s in all_saboteurs() if s.does == "always has something to say")
    (check,) = saboteur.checks

    with ground(check) as rig:
        with pytest.raises(pytest.xfail.Exception, match="a long one"):
            judge(check, saboteur.over(rig), SLOW)
        with pytest.raises(pytest.fail.Exception, match="take the waiver away"):
            judge(check, rig, SLOW)
        with pytest.raises(AssertionError, match="something stands in the way"):
            judge(check, saboteur.over(rig), None)


def reason_for_skipping(rig: MisUnderTest, name: str) -> str:
    check = next(check for check in all_checks() if check.id == name)
    with pytest.raises(pytest.skip.Exception) as skipped:
        judge(check, rig, None)
    return str(skipped.value)


def test_a_check_that_does_not_apply_says_why_it_is_skipped() -> None:
    staff_only = (Kind.STAFF,)
    with PaperbarkRig(PLAIN, staff_only) as rig:
        told = [
            reason_for_skipping(rig, "probe_is_cheap[pupil]"),
            reason_for_skipping(rig, "looking_for_an_outcome_writes_nothing"),
            reason_for_skipping(rig, "who_cannot_confirm_that_something_is_gone_does_not_offer_it"),
        ]
    assert told == [
        "this MIS never gives records of the kind pupil",
        "this MIS does not declare that it can take outcomes",
        "this MIS can say of one suspension whether it is gone",
    ]
