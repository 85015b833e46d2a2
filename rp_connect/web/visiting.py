"""What a request of somebody signed in carries with it, from the door to the page."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import Scope

from rp_connect.services.only_schools import Refusal
from rp_connect.services.visit_pages import Visitor

KEY = "rp_connect.visiting"


@dataclass(frozen=True, slots=True, repr=False)
class Visiting:
    """`refused` is what they asked for and may not see; pages add to it."""

    visitor: Visitor
    refused: list[Refusal]


def visiting(scope: Scope) -> Visiting | None:
    found: Visiting | None = scope.get(KEY)
    return found
