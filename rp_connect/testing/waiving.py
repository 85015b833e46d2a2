"""How a kit's checks are judged: what stands aside, what is waived with a reason, what nobody overrides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import ClassVar

import pytest


class Waiving:
    """The base of a kit's contract: its subclasses may waive a check, and never override a test.

    `waived` names checks (by id) that the adapter's system cannot pass, each with the reason for whoever
    relies on it. A waived check must fail: one that passes has an excuse too many.
    """

    waived: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Raises TypeError for a subclass that replaces a test of the contract."""
        super().__init_subclass__(**kwargs)
        inherited = {name for base in cls.__mro__[1:] for name in vars(base) if name.startswith("test_")}
        if overridden := sorted(inherited & set(vars(cls))):
            raise TypeError(
                f"{cls.__name__} overrides {overridden[0]}: waive a check by name, with a reason."
            )


def judge_check(check: str, run: Callable[[], None], aside: str, waiver: str | None) -> None:
    """Skips what does not apply, lets a waived check fail, and fails one that was waived needlessly."""
    if aside:
        pytest.skip(aside)
    try:
        run()
    except AssertionError:
        if waiver is None:
            raise
        pytest.xfail(waiver)
    if waiver is not None:
        pytest.fail(f"{check} is waived, and passes: take the waiver away.", pytrace=False)


def judge_reasons(waived: Mapping[str, str], known: Collection[str]) -> None:
    """Fails for a waiver of a check that is not there, and for one without a sentence."""
    for name, reason in waived.items():
        if name not in known:
            pytest.fail(f"{name} is waived, and there is no such check.", pytrace=False)
        if len(reason.split()) < 4:
            pytest.fail(f"{name} is waived without a sentence that says why.", pytrace=False)
