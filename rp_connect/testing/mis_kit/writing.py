"""Outcomes in the MIS: found by their key, added once, read back word for word, refused if none is taken."""

from __future__ import annotations

from datetime import UTC, date, datetime

from rp_connect.domain.outcome import Outcome, OutcomeResult
from rp_connect.errors import AccessError, TryLaterError, UnsupportedError
from rp_connect.ports.mis import OutcomeNote
from rp_connect.testing.mis_kit.checks import check
from rp_connect.testing.mis_kit.invented import awkward, ids_of
from rp_connect.testing.mis_kit.readings import answer_of, said
from rp_connect.testing.mis_kit.rig import Can, Fault, MisUnderTest
from rp_connect.testing.mis_kit.words import PATIENCE_S

TYPED = (
    "Both want to sit apart for a while.",
    'Under <5 minutes & "very calm"; 2 > 1, </p> &amp; &lt;b&gt; %s {x} \\n.',
    "Zoë’s and Łukasz’s own words — née Groß, 李.",
    "A first line.\nA second one.\n\nAnd after an empty one.",
)
"""Notes as people type them for the MIS."""


def note(rig: MisUnderTest, number: int = 1, typed: str = TYPED[0]) -> OutcomeNote:
    """Of the first suspension, which followed the first incident."""
    ids = ids_of(rig.can)
    outcome = Outcome(
        case="RP-2026-0007",
        school="northwick",
        number=number,
        held_on=date(2026, 11, 12),
        result=OutcomeResult.AGREED,
        note=typed,
        recorded_by="lead@northwick.example",
        recorded_at=datetime(2026, 11, 12, 15, tzinfo=UTC),
    )
    return OutcomeNote(outcome, pupil_ids=(ids(1),), suspension_id=ids(1), incident_id=ids(1))


def standing(rig: MisUnderTest, one: OutcomeNote) -> list[str]:
    """The ids of what stands in the MIS under the note's key, each as often as it does."""
    return [shown.external_id for shown in rig.outcomes() if f"[{one.key}]" in shown.text]


@check(needs=[Can.OUTCOMES])
def an_outcome_stands_in_the_mis_once_and_is_found_again(rig: MisUnderTest) -> None:
    """The process that wrote it may have died: the next one knows only the key."""
    rig.hold(awkward(rig.can))
    one = note(rig)
    written = rig.open().write_outcome(one)

    assert standing(rig, one) == [written], "it does not stand there once under the id that was answered"
    assert rig.open().find_outcome(one) == written, "what was written is not found again after a restart"


@check(needs=[Can.OUTCOMES])
def an_outcome_that_nobody_wrote_is_not_found(rig: MisUnderTest) -> None:
    """A similar key is another outcome, and the real one would never be written."""
    rig.hold(awkward(rig.can))
    found = rig.open().find_outcome(note(rig, 1))
    rig.open().write_outcome(note(rig, 11))

    assert found is None, "in an MIS without outcomes one is found"
    assert rig.open().find_outcome(note(rig, 1)) is None, "one with a similar key is taken for it"


@check(needs=[Can.OUTCOMES])
def a_second_outcome_stands_beside_the_first(rig: MisUnderTest) -> None:
    """A correction follows what it corrects; nothing that was recorded of a child is written over."""
    rig.hold(awkward(rig.can))
    adapter = rig.open()
    one, other = note(rig, 1), note(rig, 2, TYPED[2])
    adapter.write_outcome(one)
    adapter.write_outcome(other)

    assert (len(standing(rig, one)), len(standing(rig, other))) == (1, 1), (
        "not both of them stand there, once"
    )


@check(needs=[Can.OUTCOMES])
def what_people_typed_is_read_back_word_for_word(rig: MisUnderTest) -> None:
    """Some systems swallow what follows a “<”: half a sentence about a child can say the opposite."""
    rig.hold(awkward(rig.can))
    notes = [note(rig, number, typed) for number, typed in enumerate(TYPED, start=1)]
    for one in notes:
        rig.open().write_outcome(one)

    shown = [outcome.text for outcome in rig.outcomes()]
    altered = [one.key for one in notes if not any(one.outcome.text in text for text in shown)]
    assert altered == [], "what people typed stands there otherwise"


@check(needs=[Can.OUTCOMES])
def looking_for_an_outcome_writes_nothing(rig: MisUnderTest) -> None:
    """Looking comes before writing, every time."""
    rig.hold(awkward(rig.can))
    before = rig.standing()
    rig.open().find_outcome(note(rig))

    assert rig.standing() == before, "looking for an outcome changed what stands there"


@check(needs=[Can.OUTCOMES, Can.FAIL])
def an_outcome_that_is_refused_is_told_as_refused(rig: MisUnderTest) -> None:
    """A person must grant the permission to write; “not found” would be written again."""
    rig.hold(awkward(rig.can))
    one = note(rig)
    with rig.failing(Fault.FORBIDDEN):
        wrote = answer_of(lambda: rig.open().write_outcome(one))
        found = answer_of(lambda: rig.open().find_outcome(one))

    assert isinstance(wrote, AccessError), f"a write that was refused ended with {said(wrote)}"
    assert isinstance(found, AccessError), f"a look that was refused ended with {said(found)}"


@check(needs=[Can.OUTCOMES, Can.FAIL])
def an_outcome_that_must_wait_is_told_when(rig: MisUnderTest) -> None:
    """A worker never sleeps inside a call."""
    rig.hold(awkward(rig.can))
    one = note(rig)
    with rig.failing(Fault.PATIENCE_IN_SECONDS):
        answer = answer_of(lambda: rig.open().write_outcome(one))

    assert isinstance(answer, TryLaterError), f"a request for patience ended with {said(answer)}"
    assert answer.retry_after == PATIENCE_S, "another time is passed on than was given"


@check(without=[Can.OUTCOMES])
def who_takes_no_outcomes_says_so(rig: MisUnderTest) -> None:
    """Then it goes into a list that staff enter by hand; an id that is none would hide it from them."""
    rig.hold(awkward(rig.can))
    one = note(rig)
    found = answer_of(lambda: rig.open().find_outcome(one))
    wrote = answer_of(lambda: rig.open().write_outcome(one))

    assert isinstance(found, UnsupportedError), f"looking for an outcome ended with {said(found)}"
    assert isinstance(wrote, UnsupportedError), f"writing an outcome ended with {said(wrote)}"
