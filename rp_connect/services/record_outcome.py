"""A person records how the meeting of a case ended; the write-back to the MIS follows as an effect.

What was recorded is never rewritten: recording again adds a further outcome, as a correction would.
"""

from __future__ import annotations

from datetime import date

from rp_connect.domain.case import Stage
from rp_connect.domain.effect import EffectKind
from rp_connect.domain.outcome import Outcome, OutcomeResult
from rp_connect.errors import UsageError
from rp_connect.services.change_task import audit
from rp_connect.services.office import Office

LONGEST_NOTE = 500


def record_outcome(
    office: Office, ref: str, held_on: date, result: OutcomeResult, note: str, who: str
) -> Outcome:
    """The outcome of `ref`, at any stage before closed. The same again changes nothing.

    Raises NotFoundError, or UsageError (closed case, a day to come, a note that is too long).
    """
    with office.store.begin() as work:
        case = work.cases.get(ref)
        if case.stage is Stage.CLOSED:
            raise UsageError(f"{ref} is closed: nothing more is recorded of it.")
        held = work.outcomes.of_case(ref)
        outcome = Outcome(
            case=ref,
            school=case.school,
            number=len(held) + 1,
            held_on=_past(held_on, office.today(office.school(case.school))),
            result=result,
            note=checked_note(note),
            recorded_by=who,
            recorded_at=office.clock.now(),
        )
        if held and _same(held[-1], outcome):
            return held[-1]
        work.outcomes.put(outcome)
        work.effects.want(EffectKind.OUTCOME, outcome.key, school=case.school, case=ref)
        audit(work, case, who, outcome.recorded_at, "outcome recorded")
        work.commit()
    return outcome


def checked_note(note: str) -> str:
    """`note` as it was typed, but for blanks around it. Raises UsageError where no MIS could hold it."""
    words = note.strip()
    if len(words) > LONGEST_NOTE:
        raise UsageError(f"A note for the MIS has at most {LONGEST_NOTE} characters; this has {len(words)}.")
    if any(sign != "\n" and not sign.isprintable() for sign in words):
        raise UsageError("A note for the MIS may hold no control characters.")
    return words


def _past(held_on: date, today: date) -> date:
    if held_on > today:
        raise UsageError("--held is a day to come: an outcome is recorded once the meeting was held.")
    return held_on


def _same(held: Outcome, new: Outcome) -> bool:
    return (held.held_on, held.result, held.note) == (new.held_on, new.result, new.note)
