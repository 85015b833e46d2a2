"""Marks that people chose go into the MIS's register, one by one.

The register is read before each write: what stands there already is not written again, and what somebody
else entered since the person looked is never written over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rp_connect.domain.mark_choice import MarkChoice, session_text
from rp_connect.domain.task import SYSTEM
from rp_connect.errors import GuardError, RpConnectError, UnsupportedError
from rp_connect.ports.register import ChosenMark, Register
from rp_connect.ports.store import AuditRow, UnitOfWork
from rp_connect.ports.workspace import Outcome, Written
from rp_connect.services.office import School

LOOKED_BACK = timedelta(days=1)
"""So long before the choice what changed in the register counts: clocks differ, and syncs are not all the
time."""


@dataclass(frozen=True, slots=True)
class MarkShelf:
    """Chosen marks of one school, as `put_all` puts several things on a shelf. `now` is the real clock: a
    school's may be moved."""

    register: Register
    marks: Mapping[str, ChosenMark]
    now: datetime

    def find_all(self, keys: Sequence[str]) -> Sequence[Written | RpConnectError | None]:
        """`Written` where the register says already what was chosen. GuardError where it says something that
        the person did not see."""
        asked = [self.marks[key] for key in keys]
        since = min(self.now, *(one.choice.chosen_at for one in asked)) - LOOKED_BACK
        there = self.register.read([one.place for one in asked], since)
        return [_judged(one, there.get(one.place)) for one in asked]

    def create_all(self, items: Sequence[ChosenMark]) -> Sequence[Outcome]:
        """One request for each: a refusal then says which mark it is about."""
        return [self._create(item) for item in items]

    def update_all(self, changes: Sequence[tuple[str, ChosenMark]]) -> Sequence[Outcome]:
        """What stands as it was chosen stays."""
        return [Written(key, "") for key, _ in changes]

    def _create(self, item: ChosenMark) -> Outcome:
        try:
            self.register.write(item.mark)
        except RpConnectError as fault:
            return fault
        return Written(item.key, "")


def _judged(one: ChosenMark, there: str | RpConnectError | None) -> Written | RpConnectError | None:
    if isinstance(there, RpConnectError):
        return there
    if there == one.choice.code:
        return Written(one.key, "")
    if there is None or there in one.choice.seen:
        return None
    return GuardError(
        f"The register says something else of {session_text(one.choice.session)} by now than when the mark "
        f"was chosen for {one.choice.case}: somebody changed it, so nothing was written. Look at it, and "
        "choose again."
    )


def register_of(school: School) -> Register:
    """Raises UnsupportedError where the MIS takes no marks."""
    if school.register is None:
        raise UnsupportedError(no_register(school))
    return school.register()


def no_register(school: School) -> str:
    return (
        f"The MIS of this school ({school.settings.mis}) takes no attendance marks from rp-connect: the "
        "school office changes them in the MIS itself."
    )


def chosen_marks(work: UnitOfWork, school: School, keys: Sequence[str]) -> Mapping[str, ChosenMark]:
    """By key, of pupils whom the school's MIS has."""
    choices = work.mark_choices.by_key(keys)
    pupils = work.pupils.get({choice.pupil_no for choice in choices.values()})
    ids = {no: pupil.record.id for no, pupil in pupils.items() if pupil.mis == school.settings.mis}
    return {
        key: ChosenMark(choice, ids[choice.pupil_no])
        for key, choice in choices.items()
        if choice.pupil_no in ids
    }


def note_written(work: UnitOfWork, choice: MarkChoice, now: datetime) -> None:
    """The register says it now. The mark that we hold stays what the last sync read."""
    held = work.mark_choices.by_key([choice.key])
    if choice.key in held and held[choice.key].chosen_at == choice.chosen_at:  # else: chosen anew meanwhile
        work.mark_choices.put(replace(choice, written_at=now))
    row = AuditRow(
        case=choice.case, school=choice.school, who=SYSTEM, at=now, what=f"mark written: {choice.text}"
    )
    work.audit.write(row)
