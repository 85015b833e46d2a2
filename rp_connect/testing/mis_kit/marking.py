"""Single marks in the register, a legal record: written where and when they were chosen, once, else never."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from rp_connect.domain.attendance import Mark
from rp_connect.errors import AccessError, ConfigError, GoneError, TryLaterError, UnclearError
from rp_connect.ports.mis import Kind
from rp_connect.ports.register import MarkPlace
from rp_connect.testing.mis_kit.checks import check
from rp_connect.testing.mis_kit.invented import awkward, ids_of
from rp_connect.testing.mis_kit.readings import answer_of, everything, said
from rp_connect.testing.mis_kit.rig import Can, Fault, MisUnderTest
from rp_connect.testing.mis_kit.words import CODES, PATIENCE_S, UNKNOWN_CODE

NO_CODE = "QQ"
"""That the school does not have."""
_READ = (Kind.PUPIL, Kind.INCIDENT, Kind.SUSPENSION, Kind.ATTENDANCE)


def chosen(rig: MisUnderTest, code: str = "E", number: int = 0) -> Mark:
    """In the place of one of the school's marks that says something else; others of its day stay."""
    marks = [one for one in awkward(rig.can).marks if one.code not in ("E", "B")]
    return marks[number]._replace(code=code)


def place(mark: Mark) -> MarkPlace:
    return MarkPlace(*mark[:3])


def lately() -> datetime:
    """The school was typed in before that."""
    return datetime.now(UTC) - timedelta(days=1)


def read(rig: MisUnderTest, mark: Mark) -> object:
    """What the register says of its place, by a process that knows nothing else; None where nothing."""
    answer = answer_of(lambda: rig.open_register().read([place(mark)], lately()))
    return answer.get(place(mark)) if isinstance(answer, dict) else answer


def standing(rig: MisUnderTest) -> Counter[Mark]:
    return Counter(rig.mis.school.marks)


@check(needs=[Can.MARKS])
def a_mark_is_written_where_it_was_chosen_and_nowhere_else(rig: MisUnderTest) -> None:
    """Of another session, or another pupil, it would be a false entry in a legal record."""
    rig.hold(awkward(rig.can))
    mark, before = chosen(rig), standing(rig)
    rig.open_register().write(mark)

    others = Counter({one: n for one, n in before.items() if one[:3] != mark[:3]})
    assert standing(rig) == others + Counter([mark]), (
        "the register is not as it was, with that one mark in it"
    )


@check(needs=[Can.MARKS])
def a_mark_is_written_once(rig: MisUnderTest) -> None:
    """A register keeps who wrote what when: two entries are two acts of the school."""
    rig.hold(awkward(rig.can))
    mark = chosen(rig)
    rig.open_register().write(mark)

    assert list(rig.entered()) == [mark], "it was not entered exactly once"


@check(needs=[Can.MARKS])
def a_mark_that_was_written_is_read_again_after_a_restart(rig: MisUnderTest) -> None:
    """The process that wrote it may have died: the next one looks before it writes."""
    rig.hold(awkward(rig.can))
    mark = chosen(rig)
    rig.open_register().write(mark)

    assert read(rig, mark) == mark.code, "what was written is not read again"


@check(needs=[Can.MARKS])
def what_the_register_says_is_never_made_up(rig: MisUnderTest) -> None:
    """What nobody wrote would be taken for written; what stands there would be written over unseen."""
    rig.hold(awkward(rig.can))
    mark, other = chosen(rig), chosen(rig, number=1)
    held = next(one.code for one in rig.mis.school.marks if one[:3] == mark[:3])
    before = read(rig, mark)
    rig.open_register().write(other)

    assert before in (None, held), "before anything was written it says something else than the school does"
    assert read(rig, mark) in (None, held), "a mark of another place is taken for it"


@check(needs=[Can.MARKS])
def a_mark_that_a_person_changed_meanwhile_is_read(rig: MisUnderTest) -> None:
    """Then nothing is written: somebody at the school knows better than whoever chose it."""
    school = awkward(rig.can)
    rig.hold(school)
    mark = chosen(rig, code="B")
    others = [one for one in school.marks if one[:3] != mark[:3]]
    rig.hold(school.having(Kind.ATTENDANCE, [*others, mark]))

    assert read(rig, mark) == "B", "what a person entered since is not read"


@check(needs=[Can.MARKS])
def a_second_choice_takes_the_place_of_the_first(rig: MisUnderTest) -> None:
    """People change their minds, and a session has one mark."""
    rig.hold(awkward(rig.can))
    first, second = chosen(rig, "E"), chosen(rig, "B")
    rig.open_register().write(first)
    rig.open_register().write(second)

    there = [one.code for one in rig.mis.school.marks if one[:3] == first[:3]]
    assert there == ["B"], "the session does not bear the second mark alone"


