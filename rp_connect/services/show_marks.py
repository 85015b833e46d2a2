"""The register beside what is right: the suspended sessions of a case whose mark somebody should look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rp_connect.domain.calendar import SchoolCalendar, Session
from rp_connect.domain.case import Case, Stage
from rp_connect.domain.effect import Effect, EffectKind, EffectState
from rp_connect.domain.mark_choice import NO_MARK, MarkChoice
from rp_connect.domain.suspension import Suspension
from rp_connect.ports.policy import Context, RegisterRules, SuspensionStands, pack_on
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.office import Office, School
from rp_connect.services.to_json import Json, day_json
from rp_connect.services.write_marks import no_register


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLine:
    """A session: the mark that the MIS held at the last sync (NO_MARK: none), the codes that would be right
    (none: it is right, or nothing is said of it), and what was chosen for it."""

    session: Session
    held: str
    right: Sequence[str] = ()
    choice: MarkChoice | None = None
    effect: Effect | None = None

    @property
    def state(self) -> str | None:
        """Of what was chosen: “on its way”, “not written” (a person must look) or “written”."""
        if self.choice is None:
            return None
        if self.effect is not None and self.effect.state is EffectState.PARKED:
            return "not written"
        return "written" if self.is_written else "on its way"

    @property
    def is_written(self) -> bool:
        return self.effect is None or self.effect.state is EffectState.DONE

    @property
    def asks(self) -> bool:
        """Whether somebody should look at it."""
        settled = self.choice is None or (self.is_written and self.choice.code == self.held)
        return bool(self.right) or not settled


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkSheet:
    """Every session of a case's suspension, in order. `closed` is a sentence that says why none of them can
    be written from here; None where they can."""

    case: Case
    school: School
    pupil_no: int | None = None
    lines: Sequence[MarkLine] = ()
    closed: str | None = None

    @property
    def asking(self) -> Sequence[MarkLine]:
        return [line for line in self.lines if line.asks]

    def to_json(self) -> Json:
        """Those that ask to be looked at."""
        return {
            "case": self.case.ref,
            "school": self.case.school,
            "sessions": len(self.lines),
            "can_write": self.closed is None,
            "reason": self.closed,
            "marks": [self._line_json(line) for line in self.asking],
        }

    def _line_json(self, line: MarkLine) -> Json:
        choice, timezone = line.choice, self.school.timezone
        return {
            "day": line.session.day.isoformat(),
            "session": line.session.half.name,
            "held": line.held or None,
            "right": list(line.right),
            "chosen": choice and choice.code,
            "chosen_at": choice and day_json(choice.chosen_at, timezone),
            "state": line.state,
            "reason": line.effect.reason if line.effect and line.state == "not written" else None,
        }


def show_marks(office: Office, ref: str) -> MarkSheet:
    """Raises NotFoundError."""
    with office.store.read() as work:
        return mark_sheet(office, work, ref)


def mark_sheet(office: Office, work: UnitOfWork, ref: str) -> MarkSheet:
    """The same, in the caller's transaction."""
    case = work.cases.get(ref)
    school = office.school(case.school)
    if case.suspension_no is None:
        return MarkSheet(case=case, school=school, closed=f"{ref} does not come from a suspension.")
    suspension = work.suspensions.get(case.suspension_no)
    calendar = office.calendar(work, school)
    sessions = () if suspension.cancelled else suspension.suspended_sessions(calendar)
    held = work.marks.of(school.id, suspension.pupil_no, sessions)
    right = _wrong(office, work, school, calendar, suspension, held)
    return MarkSheet(
        case=case,
        school=school,
        pupil_no=suspension.pupil_no,
        lines=_lines(work, case, suspension, sessions, held, right),
        closed=_why_closed(case, school, suspension, sessions),
    )


def _lines(
    work: UnitOfWork,
    case: Case,
    suspension: Suspension,
    sessions: Sequence[Session],
    held: Mapping[Session, str],
    right: Mapping[Session, Sequence[str]],
) -> Sequence[MarkLine]:
    choices = {choice.session: choice for choice in work.mark_choices.of_case(case.ref).values()}
    effects = work.effects.of_case(EffectKind.MARK, case.ref)
    return [
        MarkLine(
            session=session,
            held=held.get(session, NO_MARK),
            right=right.get(session, ()),
            choice=choice,
            effect=effects.get(choice.key) if choice else None,
        )
        for session in sessions
        for choice in [choices.get(session)]
    ]


def _wrong(
    office: Office,
    work: UnitOfWork,
    school: School,
    calendar: SchoolCalendar,
    suspension: Suspension,
    marks: Mapping[Session, str],
) -> Mapping[Session, Sequence[str]]:
    """By the rules that were in force on the day of decision, as the task “put the register right” is."""
    today = office.today(school)
    pack = pack_on(school.packs, suspension.decided.day if suspension.decided else today)
    if not isinstance(pack, RegisterRules):
        return {}
    others = work.suspensions.of_pupils([suspension.pupil_no]).get(suspension.pupil_no, ())
    context = Context(
        calendar=calendar,
        school_kind=school.settings.kind,
        today=today,
        suspensions=others,
        marks=marks,
        cancelled_sessions_count=school.settings.cancelled_sessions_count,
    )
    return pack.wrong_marks(SuspensionStands(suspension), context)


def _why_closed(
    case: Case, school: School, suspension: Suspension, sessions: Sequence[Session]
) -> str | None:
    if case.stage is Stage.CLOSED:
        return f"{case.ref} is closed: nothing more is written for it."
    if suspension.cancelled is not None:
        return f"The suspension of {case.ref} was cancelled, so no session of it is marked from here."
    if not sessions:
        return f"No session of the suspension of {case.ref} is known: it has no half days, or no dates yet."
    if school.register is None:
        return no_register(school)
    if suspension.mis != school.settings.mis:
        return f"{case.ref} was recorded in an MIS that the school has no more: the office sees to its marks."
    return None
