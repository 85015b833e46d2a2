"""A write whose answer is lost: nobody may believe that it landed, nor that it did not, before looking."""

from __future__ import annotations

from rp_connect.errors import TryLaterError, UnclearError
from rp_connect.testing.mis_kit.checks import check
from rp_connect.testing.mis_kit.invented import awkward
from rp_connect.testing.mis_kit.readings import answer_of, said
from rp_connect.testing.mis_kit.rig import Can, Fault, MisUnderTest
from rp_connect.testing.mis_kit.writing import note, standing


@check(needs=[Can.OUTCOMES, Can.FAIL])
def a_lost_answer_is_unclear_and_the_outcome_is_found(rig: MisUnderTest) -> None:
    """Written twice, a child's record says that there were two meetings."""
    rig.hold(awkward(rig.can))
    one = note(rig)
    with rig.failing(Fault.LOST_ANSWER):
        answer = answer_of(lambda: rig.open().write_outcome(one))
    found = answer_of(lambda: rig.open().find_outcome(one))

    looked_itself = isinstance(answer, str) and answer == found
    assert isinstance(answer, UnclearError) or looked_itself, f"a lost answer ended with {said(answer)}"
    assert standing(rig, one) == [found], "what was written although its answer was lost is not found, once"


@check(needs=[Can.OUTCOMES, Can.FAIL])
def an_outcome_that_never_arrived_can_be_written_again(rig: MisUnderTest) -> None:
    """Otherwise it is lost for good, and the record stays silent about what was put right."""
    rig.hold(awkward(rig.can))
    one = note(rig)
    with rig.failing(Fault.REFUSED):
        answer = answer_of(lambda: rig.open().write_outcome(one))

    assert isinstance(answer, UnclearError | TryLaterError), f"no connection ended with {said(answer)}"
    assert rig.open().find_outcome(one) is None, "what never arrived is found"
    again = answer_of(lambda: rig.open().write_outcome(one))
    assert standing(rig, one) == [again], "written again, it does not stand there once"
