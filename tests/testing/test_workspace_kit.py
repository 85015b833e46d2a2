"""The kit is tested harder than the adapters: each of its checks catches whoever breaks that promise."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rp_connect.testing.workspace_kit import (
    Can,
    Check,
    WorkspaceContract,
    WorkspaceUnderTest,
    all_checks,
    checks,
)
from rp_connect.testing.workspace_kit.checks import PACKAGE
from rp_connect.testing.workspace_kit.contract import judge, judge_waivers
from tests.plugins.rp_local.kit_rig import LocalRig, school_folder
from tests.testing.pinboard import Pinboard
from tests.testing.sabotage import Saboteur, all_saboteurs, end_of

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
DRAGGED_ALONG = 8
PLAIN = frozenset(Can) - {Can.ONLINE_MEETINGS, Can.BUSY}


@contextmanager
def pinboard() -> Iterator[WorkspaceUnderTest]:
    yield Pinboard()


@contextmanager
def plain_pinboard() -> Iterator[WorkspaceUnderTest]:
    yield Pinboard(PLAIN)


@contextmanager
def local() -> Iterator[WorkspaceUnderTest]:
    with school_folder() as path:
        yield LocalRig(path)


GROUNDS = {
    "pinboard": (frozenset(Can), pinboard),
    "plain": (PLAIN, plain_pinboard),
    "local": (LocalRig.can, local),
}


def cases() -> Iterator[object]:
    """Over the pinboard always; over a folder each fourth, and all in full trials."""
    for number, (saboteur, check) in enumerate((s, c) for s in all_saboteurs() for c in s.checks):
        name = "pinboard" if not check.stands_aside(frozenset(Can)) else "plain"
        folder = not saboteur.pinboard and not check.stands_aside(LocalRig.can)
        for ground in (name, *(["local"] if folder and (FULL or number % 4 == 0) else [])):
            yield pytest.param(saboteur, check, ground, id=f"{check.id}-{saboteur.does}-{ground}")


def caught(saboteur: Saboteur, check: Check, ground: str) -> str:
    """The kit's own sentence; empty where the saboteur got away. Any other error is an accident."""
    with GROUNDS[ground][1]() as rig:
        end = end_of(saboteur, check, rig)
    if end is None:
        return ""
    if not isinstance(end, AssertionError) or not raised_in_kit(end):
        raise end
    return str(end)


def raised_in_kit(error: AssertionError) -> bool:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return frame is not None and frame.tb_frame.f_globals["__name__"].startswith(f"{PACKAGE}.")


@pytest.mark.parametrize(("saboteur", "check", "ground"), list(cases()))
def test_whoever_breaks_a_promise_is_caught(saboteur: Saboteur, check: Check, ground: str) -> None:
    assert caught(saboteur, check, ground)


def test_every_check_has_a_saboteur() -> None:
    sabotaged = {check.id for saboteur in all_saboteurs() for check in saboteur.checks}
    assert sorted({check.id for check in all_checks()} - sabotaged) == []


def test_no_two_saboteurs_are_called_the_same() -> None:
    names = [saboteur.id for saboteur in all_saboteurs()]
    assert sorted(set(names)) == sorted(names)


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
@pytest.mark.parametrize("saboteur", all_saboteurs()[:: 1 if FULL else 15], ids=lambda one: one.id)
def test_a_saboteur_breaks_little_beside_its_own_promise(saboteur: Saboteur) -> None:
    """Most break nothing else; a promise that others rest on drags a few of them along."""
    own = saboteur.checks[0]
    can = frozenset(Can) - own.without
    others = [check for check in all_checks() if check != own and not check.stands_aside(can)]
    failed = [
        check.id
        for check in others
        if isinstance(end_of(saboteur, own, Pinboard(can), judged=check), AssertionError)
    ]
    assert len(failed) <= DRAGGED_ALONG, failed


def test_a_test_of_the_contract_cannot_be_overridden() -> None:
    with pytest.raises(TypeError, match="waive a check by name, with a reason"):

        class Quiet(WorkspaceContract):
            def test_it_keeps_its_promise(self) -> None:  # type: ignore[override]
                """Says that all is well."""

    with pytest.raises(TypeError):

        class Deaf(WorkspaceContract):
            test_it_keeps_its_promise = None  # type: ignore[assignment]


SLOW = "the board is read by a night watchman"


@pytest.mark.parametrize(
    ("waived", "complaint"),
    [
        ({"probe_says_nothing_where_all_is_well": "later"}, "without a sentence"),
        ({"probe_says_nothing": SLOW}, "there is no such check"),
    ],
)
def test_a_waiver_needs_a_check_and_a_reason(waived: dict[str, str], complaint: str) -> None:
    with pytest.raises(pytest.fail.Exception, match=complaint):
        judge_waivers(waived)
    judge_waivers({"probe_says_nothing_where_all_is_well": SLOW})


def test_a_waived_check_must_fail_and_its_reason_is_shown() -> None:
    saboteur = next(s for s in all_saboteurs() if s.does == "always has something to say")
    (check,) = saboteur.checks

    with pytest.raises(pytest.xfail.Exception, match="night watchman"):
        judge(check, saboteur.over(Pinboard(), check), SLOW)
    with pytest.raises(pytest.fail.Exception, match="take the waiver away"):
        judge(check, Pinboard(), SLOW)
    with pytest.raises(AssertionError, match="something stands in the way"):
        judge(check, saboteur.over(Pinboard(), check), None)


def test_a_check_that_does_not_apply_says_why_it_is_skipped() -> None:
    check = next(c for c in all_checks() if c.function.__name__ == "busy_says_when_and_never_why")

    with pytest.raises(
        pytest.skip.Exception, match="does not declare that it can know when people are taken"
    ):
        judge(check, Pinboard(PLAIN), None)
