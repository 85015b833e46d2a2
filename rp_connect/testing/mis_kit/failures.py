"""Failures of a server or a line: the machine tries again, and nobody waits for ever."""

from __future__ import annotations

import time

from rp_connect.errors import TryLaterError
from rp_connect.ports.mis import Kind
from rp_connect.testing.mis_kit.checks import check
from rp_connect.testing.mis_kit.faults import ending_otherwise
from rp_connect.testing.mis_kit.invented import awkward
from rp_connect.testing.mis_kit.readings import answer_of, everything, said
from rp_connect.testing.mis_kit.rig import Can, Fault, MisUnderTest


@check(needs=[Can.FAIL])
def a_server_that_fails_is_asked_again_later(rig: MisUnderTest) -> None:
    """It is being mended, and that is nobody's fault at the school."""
    broken = (Fault.ERROR_500, Fault.ERROR_502, Fault.ERROR_503)
    found = ending_otherwise(rig, *broken, than=TryLaterError)
    assert found == [], "a failing server ended otherwise than with trying again later"


@check(needs=[Can.FAIL])
def half_an_answer_is_asked_for_again_later(rig: MisUnderTest) -> None:
    """Half a list is not a list; what is read of it would look like the whole school."""
    found = ending_otherwise(rig, Fault.TRUNCATED, Fault.CUT, than=TryLaterError)
    assert found == [], "half an answer ended otherwise than with trying again later"


@check(needs=[Can.FAIL])
def who_cannot_be_reached_is_asked_again_later(rig: MisUnderTest) -> None:
    """A school's line is down at night more often than one thinks."""
    found = ending_otherwise(rig, Fault.REFUSED, than=TryLaterError)
    assert found == [], "no connection ended otherwise than with trying again later"


@check(Kind.PUPIL, needs=[Can.FAIL])
def silence_has_an_end(rig: MisUnderTest, kind: Kind) -> None:
    """One school's MIS that says nothing must not keep the other schools of a trust waiting."""
    rig.hold(awkward(rig.can))
    begun, paused = time.monotonic(), rig.paused_s
    with rig.failing(Fault.SILENCE):
        answer = answer_of(lambda: everything(rig.open(), kind))

    assert isinstance(answer, TryLaterError), f"silence ended with {said(answer)}"
    took = time.monotonic() - begun + rig.paused_s - paused
    assert took < rig.longest_s, "silence was listened to for too long"
