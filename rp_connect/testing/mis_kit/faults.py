"""Faults that ask for patience or for a person: each is told by the error that says what happens next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from rp_connect.errors import AccessError, ConfigError, TryLaterError
from rp_connect.testing.mis_kit.checks import check
from rp_connect.testing.mis_kit.invented import awkward
from rp_connect.testing.mis_kit.readings import answer_of, everything, said
from rp_connect.testing.mis_kit.rig import Can, Fault, MisUnderTest
from rp_connect.testing.mis_kit.words import PATIENCE_S


def questions(rig: MisUnderTest) -> list[Callable[[], object]]:
    """Each question that a core asks, of an adapter of its own."""
    kinds = [partial(lambda kind: everything(rig.open(), kind), kind) for kind in rig.kinds]
    return [lambda: rig.open().probe(), *kinds]


def faults_of(rig: MisUnderTest, *apart: Fault) -> list[Fault]:
    """Every way in which this MIS can fail, but for some."""
    never = () if Can.CARRY_ERRORS in rig.can else (Fault.CARRIED,)
    return [fault for fault in Fault if fault not in (*apart, *never)]


def answers(rig: MisUnderTest, *faults: Fault) -> Iterator[tuple[str, object]]:
    """How every question ends while the MIS fails like this, with a name for it."""
    rig.hold(awkward(rig.can))
    for fault in faults:
        for question in questions(rig):
            with rig.failing(fault):
                answer = answer_of(question)
            yield f"{fault}: {said(answer)}", answer


def ending_otherwise(rig: MisUnderTest, *faults: Fault, than: type | tuple[type, ...]) -> list[str]:
    return [name for name, answer in answers(rig, *faults) if not isinstance(answer, than)]


@check(needs=[Can.FAIL])
def a_refusal_is_told_as_a_refusal(rig: MisUnderTest) -> None:
    """A person must renew a consent; that nothing was found would be believed."""
    found = ending_otherwise(rig, Fault.UNAUTHORISED, Fault.FORBIDDEN, than=AccessError)
    assert found == [], "a refusal ended otherwise"


@check(needs=[Can.FAIL])
def a_request_for_patience_is_passed_on_with_its_seconds(rig: MisUnderTest) -> None:
    """An MIS that is asked sooner than it said locks the whole school out."""
    for name, answer in answers(rig, Fault.PATIENCE_IN_SECONDS):
        assert isinstance(answer, TryLaterError), f"a request for patience ended otherwise ({name})"
        assert answer.retry_after == PATIENCE_S, "another time is passed on than was given"


@check(needs=[Can.FAIL])
def a_request_for_patience_until_a_date_is_understood(rig: MisUnderTest) -> None:
    """HTTP allows a date there, and some servers give one."""
    for name, answer in answers(rig, Fault.PATIENCE_UNTIL):
        assert isinstance(answer, TryLaterError), f"a request for patience ended otherwise ({name})"
        apart = abs((answer.retry_after or 0.0) - PATIENCE_S)
        assert apart < 20, "the time until the date that was given is not passed on"


@check(needs=[Can.FAIL])
def a_request_for_patience_without_a_time_invents_none(rig: MisUnderTest) -> None:
    """How long to wait is then the core's to choose."""
    for name, answer in answers(rig, Fault.PATIENCE):
        assert isinstance(answer, TryLaterError), f"a request for patience ended otherwise ({name})"
        assert answer.retry_after is None, "a time was invented that nobody gave"


@check(needs=[Can.FAIL])
def a_login_page_is_not_an_empty_school(rig: MisUnderTest) -> None:
    """A wrong address, or a session that ended, answers 200: a person must look, today."""
    found = ending_otherwise(rig, Fault.LOGIN_PAGE, than=(AccessError, ConfigError))
    assert found == [], "a login page ended otherwise than with a person who must look"


@check(needs=[Can.FAIL, Can.CARRY_ERRORS])
def an_error_that_comes_with_200_is_an_error(rig: MisUnderTest) -> None:
    """Some vendors say that all is well, and say in the next line what is not."""
    found = ending_otherwise(rig, Fault.CARRIED, than=(AccessError, ConfigError, TryLaterError))
    assert found == [], "an error that came with 200 was taken for data"