@check(needs=[Can.MARKS])
def nothing_but_writing_writes_a_mark(rig: MisUnderTest) -> None:
    """Nobody chose it: no sync, no probe and no look at the register may enter anything."""
    rig.hold(awkward(rig.can))
    before, adapter, register = standing(rig), rig.open(), rig.open_register()
    adapter.probe()
    for kind in _READ:
        everything(adapter, kind)
    register.codes()
    register.read([place(chosen(rig))], lately())

    assert standing(rig) == before, "the register was changed without being asked"
    assert list(rig.entered()) == [], "a mark was entered without being asked"


@check(needs=[Can.MARKS])
def the_codes_are_those_of_the_school(rig: MisUnderTest) -> None:
    """A person chooses among them, and a code that is none ends as a mark that nobody can read."""
    rig.hold(awkward(rig.can))
    known = {*CODES, *([UNKNOWN_CODE] if Can.UNKNOWN_CODES in rig.can else [])}
    codes = set(rig.open_register().codes())

    assert known - codes == set(), "codes of the school are missing"
    assert NO_CODE not in codes, "a code is there that the school does not have"


@check(needs=[Can.MARKS])
def a_code_that_the_school_does_not_have_is_refused(rig: MisUnderTest) -> None:
    """It says so, and enters nothing in its place."""
    rig.hold(awkward(rig.can))
    answer = answer_of(lambda: rig.open_register().write(chosen(rig, NO_CODE)))

    assert isinstance(answer, ConfigError), f"a code that is none ended with {said(answer)}"
    assert list(rig.entered()) == [], "something was entered for a code that is none"


@check(needs=[Can.MARKS])
def a_mark_of_nobody_is_refused(rig: MisUnderTest) -> None:
    """The pupil left meanwhile: a person must look, and nobody else is marked."""
    rig.hold(awkward(rig.can))
    stranger = chosen(rig)._replace(pupil_id=ids_of(rig.can)(404))
    answer = answer_of(lambda: rig.open_register().write(stranger))

    assert isinstance(answer, GoneError), f"a mark of nobody ended with {said(answer)}"
    assert list(rig.entered()) == [], "somebody was marked for a pupil who is not there"


@check(needs=[Can.MARKS, Can.FAIL])
def a_mark_that_is_refused_is_told_as_refused(rig: MisUnderTest) -> None:
    """A person must grant the permission to write."""
    rig.hold(awkward(rig.can))
    mark = chosen(rig)
    with rig.failing(Fault.FORBIDDEN):
        wrote, found = answer_of(lambda: rig.open_register().write(mark)), read(rig, mark)

    assert isinstance(wrote, AccessError), f"a write that was refused ended with {said(wrote)}"
    assert isinstance(found, AccessError), f"a look that was refused ended with {said(found)}"


@check(needs=[Can.MARKS, Can.FAIL])
def a_mark_that_must_wait_is_told_when(rig: MisUnderTest) -> None:
    """A worker never sleeps inside a call."""
    rig.hold(awkward(rig.can))
    with rig.failing(Fault.PATIENCE_IN_SECONDS):
        answer = answer_of(lambda: rig.open_register().write(chosen(rig)))

    assert isinstance(answer, TryLaterError), f"a request for patience ended with {said(answer)}"
    assert answer.retry_after == PATIENCE_S, "another time is passed on than was given"


@check(needs=[Can.MARKS, Can.FAIL])
def a_lost_answer_is_unclear_and_the_mark_is_read(rig: MisUnderTest) -> None:
    """Nobody may believe that it landed, nor that it did not, before looking."""
    rig.hold(awkward(rig.can))
    mark = chosen(rig)
    with rig.failing(Fault.LOST_ANSWER):
        answer = answer_of(lambda: rig.open_register().write(mark))

    assert isinstance(answer, UnclearError), f"a lost answer ended with {said(answer)}"
    assert read(rig, mark) == mark.code, "what was written although its answer was lost is not read"


@check(needs=[Can.MARKS, Can.FAIL])
def a_mark_that_never_arrived_can_be_written_again(rig: MisUnderTest) -> None:
    """Otherwise it is lost for good, while the person believes that the register is right."""
    rig.hold(awkward(rig.can))
    mark = chosen(rig)
    with rig.failing(Fault.REFUSED):
        answer = answer_of(lambda: rig.open_register().write(mark))
    found = read(rig, mark)
    again = answer_of(lambda: rig.open_register().write(mark))

    assert isinstance(answer, UnclearError | TryLaterError), f"no connection ended with {said(answer)}"
    assert found != mark.code, "what never arrived is read"
    assert (again, list(rig.entered())) == (None, [mark]), "written again, it does not stand there once"


@check(without=[Can.MARKS])
def who_takes_no_marks_registers_no_register(rig: MisUnderTest) -> None:
    """Then nobody is offered to write one, and the school office changes it in the MIS."""
    assert rig.spec.register is None, "it declares no marks, and registers something that writes them"
