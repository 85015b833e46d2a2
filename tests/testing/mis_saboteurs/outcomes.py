"""Saboteurs of outcomes that are written back."""

from __future__ import annotations

from dataclasses import replace

from rp_connect.errors import AccessError, TryLaterError, UnclearError, UnsupportedError
from rp_connect.testing.mis_kit import ShownOutcome, lost_writes, writing
from rp_connect.testing.mis_kit.words import PATIENCE_S
from tests.testing.mis_sabotage import erring, first, saboteur
from tests.testing.mis_saboteurs.faults import LATER, SOMEBODY, only

GHOST = "N0"


def found(s, note):
    return s.inner.find_outcome(note)


def written_twice(s, note):
    """Answers the first id."""
    written = s.inner.write_outcome(note)
    s.inner.write_outcome(note)
    return written


def typed(change):
    """A write whose note is changed on its way."""

    def write(s, note):
        outcome = replace(note.outcome, note=change(note.outcome.note))
        return s.inner.write_outcome(replace(note, outcome=outcome))

    return write


saboteur(
    writing.an_outcome_stands_in_the_mis_once_and_is_found_again,
    "answers another id",
    write_outcome=lambda s, note: first(s.inner.write_outcome(note), GHOST),
)
saboteur(
    writing.an_outcome_stands_in_the_mis_once_and_is_found_again,
    "writes it twice",
    write_outcome=written_twice,
)
saboteur(
    writing.an_outcome_stands_in_the_mis_once_and_is_found_again,
    "does not find it",
    find_outcome=lambda s, note: None,
)
saboteur(
    writing.an_outcome_that_nobody_wrote_is_not_found,
    "finds one in an empty MIS",
    find_outcome=lambda s, note: found(s, note) or (None if s.rig.outcomes() else GHOST),
)
saboteur(
    writing.an_outcome_that_nobody_wrote_is_not_found,
    "finds what begins alike",
    find_outcome=lambda s, note: next(
        (one.external_id for one in s.rig.outcomes() if one.text.startswith(f"[{note.key}")), None
    ),
)


def over_the_last(s, note):
    s.rig.mis.outcomes.clear()
    return s.inner.write_outcome(note)


saboteur(
    writing.a_second_outcome_stands_beside_the_first,
    "writes over the last",
    paperbark=True,
    write_outcome=over_the_last,
)
saboteur(
    writing.what_people_typed_is_read_back_word_for_word,
    "loses what follows a <",
    write_outcome=typed(lambda note: note.split("<", maxsplit=1)[0]),
)
saboteur(
    writing.what_people_typed_is_read_back_word_for_word,
    "writes all in one line",
    write_outcome=typed(lambda note: " ".join(note.split())),
)
saboteur(
    writing.what_people_typed_is_read_back_word_for_word,
    "knows no accents",
    write_outcome=typed(lambda note: note.encode("ascii", "ignore").decode()),
)
saboteur(
    writing.looking_for_an_outcome_writes_nothing,
    "leaves a trace when it looks",
    paperbark=True,
    find_outcome=lambda s, note: first(s.rig.mis.outcomes.append(ShownOutcome(GHOST, "?")), found(s, note)),
)
saboteur(
    writing.an_outcome_that_is_refused_is_told_as_refused,
    "tries a refusal again",
    write_outcome=only(AccessError, lambda e: LATER)["write_outcome"],
)
saboteur(
    writing.an_outcome_that_is_refused_is_told_as_refused,
    "takes a refusal for not found",
    find_outcome=only(AccessError, lambda e: None)["find_outcome"],
)


class Patience(AccessError):
    """Of another class, and with a time all the same."""

    retry_after = PATIENCE_S


saboteur(
    writing.an_outcome_that_must_wait_is_told_when,
    "calls for a person",
    **only(TryLaterError, lambda e: Patience("A person must look.")),
)
saboteur(
    writing.an_outcome_that_must_wait_is_told_when,
    "does not say how long",
    **only(TryLaterError, lambda e: LATER),
)
saboteur(writing.who_takes_no_outcomes_says_so, "finds nothing, ever", find_outcome=lambda s, note: None)
saboteur(
    writing.who_takes_no_outcomes_says_so,
    "says that it was written",
    write_outcome=only(UnsupportedError, lambda e: GHOST)["write_outcome"],
)
saboteur(
    lost_writes.a_lost_answer_is_unclear_and_the_outcome_is_found,
    "believes that nothing happened",
    **only(UnclearError, lambda e: LATER),
)


def again(s, note):
    try:
        return s.inner.write_outcome(note)
    except UnclearError:
        pass
    return s.inner.write_outcome(note)


saboteur(
    lost_writes.a_lost_answer_is_unclear_and_the_outcome_is_found, "writes it again", write_outcome=again
)
saboteur(
    lost_writes.an_outcome_that_never_arrived_can_be_written_again,
    "calls for a person",
    **erring(lambda error: SOMEBODY),
)
saboteur(
    lost_writes.an_outcome_that_never_arrived_can_be_written_again,
    "finds what never arrived",
    find_outcome=lambda s, note: found(s, note) or GHOST,
)


def never_again(s, note):
    if "tried" in s.memory:
        return GHOST
    s.memory["tried"] = True
    return s.inner.write_outcome(note)


saboteur(
    lost_writes.an_outcome_that_never_arrived_can_be_written_again,
    "believes that it was written",
    write_outcome=never_again,
)
