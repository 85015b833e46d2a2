"""A reading that breaks off in the middle, in whichever way: it says so, and what it missed comes later."""

from __future__ import annotations

from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import Kind, Page
from rp_connect.testing.mis_kit.checks import LARGE, check
from rp_connect.testing.mis_kit.faults import faults_of
from rp_connect.testing.mis_kit.invented import large
from rp_connect.testing.mis_kit.readings import answer_of, changes, last_cursor, said
from rp_connect.testing.mis_kit.rig import Can, Fault, MisUnderTest
from rp_connect.testing.mis_kit.school import differences

PAGES = 4


@check(*LARGE, needs=[Can.FAIL])
def a_reading_that_breaks_off_raises(rig: MisUnderTest, kind: Kind) -> None:
    """An end that is no end looks like a school that lost its other pages."""
    rig.hold(large(kind, PAGES * rig.page, rig.can))
    for fault in _ways(rig):
        _, late, answer = _broken(rig, kind, fault)
        told = f"a reading that broke off ({fault})"
        assert isinstance(answer, RpConnectError), f"{told} ended with {said(answer)}"
        assert last_cursor(late) is None, f"{told} gave a cursor, as if it had come to its end"


@check(*LARGE, needs=[Can.FAIL])
def after_a_failure_in_the_middle_nothing_is_lost(rig: MisUnderTest, kind: Kind) -> None:
    """The cursor of the last stored page is all that the next morning knows."""
    school = rig.hold(large(kind, PAGES * rig.page, rig.can))
    for fault in _ways(rig):
        first, late, _ = _broken(rig, kind, fault)
        taken = [first, *late]
        given = {record for page in taken for record in page.records}
        given |= set(changes(rig.open(), kind, last_cursor(taken)).records)
        lost = differences(given, school.of(kind))
        assert lost == [], f"after a failure ({fault}) the cursor stepped over records"


def _ways(rig: MisUnderTest) -> list[Fault]:
    return faults_of(rig, Fault.SILENCE, Fault.LOST_ANSWER)


def _broken(rig: MisUnderTest, kind: Kind, fault: Fault) -> tuple[Page, list[Page], object]:
    """The page before the MIS failed, those that came all the same, and how the reading ended."""
    pages = rig.open().changes(kind, None).pages()
    first, late = next(pages), list[Page]()
    with rig.failing(fault):
        answer = answer_of(lambda: late.extend(pages))
    return first, late, answer
