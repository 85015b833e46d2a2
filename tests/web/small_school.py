"""A small trust for a test: real settings, plugins and store, and cases put in through the store's port.

It is Tuesday 10 November 2026, 10:05. At Northwick, Ada was suspended from Monday to Wednesday and returns on
Thursday; at Eastmoor there is nothing but what a test adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rp_connect.domain.calendar import Half, Period, PeriodKind
from rp_connect.domain.case import Case, Stage
from rp_connect.domain.duty import Confidence, DueNote
from rp_connect.domain.incident import IncidentRecord
from rp_connect.domain.party import Party, PartyRole
from rp_connect.domain.people import PupilRecord, Role
from rp_connect.domain.suspension import Dates, LengthAnswer, LengthQuestion, Suspension, SuspensionRecord
from rp_connect.domain.task import Task
from rp_connect.domain.when import When
from rp_connect.ports.store import SchoolState, UnitOfWork
from rp_connect.services.change_task import audit
from rp_connect.services.office import Office
from rp_connect.wiring.office import build_office
from tests.drop_school import CAL_A
from tests.laid_out_store import lay_out

LONDON = ZoneInfo("Europe/London")
NOW = "2026-11-10T10:05"
MIS = "file_drop"
NASTY = "<script>alert('x')</script>\"&"
LEAD = 'lead = ["lead@trust.example"]'

_TRUST = """\
[trust]
name = "Northwick Learning Trust"
[store]
url = "sqlite:///rp-connect.db"
"""
_SCHOOL = """
[[school]]
id = "{id}"
name = "{name}"
kind = "academy"
calendar = "calendar.csv"
mis = "file_drop"
workspace = "local"
live_from = 2026-09-01
[school.file_drop]
folder = "{id}/drop"
[school.local]
folder = "{id}/workspace"
[school.people]
{people}
[school.working]
{working}
"""
NAMES = {"northwick": "Northwick High School", "eastmoor": "Eastmoor Primary School"}


def local(text: str) -> datetime:
    """A moment on the schools' clock, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def open_trust(
    folder: Path,
    now: str = NOW,
    *,
    people: str = LEAD,
    working: str = "",
    schools: Sequence[str] = ("northwick", "eastmoor"),
) -> Office:
    """The office of an empty trust: its schools have a calendar and no pupils."""
    tables = [
        _SCHOOL.format(id=school, name=NAMES.get(school, school.title()), people=people, working=working)
        for school in schools
    ]
    config = folder / "rp-connect.toml"
    config.write_text(_TRUST + "".join(tables), encoding="utf-8")
    (folder / "calendar.csv").write_text("kind,first,last,label\n", encoding="utf-8")
    lay_out(folder / "rp-connect.db")
    office = build_office(config, now)
    with office.store.begin() as work:
        for school in schools:
            work.schools.put_calendar(school, periods())
            work.schools.put(SchoolState(school=school, calendar_until=date(2027, 7, 21)))
        work.commit()
    return office


def later(office: Office, now: str) -> Office:
    """The same office on another day."""

    class Clock:
        def now(self) -> datetime:
            return local(now)

    return replace(office, clock=Clock())


def periods() -> list[Period]:
    return [
        Period(date.fromisoformat(first), date.fromisoformat(last), PeriodKind(kind))
        for kind, first, last in CAL_A
    ]


def pupil(id: str, given: str = "Ada", family: str = "Testperson", year: str = "8") -> PupilRecord:
    return PupilRecord(id=id, given_name=given, family_name=family, year_group=year, reg_group=f"{year}B")


def three_days(id: str = "S-1", pupil_id: str = "P-1", start: date = date(2026, 11, 9)) -> SuspensionRecord:
    """Six half days, decided that morning, for disruption and damage."""
    return SuspensionRecord(
        id=id,
        pupil_id=pupil_id,
        category="SUSP",
        reasons=("DB", "DM"),
        decided=When.of_moment(datetime(start.year, start.month, start.day, 8, 30, tzinfo=LONDON), LONDON),
        dates=Dates(start=start, start_half=Half.AM, sessions=6),
    )


def task(
    ref: str,
    rule: str,
    title: str,
    due: date | str | None,
    role: Role = Role.LEAD,
    occurrence: int = 1,
    school: str = "northwick",
) -> Task:
    """`due` as text is a moment on the school's clock."""
    return Task(
        id=f"{ref}.{rule}.{occurrence}",
        case=ref,
        school=school,
        rule=rule,
        occurrence=occurrence,
        title=f"{ref} · {title}",
        due=local(due) if isinstance(due, str) else due,
        note=None if due else DueNote.CALENDAR_MISSING,
        role=role,
        basis="SI 2012/1033 reg 14",
        confidence=Confidence.CONFIRMED if role is Role.HEAD else Confidence.PROPOSED,
    )


