"""What a check is, and where all of them are: a function named by a sentence, once for each kind."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from rp_connect.ports.mis import Kind
from rp_connect.testing.mis_kit.rig import Can, MisUnderTest

PACKAGE = "rp_connect.testing.mis_kit"
MODULES = (
    *("exactness", "clocks", "laziness", "bad_rows", "following", "breaking_off", "deletions", "faults"),
    *("failures", "granting", "minimum", "writing", "lost_writes", "marking", "privacy"),
)
LISTED = (Kind.PUPIL, Kind.STAFF, Kind.INCIDENT, Kind.SUSPENSION, Kind.ATTENDANCE)
"""All kinds but the calendar, which is small and has no keys."""
LARGE = (Kind.PUPIL, Kind.INCIDENT, Kind.SUSPENSION, Kind.ATTENDANCE)
"""The kinds of which there are many."""
DELETED = (Kind.PUPIL, Kind.INCIDENT, Kind.SUSPENSION)
Function = Callable[..., None]
MARK = "__mis_kit__"


@dataclass(frozen=True, slots=True)
class Terms:
    """For which kinds a check is, what the MIS must have declared, and what it must not have."""

    kinds: tuple[Kind, ...] = ()
    needs: frozenset[Can] = frozenset()
    without: frozenset[Can] = frozenset()
    deletable: bool = False


def check(
    *kinds: Kind, needs: Sequence[Can] = (), without: Sequence[Can] = (), deletable: bool = False
) -> Callable[[Function], Function]:
    """Marks a function as a check; with kinds it is called as `function(rig, kind)` for each that the MIS
    gives, or with `deletable` for each whose deletion it tells of."""

    def mark(function: Function) -> Function:
        setattr(function, MARK, Terms(kinds, frozenset(needs), frozenset(without), deletable))
        return function

    return mark


@dataclass(frozen=True, slots=True)
class Check:
    function: Function
    kind: Kind | None
    terms: Terms

    @property
    def id(self) -> str:
        name = self.function.__name__
        return f"{name}[{self.kind}]" if self.kind else name

    @property
    def sentence(self) -> str:
        return self.function.__name__.replace("_", " ").capitalize()

    @property
    def reason(self) -> str:
        return inspect.getdoc(self.function) or ""

    def stands_aside(self, rig: MisUnderTest) -> str:
        """Why it does not apply to this MIS; empty where it does."""
        if self.kind is not None and self.kind not in rig.kinds:
            return f"this MIS never gives records of the kind {self.kind}"
        if self.terms.deletable and self.kind not in rig.deletable:
            return f"this MIS does not say that a record of the kind {self.kind} was deleted"
        if missing := sorted(self.terms.needs - rig.can):
            return f"this MIS does not declare that it can {', '.join(missing)}"
        if too_much := sorted(self.terms.without & rig.can):
            return f"this MIS can {', '.join(too_much)}"
        return ""

    def run(self, rig: MisUnderTest) -> None:
        """Raises AssertionError, with a sentence, where the promise is not kept."""
        self.function(*((rig,) if self.kind is None else (rig, self.kind)))


def all_checks() -> list[Check]:
    """Every check in the order of its module and place."""
    modules = [import_module(f"{PACKAGE}.{name}") for name in MODULES]
    functions = [f for module in modules for f in vars(module).values() if is_check_of(f, module.__name__)]
    return [made for function in functions for made in checks_of(function)]


def is_check_of(function: Any, module: str) -> bool:  # noqa: ANN401 - whatever a module holds
    return hasattr(function, MARK) and function.__module__ == module


def checks_of(function: Function) -> list[Check]:
    terms: Terms = getattr(function, MARK)
    return [Check(function, kind, terms) for kind in terms.kinds or (None,)]
