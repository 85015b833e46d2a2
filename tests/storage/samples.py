"""Invented people and papers: of each kind one with everything filled in, and one with only its key."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from rp_connect.domain.calendar import Half, Period, PeriodKind
from rp_connect.domain.case import Case, Stage
from rp_connect.domain.duty import Confidence, DueNote
from rp_connect.domain.incident import IncidentRecord, IncidentRole, Involvement
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.party import Party, PartyRole
from rp_connect.domain.people import PupilRecord, Role, StaffRecord
from rp_connect.domain.suspension import Dates, LengthAnswer, LengthQuestion, Suspension, SuspensionRecord
from rp_connect.domain.task import Task, TaskState
from rp_connect.domain.when import When
from rp_connect.ports.store import SchoolState, SourceState, UnitOfWork

SCHOOL = "northwick"
MIS = "file_drop"
NOON = datetime(2026, 11, 5, 12, 0, 0, 123456, tzinfo=UTC)
CANARY = "Zephyrine"
"""A name that must never be seen in a message."""

TERM = Period(date(2026, 9, 1), date(2026, 12, 18), PeriodKind.TERM, "Autumn")
CALENDAR = [TERM, Period(date(2026, 10, 26), date(2026, 10, 30), PeriodKind.HOLIDAY)]

BARE_PUPIL = PupilRecord(id="004", given_name="Ada", family_name="")
FULL_PUPIL = PupilRecord(
    id="P-17",
    given_name="Zoë",
    family_name="O’Neill-Łuć",
    preferred_name="Zo",
    upn="A801200001234",
    date_of_birth=date(2012, 2, 29),
    year_group="10",
    reg_group="10B",
    on_roll_from=date(2023, 9, 1),
    on_roll_to=date(2028, 7, 21),
    social_worker=True,
    looked_after=False,
    ehcp=None,
    sen_support=True,
    key_adult_email="key.adult@northwick.example",
)
STAFF = [
    StaffRecord(id="T1", email="lead@northwick.example", given_name="Mo", family_name="Farr"),
    StaffRecord(id="T2", email="head@northwick.example"),
]
BARE_INCIDENT = IncidentRecord(id="I-1", occurred=When(date(2026, 11, 2)), kind="")
FULL_INCIDENT = IncidentRecord(
    id="I-2",
    occurred=When.of_moment(datetime(2026, 11, 3, 23, 15, tzinfo=UTC), ZoneInfo("Pacific/Auckland")),
    kind="Fighting",
    recorded=When(date(2026, 11, 4), datetime(2026, 11, 4, 15, 1, 2, tzinfo=UTC)),
    location="Yard",
    description="Said “no”; then 💥\nand left.",
    involved=(
        Involvement(pupil_id="P-17", role=IncidentRole.BOTH, role_word="Both", action="A", status="S"),
        Involvement(pupil_id="004", role=IncidentRole.AFFECTED),
    ),
)


def bare_suspension(pupil_no: int, id: str = "S-1") -> Suspension:
    return Suspension(
        no=0,
        school=SCHOOL,
        mis=MIS,
        pupil_no=pupil_no,
        record=SuspensionRecord(id=id, pupil_id="004", category="INTX"),
        in_force=Dates(),
        first_seen=date(2026, 11, 5),
        first_pass=0,
    )


def full_suspension(pupil_no: int, id: str = "S-2", incident: str | None = "I-2") -> Suspension:
    reported = Dates(
        start=date(2026, 11, 4), start_half=Half.PM, end=date(2026, 11, 6), end_half=Half.AM, sessions=4
    )
    longer = reported.model_copy(update={"sessions": 9})
    return Suspension(
        no=0,
        school=SCHOOL,
        mis=MIS,
        pupil_no=pupil_no,
        record=SuspensionRecord(
            id=id,
            pupil_id="P-17",
            category="SUSP",
            reasons=("PP", "DB"),
            decided=When(date(2026, 11, 3), datetime(2026, 11, 3, 14, 30, 0, 5, tzinfo=UTC)),
            dates=longer,
            exam=date(2026, 11, 5),
            notice_received=date(2026, 11, 4),
            representations=date(2026, 11, 20),
            cancelled=When(date(2026, 11, 9)),
            incident_id=incident,
        ),
        in_force=reported,
        first_seen=date(2026, 11, 4),
        first_pass=7,
        cancelled=When(date(2026, 11, 9), datetime(2026, 11, 9, 8, 0, tzinfo=UTC)),
        questions=(
            LengthQuestion(longer, date(2026, 11, 5)),
            LengthQuestion(Dates(), date(2026, 11, 6), LengthAnswer.FURTHER),
        ),
    )


def bare_case(ref: str = "RP-2026-0001", school: str = SCHOOL) -> Case:
    return Case(
        ref=ref, school=school, kind="reintegration", stage=Stage.REFERRED, opened_at=NOON, first_pass=0
    )


def full_case(pupil_nos: list[int], suspension_no: int | None, ref: str = "RP-2026-0002") -> Case:
    return Case(
        ref=ref,
        school=SCHOOL,
        kind="reintegration",
        stage=Stage.SAFEGUARDING_HOLD,
        opened_at=NOON,
        first_pass=3,
        parties=tuple(Party(no, role) for no, role in zip(pupil_nos, reversed(PartyRole), strict=False)),
        suspension_no=suspension_no,
        linked=("RP-2026-0001", "RP-2025-0412"),
    )


def bare_task(id: str = "RP-2026-0001.agreed.1", case: str = "RP-2026-0001") -> Task:
    return Task(
        id=id,
        case=case,
        school=SCHOOL,
        rule=None,
        occurrence=1,
        title="RP-2026-0001 · Speak to the head",
        due=None,
        note=None,
        role=Role.LEAD,
        basis="",
        confidence=None,
    )


def full_task(id: str = "RP-2026-0001.written-notice.2", case: str = "RP-2026-0001") -> Task:
    return Task(
        id=id,
        case=case,
        school=SCHOOL,
        rule="written-notice",
        occurrence=2,
        title="RP-2026-0001 · Written notice",
        due=datetime(2026, 11, 12, 15, 15, tzinfo=UTC),
        note=DueNote.NOTICE_DATE_MISSING,
        role=Role.HEAD,
        basis="SI 2012/1033",
        confidence=Confidence.CONFIRMED,
        state=TaskState.DONE,
        late=True,
        planned=date(2026, 11, 13),
        assignee="head@northwick.example",
        closed_by="rp-connect",
        closed_at=NOON,
        external_id="AAMk=",
        seen='{"done": true}',
        deletions=2,
    )


MEETING = Meeting(
    id="RP-2026-0001.meeting",
    case="RP-2026-0001",
    school=SCHOOL,
    at=datetime(2026, 11, 16, 8, 30, tzinfo=UTC),
    minutes=45,
    place="Room 2",
    invited=("family@home.example", "lead@northwick.example"),
    external_id="evt-1",
    revision=4,
)
STATE = SchoolState(
    school=SCHOOL,
    live_from=date(2026, 9, 1),
    passes=12,
    last_full=date(2026, 11, 5),
    last_success=NOON,
    basis="9f2c",
    calendar_until=date(2027, 7, 21),
    unmapped=("INTX", "Internal; “isolation”"),
)
SOURCE = SourceState(
    school=SCHOOL,
    mis=MIS,
    kind="suspension",
    label="suspensions.csv",
    cursor={"digest": "ab", "pages": [1, 2], "nested": {"none": None, "yes": True, "ratio": 0.5}},
    keys=31,
    held="suspensions.csv shrank.",
    left="suspensions.csv changes while it is read.",
)


def add_pupils(work: UnitOfWork, *ids: str, school: str = SCHOOL) -> list[int]:
    """Our numbers of pupils who have nothing but a name."""
    work.pupils.put(school, MIS, [BARE_PUPIL.model_copy(update={"id": id}) for id in ids])
    numbers = work.pupils.numbers(school, MIS)
    return [numbers[id] for id in ids]
