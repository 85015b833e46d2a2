"""Who may ask what: a page is for those who are signed in, unless its route says otherwise here."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import Scope


class OpenRoute(Route):
    """For anybody: the way in, the way out, and whether we are well. It shows nothing of any school."""


class OpenMount(Mount):
    """For anybody: what a page looks like."""


class OwnProofRoute(Route):
    """For a sender that is no browser and proves itself, such as a webhook with its signature.

    Neither a session nor an Origin is asked for; the endpoint checks the proof before anything else.
    """


def route_of(routes: Sequence[BaseRoute], scope: Scope) -> BaseRoute | None:
    """The first that fits address and method, as the router itself finds it."""
    return next((route for route in routes if route.matches(scope)[0] is Match.FULL), None)
