"""A person chooses which sessions of a suspension are marked how; each choice follows as an effect.

Nothing else in this program ever writes a mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from rp_connect.domain.calendar import Session
from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.domain.mark_choice import MarkChoice, session_text
from rp_connect.errors import ConflictError, UnsupportedError, UsageError
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.change_task import audit
from rp_connect.services.office import Office
from rp_connect.services.show_marks import MarkLine, MarkSheet, mark_sheet
from rp_connect.services.write_marks import register_of

Wanted = Mapping[Session, str]


def choose_marks(
    office: Office, ref: str, wanted: Wanted, who: str, shown: Wanted | None = None
) -> Sequence[MarkChoice]:
    """Queue a write for each session of `wanted`, all or none; answers those that were new. `shown` are the
    marks that the person had in front of them.

    What stands in the register already, and what is on its way, is not written again. Raises NotFoundError,
    UsageError (a session outside the suspension or not begun yet, a code that the school does not have, a
    case without a suspension in force), UnsupportedError (the MIS takes no marks) or ConflictError (a mark is
    another by now than was shown); and what the MIS says when it is asked for its codes.
    """
    with office.store.read() as work:
        sheet = _checked(office, work, ref, wanted)
    _require_codes(sheet, wanted)
    with office.store.begin() as work:
        sheet = _checked(office, work, ref, wanted)
        _require_shown(sheet, shown or {})
        now = office.clock.now()
        lines = [line for line in sheet.lines if line.session in wanted]
        chosen = [_chosen(sheet, line, wanted[line.session], who, now) for line in lines]
        fresh = [choice for line, choice in zip(lines, chosen, strict=True) if _is_new(line, choice)]
        for line in lines:
            if (choice := _of(fresh, line)) is not None:
                _store(work, sheet, line, choice)
        work.commit()
    return fresh


def _checked(office: Office, work: UnitOfWork, ref: str, wanted: Wanted) -> MarkSheet:
    sheet = mark_sheet(office, work, ref)
    if sheet.closed is not None:
        raise UnsupportedError(sheet.closed) if sheet.school.register is None else UsageError(sheet.closed)
    known = {line.session for line in sheet.lines}
    for session in sorted(wanted):
        if session not in known:
            raise UsageError(f"{session_text(session)} is no half day of the suspension of {ref}.")
        if office.calendar(work, sheet.school).starts(session) > office.clock.now():
            raise UsageError(f"{session_text(session)} has not begun: its register is taken then.")
    return sheet


def _require_shown(sheet: MarkSheet, shown: Wanted) -> None:
    for line in sheet.lines:
        if shown.get(line.session, line.held) != line.held:
            raise ConflictError(
                f"The mark of {session_text(line.session)} was changed in the MIS since this was shown, so "
                "nothing was chosen. Look at it again."
            )


def _require_codes(sheet: MarkSheet, wanted: Wanted) -> None:
    known = register_of(sheet.school).codes()
    for code in sorted(set(wanted.values())):
        if code not in known:
            raise UsageError(f"The school has no attendance code “{code}” that could be written.")


def _chosen(sheet: MarkSheet, line: MarkLine, code: str, who: str, now: datetime) -> MarkChoice:
    assert sheet.pupil_no is not None  # noqa: S101 - a sheet with lines has a suspension
    before = line.choice
    earlier = () if before is None else (before.code,) if line.is_written else (*before.seen, before.code)
    return MarkChoice(
        case=sheet.case.ref,
        school=sheet.school.id,
        pupil_no=sheet.pupil_no,
        session=line.session,
        code=code,
        seen=tuple(dict.fromkeys((line.held, *earlier))),
        chosen_by=who,
        chosen_at=now,
    )


def _is_new(line: MarkLine, choice: MarkChoice) -> bool:
    """Not so where the register says it already and nothing else is on its way, nor where it is on its way.
    What was written and not read yet is looked at again."""
    before = line.choice
    if line.state == "on its way" and before is not None:
        return before.code != choice.code
    settled = before is None or before.code == choice.code
    return not (settled and line.held == choice.code and line.state != "not written")


def _of(fresh: Sequence[MarkChoice], line: MarkLine) -> MarkChoice | None:
    return next((choice for choice in fresh if choice.session == line.session), None)


def _store(work: UnitOfWork, sheet: MarkSheet, line: MarkLine, choice: MarkChoice) -> None:
    """One that waits for a person is tried again: this is the person."""
    work.mark_choices.put(choice)
    work.effects.want(EffectKind.MARK, choice.key, school=choice.school, case=choice.case)
    if line.effect is not None and line.effect.state is EffectState.PARKED:
        work.effects.retry(line.effect.id)
    audit(work, sheet.case, choice.chosen_by, choice.chosen_at, f"mark chosen: {choice.text}")
