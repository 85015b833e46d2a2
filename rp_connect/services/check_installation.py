"""What is set up, what is missing and what needs a person: everything behind `check`. It changes nothing.

Every school is looked at on its own: one that cannot be reached is a sentence, the others are still checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from rp_connect.domain.calendar import PeriodKind, SchoolCalendar
from rp_connect.domain.effect import Effect, EffectState
from rp_connect.domain.task import TaskState
from rp_connect.errors import RpConnectError
from rp_connect.ports.plugins import PluginInfo
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.ask_outside import Answers, ask_outside
from rp_connect.services.check_pages import PagesCheck, check_pages
from rp_connect.services.office import Office, School
from rp_connect.services.survey_school import Survey, survey_school
from rp_connect.services.sync_report import Progress
from rp_connect.services.tell_parked import number, some, tell_parked
from rp_connect.services.to_json import Json, plugin_json

AHEAD = timedelta(days=60)
"""How far ahead the calendar should reach, and how long a time without school days is not a holiday."""
READ_ONLY = (
    "The store may only be read at present: nothing is taken over from the MIS, and nothing is sent. Look at "
    "its disk, at who may write to it, and whether it is the server that others follow. Nothing is lost."
)
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
UPN = re.compile(f"[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]")


@dataclass(slots=True, kw_only=True)
class SchoolCheck:
    """One school. `not_granted` and `unmapped` are the vendor's words; `problems` are sentences."""

    school: str
    calendar_until: date | None = None
    capabilities: list[str] = field(default_factory=list)
    not_granted: list[str] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    permissions_missing: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    paused: bool = False
    people: Survey | None = None

    @property
    def ok(self) -> bool:
        """Missing grants are a school's choice; everything else here waits for somebody."""
        return not (self.held or self.permissions_missing or self.problems)

    def to_json(self) -> Json:
        return {
            "school": self.school,
            "calendar_until": None if self.calendar_until is None else self.calendar_until.isoformat(),
            "capabilities": self.capabilities,
            "not_granted": self.not_granted,
            "unmapped": self.unmapped,
            "held": self.held,
            "permissions_missing": self.permissions_missing,
            "problems": self.problems,
            "paused": self.paused,
            "people": None if self.people is None else self.people.to_json(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The whole installation. `waiting` counts every effect that is neither done nor parked; `queue` is a
    sentence where something is wrong with the queue by which workers are called, `store` one where nothing
    can be stored."""

    plugins: Sequence[PluginInfo]
    waiting: int
    parked: int
    schools: Sequence[SchoolCheck]
    pages: PagesCheck
    queue: str = ""
    store: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing needs a person."""
        well = all(s.ok for s in self.schools) and not any(p.fault for p in self.plugins)
        return well and not (self.parked or self.queue or self.store or self.pages.problems)

    def to_json(self) -> Json:
        return {
            "ok": self.ok,
            "plugins": [plugin_json(plugin) for plugin in self.plugins],
            "effects": {"waiting": self.waiting, "parked": self.parked},
            "schools": [school.to_json() for school in self.schools],
            "pages": self.pages.to_json(),
            **({"queue": self.queue} if self.queue else {}),
            **({"store": self.store} if self.store else {}),
        }


def check_installation(office: Office, progress: Progress | None = None) -> Check:
    """Ask every plugin, school, MIS and workspace how it is; `progress` counts the schools that answered."""
    with office.store.read() as work:  # first: a store that is away is told before all outside was asked
        counts = work.effects.counts()
        parked = work.effects.every(EffectState.PARKED)
    schools = list(office.schools.values())
    answers = ask_outside(schools, progress or Progress())
    return Check(
        plugins=office.plugins,
        waiting=waiting(counts),
        parked=counts.get(EffectState.PARKED, 0),
        schools=[
            _check_school(office, school, said, [effect for effect in parked if effect.school == school.id])
            for school, said in zip(schools, answers, strict=True)
        ],
        pages=check_pages(office),
        queue=_of_queue(office),
        store=READ_ONLY if office.store.read_only() else "",
    )


def _of_queue(office: Office) -> str:
    try:
        given_up = office.bell.put_aside()
    except RpConnectError as fault:
        return str(fault)
    if not given_up:
        return ""
    return (
        f"{number(given_up, 'message')} put aside after five tries: look at the log of that time, and clear "
        "the queue of messages put aside. Nothing is lost: what was due is still due."
    )


def waiting(counts: Mapping[EffectState, int]) -> int:
    """Effects that are neither done nor parked: waiting, leased and unclear ones."""
    return sum(n for state, n in counts.items() if state not in (EffectState.DONE, EffectState.PARKED))


def _check_school(office: Office, school: School, said: Answers, parked: Sequence[Effect]) -> SchoolCheck:
    found = SchoolCheck(
        school=school.id,
        paused=school.settings.paused,
        capabilities=said.capabilities,
        not_granted=said.not_granted,
        permissions_missing=said.permissions_missing,
        problems=said.problems,
    )
    with office.store.read() as work:
        state = work.schools.state(school.id)
        calendar = SchoolCalendar(
            said.periods or work.schools.calendar(school.id), school.settings.day, school.timezone
        )
        found.calendar_until = calendar.last or state.calendar_until
        found.unmapped.extend(state.unmapped)
        found.people = survey_school(work, school, office.today(school))
        found.problems.extend(calendar_gaps(calendar, office.today(school)))
        found.problems.extend(_of_sources(work, school.id, found))
        found.problems.extend(_of_pupils(work, school.id))
        found.problems.extend(_of_rules(work, school))
        found.problems.extend(_of_tasks(work, school.id))
        found.problems.extend(_of_meetings(work, school.id, office.clock.now()))
    found.problems.extend(tell_parked(parked))
    return found


def calendar_gaps(calendar: SchoolCalendar, today: date) -> Iterator[str]:
    """What is missing of the calendar from `today` on, one sentence each."""
    last = calendar.last
    if last is None:
        terms = any(period.kind is PeriodKind.TERM for period in calendar.periods)
        missing = "no school day in its terms" if terms else "no term yet"
        yield f"The calendar has {missing}: until it has, dates say “calendar missing”."
        return
    if last < today + AHEAD:
        ended = "ended" if last < today else "ends"
        yield f"The calendar {ended} on {_day(last)}: later dates say “calendar missing”."
    for day, following in pairwise(calendar.school_days):
        if following - day > AHEAD and following > today:
            yield f"No school day is loaded between {_day(day)} and {_day(following)}: is a term missing?"


def _of_sources(work: UnitOfWork, school: str, found: SchoolCheck) -> Iterator[str]:
    """Files that a person must look at or that could not be read, words nobody mapped, records refused."""
    for source in work.schools.sources(school):
        label = source.label or source.kind
        if source.held:
            found.held.append(_labelled(label, source.held))
        if source.left:
            yield _labelled(label, source.left)
    if found.unmapped:
        yield (
            f"The MIS uses words that mean nothing here: {', '.join(found.unmapped)}. "
            "They are kept as they are; map them in the school's own table if they mean something."
        )
    refused = len(work.refusals.every(school))
    if refused:
        yield f"{number(refused, 'record')} could not be read: “rp-connect refused” lists them."


def _of_pupils(work: UnitOfWork, school: str) -> Iterator[str]:
    wrong = [pupil.record.id for pupil in work.pupils.every(school) if not upn_is_right(pupil.record.upn)]
    if wrong:
        yield f"{number(len(wrong), 'pupil')} with a wrong UPN in the MIS: {some(wrong)}."


def upn_is_right(upn: str) -> bool:
    """Whether a unique pupil number bears its check letter (DfE); a pupil without one is not wrong.

    Twelve characters follow the letter: digits, but for the last, which is a letter in a temporary number.
    Each counts by its place, 2 to 13; the sum's remainder by 23 picks the letter.
    """
    if not upn:
        return True
    if not UPN.fullmatch(upn):
        return False
    values = [int(sign) if sign.isdigit() else UPN_LETTERS.index(sign) for sign in upn[1:]]
    return upn[0] == UPN_LETTERS[sum(value * place for place, value in enumerate(values, 2)) % 23]


def _of_rules(work: UnitOfWork, school: School) -> Iterator[str]:
    """Cases that were decided before the oldest rules we have: nothing is required of them."""
    oldest = min((pack.effective for pack in school.packs), default=None)
    held = work.suspensions.of_pupils(work.suspensions.pupils_with(school.id))
    early = [
        suspension.no
        for of_one in held.values()
        for suspension in of_one
        if suspension.decided is not None and (oldest is None or suspension.decided.day < oldest)
    ]
    refs = sorted(case.ref for case in work.cases.of_suspensions(early).values())
    if refs:
        since = "there are no rules" if oldest is None else f"before {_day(oldest)} there are no rules"
        yield f"{number(len(refs), 'case')} without duties, because {since} for the decision: {some(refs)}."


def _of_tasks(work: UnitOfWork, school: str) -> Iterator[str]:
    twice = [task.id for task in work.tasks.every(school, state=TaskState.OPEN) if task.deletions > 1]
    if twice:
        yield f"{number(len(twice), 'open task')} deleted twice in the workspace, so gone: {some(twice)}."


def _of_meetings(work: UnitOfWork, school: str, now: datetime) -> Iterator[str]:
    """Meetings still to come that the workspace made otherwise than they were asked for."""
    for meeting in work.meetings.of_schools([school]):
        if meeting.warning and meeting.ends_at > now:
            yield f"{meeting.case}: {meeting.warning[:1].lower()}{meeting.warning[1:]}"


def _labelled(label: str, sentence: str) -> str:
    return sentence if label in sentence else f"{label}: {sentence}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
