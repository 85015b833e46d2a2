"""Saboteurs of marks in the register."""

from __future__ import annotations

from dataclasses import replace

from rp_connect.domain.calendar import Half
from rp_connect.errors import (
    AccessError,
    ConfigError,
    GoneError,
    RpConnectError,
    TryLaterError,
    UnclearError,
)
from rp_connect.testing.mis_kit import marking
from tests.testing.mis_sabotage import first, refuse, saboteur
from tests.testing.mis_saboteurs.faults import LATER, SOMEBODY
from tests.testing.mis_saboteurs.outcomes import Patience


def written(s, mark):
    return s.inner.write(mark)


def erring(method, kind, change):
    """An error of that kind is exchanged, or for what is given in its place."""

    def instead(s, *asked):
        try:
            return getattr(s.inner, method)(*asked)
        except kind as error:
            other = change(error)
            if isinstance(other, Exception):
                raise other from None
            return other

    return {method: instead}


def other_half(mark):
    return mark._replace(half=Half.PM if mark.half is Half.AM else Half.AM)


def somebody_else(s, mark):
    others = [one.id for one in s.rig.mis.school.pupils if one.id != mark.pupil_id]
    return mark._replace(pupil_id=others[0])


saboteur(
    marking.a_mark_is_written_where_it_was_chosen_and_nowhere_else,
    "writes another session",
    write=lambda s, mark: written(s, other_half(mark)),
)
saboteur(
    marking.a_mark_is_written_where_it_was_chosen_and_nowhere_else,
    "writes the whole day",
    write=lambda s, mark: first(written(s, mark), written(s, other_half(mark))),
)
saboteur(
    marking.a_mark_is_written_where_it_was_chosen_and_nowhere_else,
    "marks somebody else",
    write=lambda s, mark: written(s, somebody_else(s, mark)),
)
saboteur(
    marking.a_mark_is_written_once,
    "declares a register, and registers none",
    rig={"spec": lambda rig: replace(rig.spec, register=None)},
)
saboteur(
    marking.a_mark_is_written_once,
    "writes it twice",
    write=lambda s, mark: first(written(s, mark), written(s, mark)),
)
saboteur(
    marking.a_mark_that_was_written_is_read_again_after_a_restart,
    "reads nothing",
    read=lambda s, places, since: {},
)
saboteur(
    marking.what_the_register_says_is_never_made_up,
    "says that it stands there already",
    read=lambda s, places, since: (
        s.inner.read(places, since) if s.rig.mis.entered else dict.fromkeys(places, "E")
    ),
)
saboteur(
    marking.what_the_register_says_is_never_made_up,
    "takes the last mark for everybody's",
    read=lambda s, places, since: (
        dict.fromkeys(places, s.rig.mis.entered[-1].code)
        if s.rig.mis.entered
        else s.inner.read(places, since)
    ),
)
saboteur(
    marking.a_mark_that_a_person_changed_meanwhile_is_read,
    "reads only what it wrote itself",
    read=lambda s, places, since: {
        place: code for place, code in s.inner.read(places, since).items() if s.rig.mis.entered
    },
)


def keeps_the_first(s, mark):
    if any(one[:3] == mark[:3] for one in s.rig.mis.entered):
        return None
    return written(s, mark)


saboteur(marking.a_second_choice_takes_the_place_of_the_first, "keeps the first", write=keeps_the_first)


def put_right_by_itself(s):
    """Behind the vendor's back."""
    mark = s.rig.mis.school.marks[0]
    s.rig.mis.enter(mark._replace(code="E"))
    s.rig.mis.entered.clear()
    return s.inner.probe()


def entered_again(s, places, since):
    s.rig.mis.enter(s.rig.mis.school.marks[0])
    return s.inner.read(places, since)


saboteur(
    marking.nothing_but_writing_writes_a_mark,
    "puts a mark right without being asked",
    paperbark=True,
    probe=put_right_by_itself,
)
saboteur(
    marking.nothing_but_writing_writes_a_mark,
    "enters what it read once more",
    paperbark=True,
    read=entered_again,
)
saboteur(
    marking.the_codes_are_those_of_the_school,
    "knows the usual ones",
    codes=lambda s: ["/", "\\", "E", "B", "C1", "I", "O", "Y3"],
)
saboteur(
    marking.the_codes_are_those_of_the_school,
    "takes any code",
    codes=lambda s: [*s.inner.codes(), marking.NO_CODE],
)
saboteur(
    marking.a_code_that_the_school_does_not_have_is_refused,
    "says nothing of it",
    **erring("write", ConfigError, lambda e: None),
)
saboteur(
    marking.a_code_that_the_school_does_not_have_is_refused,
    "enters another code",
    write=lambda s, mark: first(written(s, mark._replace(code="O")), refuse(ConfigError("No such code."))),
)
saboteur(
    marking.a_mark_of_nobody_is_refused,
    "says nothing of it",
    **erring("write", GoneError, lambda e: None),
)
saboteur(
    marking.a_mark_of_nobody_is_refused,
    "marks somebody else",
    write=lambda s, mark: first(written(s, somebody_else(s, mark)), refuse(GoneError("Not here any more."))),
)
saboteur(
    marking.a_mark_that_is_refused_is_told_as_refused,
    "tries a refusal again",
    **erring("write", AccessError, lambda e: LATER),
)
saboteur(
    marking.a_mark_that_is_refused_is_told_as_refused,
    "takes a refusal for nothing there",
    **erring("read", AccessError, lambda e: {}),
)
saboteur(
    marking.a_mark_that_must_wait_is_told_when,
    "calls for a person",
    **erring("write", TryLaterError, lambda e: Patience("A person must look.")),
)
saboteur(
    marking.a_mark_that_must_wait_is_told_when,
    "does not say how long",
    **erring("write", TryLaterError, lambda e: LATER),
)
saboteur(
    marking.a_lost_answer_is_unclear_and_the_mark_is_read,
    "believes that nothing happened",
    **erring("write", UnclearError, lambda e: LATER),
)
saboteur(
    marking.a_lost_answer_is_unclear_and_the_mark_is_read,
    "does not look",
    read=lambda s, places, since: {},
)
saboteur(
    marking.a_mark_that_never_arrived_can_be_written_again,
    "calls for a person",
    **erring("write", RpConnectError, lambda e: SOMEBODY),
)
saboteur(
    marking.a_mark_that_never_arrived_can_be_written_again,
    "reads what never arrived",
    read=lambda s, places, since: dict.fromkeys(places, "E"),
)


def never_again(s, mark):
    if "tried" in s.memory:
        return None
    s.memory["tried"] = True
    return written(s, mark)


saboteur(
    marking.a_mark_that_never_arrived_can_be_written_again,
    "believes that it was written",
    write=never_again,
)
saboteur(
    marking.who_takes_no_marks_registers_no_register,
    "registers one all the same",
    rig={"spec": lambda rig: replace(rig.spec, register=rig.spec.build)},
)
