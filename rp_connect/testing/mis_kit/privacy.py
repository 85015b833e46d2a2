"""No name, address, free text or secret leaves an adapter by a log, an error, a refusal or a `repr`."""

from __future__ import annotations

import traceback
from collections.abc import Iterator

from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import Kind
from rp_connect.testing.mis_kit.bad_rows import spoilt
from rp_connect.testing.mis_kit.checks import LARGE, check
from rp_connect.testing.mis_kit.faults import faults_of, questions
from rp_connect.testing.mis_kit.invented import awkward
from rp_connect.testing.mis_kit.marking import chosen, lately, place
from rp_connect.testing.mis_kit.readings import answer_of, changes, everything
from rp_connect.testing.mis_kit.rig import Can, Fault, MisUnderTest
from rp_connect.testing.mis_kit.school import School
from rp_connect.testing.mis_kit.writing import TYPED, note
from rp_connect.testing.workspace_kit.listening import listening

SHORTEST = 4


def private_words(rig: MisUnderTest, school: School) -> set[str]:
    """In small letters: every name, address and UPN, free texts, what was typed for the MIS, and secrets."""
    people: list[PupilRecord | StaffRecord] = [*school.pupils, *school.staff]
    words = [name for one in people for name in (one.given_name, one.family_name)]
    words += [text for one in school.pupils for text in (one.upn, one.preferred_name, one.key_adult_email)]
    words += [one.email for one in school.staff]
    words += [line for one in school.incidents for line in one.description.splitlines()]
    words += [line for typed in TYPED for line in typed.splitlines()]
    return {word.lower() for word in [*words, *rig.secrets] if len(word) >= SHORTEST}


def told_in(text: str, rig: MisUnderTest) -> int:
    """How many of the private words are in it; never which, since this too is printed."""
    found = text.lower()
    return sum(word in found for word in private_words(rig, awkward(rig.can)))


def tour(rig: MisUnderTest) -> Iterator[object]:
    """Everything that an adapter does on a good and on a bad day; gives each answer."""
    rig.hold(awkward(rig.can))
    for kind in (kind for kind in LARGE if kind in rig.kinds and Can.SPOIL in rig.can):
        spoilt(rig, rig.mis.school, kind)
    adapter = rig.open()
    yield answer_of(adapter.probe)
    for kind in Kind:
        yield answer_of(lambda kind=kind: everything(adapter, kind))  # type: ignore[misc]
        yield answer_of(lambda kind=kind: changes(adapter, kind, None))  # type: ignore[misc]
    yield from written_answers(rig)
    for fault in faults_of(rig, Fault.SILENCE) if Can.FAIL in rig.can else ():
        for question in questions(rig):
            with rig.failing(fault):
                yield answer_of(question)
        with rig.failing(fault):
            yield from written_answers(rig)


def written_answers(rig: MisUnderTest) -> Iterator[object]:
    one = note(rig, typed=TYPED[1])
    yield answer_of(lambda: rig.open().find_outcome(one))
    yield answer_of(lambda: rig.open().write_outcome(one))
    if Can.MARKS in rig.can:
        mark = chosen(rig)
        yield answer_of(lambda: rig.open_register().codes())
        yield answer_of(lambda: rig.open_register().read([place(mark)], lately()))
        yield answer_of(lambda: rig.open_register().write(mark))
        yield answer_of(lambda: rig.open_register().write(mark._replace(code="QQ")))


@check()
def no_log_tells_of_a_person(rig: MisUnderTest) -> None:
    """Logs are read by people, and kept by services, that have nothing to do with the child."""
    with listening() as heard:
        list(tour(rig))

    assert told_in("\n".join(heard.lines), rig) == 0, "a log tells of a person, or a secret"


@check()
def no_error_tells_of_a_person(rig: MisUnderTest) -> None:
    """An error is printed with everything that led to it."""
    errors = [answer for answer in tour(rig) if isinstance(answer, RpConnectError)]
    printed = "\n".join("".join(traceback.format_exception(error)) for error in errors)

    assert told_in(printed, rig) == 0, "an error tells of a person, or a secret"
    assert [one for one in errors if " " not in str(one)] == [], "an error says nothing to whoever must act"


@check(*LARGE, needs=[Can.SPOIL])
def no_refusal_tells_of_a_person(rig: MisUnderTest, kind: Kind) -> None:
    """What is wrong with a row is told without what stands in it."""
    spoilt(rig, awkward(rig.can), kind)
    refusals = everything(rig.open(), kind).refusals

    assert told_in(repr(refusals), rig) == 0, "a refusal tells of a person"


@check()
def no_repr_tells_of_a_person(rig: MisUnderTest) -> None:
    """A debugger's page and a crash report print whatever is at hand."""
    rig.hold(awkward(rig.can))
    adapter = rig.open()
    readings = [everything(adapter, kind) for kind in Kind]
    at_hand: list[object] = [adapter, vars(adapter) if hasattr(adapter, "__dict__") else "", adapter.probe()]
    at_hand += [thing for taken in readings for thing in (taken.reading, taken.pages)]

    assert told_in(repr(at_hand), rig) == 0, "a repr tells of a person, or a secret"
