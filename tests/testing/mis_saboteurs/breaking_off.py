"""Saboteurs of readings that break off: they take a failure for the end of the list."""

from __future__ import annotations

from rp_connect.ports.mis import Page
from rp_connect.testing.mis_kit import Fault, breaking_off
from tests.testing.mis_sabotage import ending, saboteur
from tests.testing.mis_saboteurs.cursors import cursors, now


def quietly(error):
    yield Page()


def as_if_complete(error):
    yield Page(cursor=now())


def complete_and_raising(error):
    yield Page(cursor=now())
    raise error


saboteur(breaking_off.a_reading_that_breaks_off_raises, "takes it for the end", **ending(quietly))
saboteur(
    breaking_off.a_reading_that_breaks_off_raises,
    "gives its cursor, and only then says that it broke off",
    **ending(complete_and_raising),
)
saboteur(
    breaking_off.after_a_failure_in_the_middle_nothing_is_lost,
    "goes on from now with each page",
    **cursors(lambda s, cursor: now()),
)
for check in (
    breaking_off.a_reading_that_breaks_off_raises,
    breaking_off.after_a_failure_in_the_middle_nothing_is_lost,
):
    for fault in Fault:
        if fault not in (Fault.SILENCE, Fault.LOST_ANSWER):
            saboteur(check, f"takes “{fault}” for the end", **ending(as_if_complete, fault))
