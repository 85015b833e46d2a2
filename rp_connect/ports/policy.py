"""What we ask of a policy: dated packs of rules that turn an event at a school into duties. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from rp_connect.domain.calendar import SchoolCalendar, Session
from rp_connect.domain.duty import Duty
from rp_connect.domain.people import PupilRecord
from rp_connect.domain.suspension import Suspension


@dataclass(frozen=True, slots=True)
class SuspensionStands:
    """A suspension as it now stands: recorded, shortened, lengthened, cancelled, or its marks were read.

    The rules read the state, not the way that led there, so that any order of records and any replay
    give the same duties.
    """

    suspension: Suspension


@dataclass(frozen=True, slots=True)
class ConferenceRequested:
    at: datetime


@dataclass(frozen=True, slots=True)
class InterventionRecorded:
    """A significant use of force, seclusion or restraint was recorded."""

    at: datetime


@dataclass(frozen=True, slots=True)
class OffSiteDirected:
    """A pupil is directed off site from `first` to `last`, decided on `decided`."""

    decided: date
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ExcludedFromElsewhere:
    """A pupil whose home authority is another one was permanently excluded on `decided`."""

    decided: date


@dataclass(frozen=True, slots=True)
class TimetableReduced:
    """A reduced timetable was agreed on `agreed_on` (with the parent, in writing)."""

    agreed_on: date


Event = (
    SuspensionStands
    | ConferenceRequested
    | InterventionRecorded
    | OffSiteDirected
    | ExcludedFromElsewhere
    | TimetableReduced
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The school's own intervals: reviews in days after the return, check-ins in school days counting it."""

    review_days: tuple[int, ...] = (14, 42, 84)
    check_in_school_days: tuple[int, ...] = (1, 5)


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at. `suspensions` are all of the pupil's at this school, the event's own included.

    `someone_harmed` says that the linked incident names somebody else who was harmed; `marks` are the pupil's
    attendance marks in suspended sessions; `school_kind` is academy, maintained or pru; `today` the local day
    on which this is asked.
    """

    calendar: SchoolCalendar
    school_kind: str
    today: date
    pupil: PupilRecord | None = None
    suspensions: Sequence[Suspension] = ()
    someone_harmed: bool = False
    marks: Mapping[Session, str] | None = None
    follow_up: FollowUp = FollowUp()
    cancelled_sessions_count: bool = True


class PolicyPack(Protocol):
    """One dated pack: in force for decisions from `effective` on, until a newer one takes over."""

    @property
    def id(self) -> str: ...
    @property
    def effective(self) -> date: ...

    def duties(self, event: Event, context: Context) -> Sequence[Duty]:
        """Everything that is required as things stand. Pure; raises nothing for missing dates."""
        ...


@runtime_checkable
class RegisterRules(Protocol):
    """A pack that also knows the register."""

    def wrong_marks(self, event: SuspensionStands, context: Context) -> Mapping[Session, Sequence[str]]:
        """The suspended sessions of `Context.marks` whose mark is not right, each with the codes that would
        be, the usual one first."""
        ...


@dataclass(frozen=True, slots=True)
class PolicySpec:
    """A registered policy: the name that the configuration uses, and its packs in any order."""

    name: str
    packs: Sequence[PolicyPack]


RegisterPolicies = Callable[[PolicySpec], None]


def pack_on(packs: Sequence[PolicyPack], day: date) -> PolicyPack | None:
    """The newest pack effective on `day`; None before the oldest: then nothing is required."""
    return max((p for p in packs if p.effective <= day), key=lambda p: p.effective, default=None)