def reintegration_tasks(ref: str, school: str = "northwick") -> list[Task]:
    """Some of what a suspension from Monday 9 to Wednesday 11 November asks for."""
    made = [
        task(ref, "tell-la", "Tell the local authority", date(2026, 11, 9), Role.HEAD),
        task(ref, "written-notice", "Written notice to the parents", "2026-11-09T15:15", Role.HEAD),
        task(ref, "pupil-voice", "Hear the pupil", date(2026, 11, 10)),
        task(ref, "reintegration-meeting", "Offer the reintegration meeting", date(2026, 11, 11)),
        task(ref, "share-plan", "Share the reintegration plan", "2026-11-12T08:45"),
        task(ref, "check-in", "Check in with the pupil, 1 of 2", date(2026, 11, 12)),
        task(ref, "check-in", "Check in with the pupil, 2 of 2", date(2026, 11, 18), occurrence=2),
        task(ref, "review", "Review, 1 of 2", date(2027, 2, 4)),
        task(ref, "review", "Review, 2 of 2", None, occurrence=2),
    ]
    return [replace(one, school=school) for one in made]


def add_pupil(work: UnitOfWork, record: PupilRecord, school: str = "northwick") -> int:
    """Answers our number of the pupil."""
    work.pupils.put(school, MIS, [record])
    return work.pupils.by_id(school, MIS, [record.id])[record.id].no


def add_suspension(
    work: UnitOfWork, pupil_no: int, record: SuspensionRecord, school: str = "northwick"
) -> Suspension:
    """As it stands in the store, with its number."""
    new = Suspension(
        no=0,
        school=school,
        mis=MIS,
        pupil_no=pupil_no,
        record=record,
        in_force=record.dates,
        first_seen=date(2026, 11, 9),
        first_pass=1,
    )
    work.suspensions.put([new])
    return work.suspensions.by_id(school, MIS, [record.id])[record.id]


def add_case(
    work: UnitOfWork, pupil_no: int, suspension_no: int | None = None, school: str = "northwick"
) -> Case:
    """A case that was opened on Monday morning."""
    case = Case(
        ref=work.cases.next_ref(2026),
        school=school,
        kind="reintegration",
        stage=Stage.REFERRED,
        opened_at=local("2026-11-09T09:00"),
        first_pass=1,
        parties=(Party(pupil_no, PartyRole.RESPONSIBLE),),
        suspension_no=suspension_no,
    )
    work.cases.add(case)
    audit(work, case, "rp-connect", case.opened_at, "opened")
    return case


def add_reintegration(
    office: Office,
    record: PupilRecord | None = None,
    suspension: SuspensionRecord | None = None,
    school: str = "northwick",
    tasks: Sequence[Task] | None = None,
) -> str:
    """A suspended pupil with a case and its tasks; answers the reference."""
    record = record or pupil("P-1")
    with office.store.begin() as work:
        number = add_pupil(work, record, school)
        held = add_suspension(work, number, suspension or three_days(pupil_id=record.id), school)
        case = add_case(work, number, held.no, school)
        work.tasks.put(reintegration_tasks(case.ref, school) if tasks is None else tasks)
        work.commit()
    return case.ref


def add_many(office: Office, count: int, school: str = "northwick", first: int = 0) -> list[str]:
    """`count` pupils, each with a case like Ada's, numbered from `first`."""
    return [
        add_reintegration(
            office,
            pupil(f"{school}-{n}", "Ada", f"Testperson {n}"),
            three_days(f"{school}-S-{n}", f"{school}-{n}"),
            school,
        )
        for n in range(first, first + count)
    ]


def ask(office: Office, half_days: int, answer: LengthAnswer | None = None) -> None:
    """The MIS now reports `half_days` for Ada's suspension, which is longer than what is in force."""
    longer = Dates(start=date(2026, 11, 9), start_half=Half.AM, sessions=half_days)
    with office.store.begin() as work:
        held = work.suspensions.by_id("northwick", MIS, ["S-1"])["S-1"]
        record = held.record.model_copy(update={"dates": longer})
        asked = LengthQuestion(longer, date(2026, 11, 10), answer)
        work.suspensions.put([replace(held, record=record, questions=(asked,))])
        work.commit()


def change_suspension(office: Office, record_id: str, **changes: object) -> Suspension:
    """Replace fields of a stored suspension; `incident_id` is put on its record."""
    with office.store.begin() as work:
        held = work.suspensions.by_id("northwick", MIS, [record_id])[record_id]
        if "incident_id" in changes:
            changes["record"] = held.record.model_copy(update={"incident_id": changes.pop("incident_id")})
        changed = replace(held, **changes)  # type: ignore[arg-type]
        work.suspensions.put([changed])
        work.commit()
    return changed


def add_incident(office: Office, day: date, id: str = "I-1") -> None:
    with office.store.begin() as work:
        work.incidents.put("northwick", MIS, [IncidentRecord(id=id, occurred=When(day), kind="Other")])
        work.commit()
