"""The awkward school: namesakes, empty family names, accents, leading zeros, days of a clock change, pupils
who came back, suspensions without dates, cancelled, of half a day and at lunchtime."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Half, Period, PeriodKind
from rp_connect.domain.incident import IncidentRecord, IncidentRole, Involvement
from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_connect.domain.suspension import Category, Dates, SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.ports.mis import Kind, Record
from rp_connect.testing.mis_kit.school import LONDON, School
from rp_connect.testing.mis_kit.words import UNKNOWN_CATEGORY, UNKNOWN_CODE, UNKNOWN_ROLE, Can

Ids = Callable[[int], str]
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
"""The clocks change on these days."""
SAID = 'Zoë said "under <5 minutes" & left;\nŁukasz’s coat — the blue one — was torn.'
_NAMES = (
    ("Adaline", "Testperson"),
    ("Adaline", "Testperson"),
    ("Zoëlle", ""),
    ("Siânwen", "O’Brien-D'Arcy"),
    ("", "Mononymous"),
    ("Łukasz", "Żółćwicz"),
    ("Noahtest", "van der Null"),
    ("Jürgentest", "Groß"),
    ("李小龍", "Ng"),
    ("Comeback", "Kidwell"),
    ("Comeback", "Kidwell"),
)


def ids_of(can: frozenset[Can]) -> Ids:
    return (lambda n: f"{n:04}") if Can.TEXT_IDS in can else str


def at(text: str) -> When:
    """A moment, given in UTC, on London's day."""
    return When.of_moment(datetime.fromisoformat(text).replace(tzinfo=UTC), LONDON)


def awkward(can: frozenset[Can]) -> School:
    """As awkward as an MIS that can do this may hold it."""
    ids = ids_of(can)
    return School(
        periods=tuple(_periods()),
        pupils=tuple(pupil(n, ids) for n in range(1, 12)),
        staff=tuple(staff(n, ids) for n in range(1, 4)),
        incidents=tuple(_incidents(ids, can)),
        suspensions=tuple(_suspensions(ids, can)),
        marks=tuple(_marks(ids, can)),
    )


def large(kind: Kind, count: int, can: frozenset[Can]) -> School:
    """Exactly `count` records of `kind`, with the pupils whom they are about."""
    ids = ids_of(can)
    made: dict[Kind, Callable[[int], Record]] = {
        Kind.PUPIL: lambda n: pupil(n, ids),
        Kind.STAFF: lambda n: staff(n, ids),
        Kind.INCIDENT: lambda n: _incident(n, ids),
        Kind.SUSPENSION: lambda n: _suspension(n, ids),
        Kind.ATTENDANCE: lambda n: mark(n, ids),
    }
    year = Period(date(2026, 1, 5), date(2026, 12, 18), PeriodKind.TERM, "Year")
    school = School(periods=(year,), pupils=tuple(pupil(n, ids) for n in range(1, 12)))
    return school.having(kind, [made[kind](n) for n in range(1, count + 1)])


def pupil(n: int, ids: Ids) -> PupilRecord:
    """From the twelfth on they are not so awkward."""
    given, family = _NAMES[n - 1] if n <= len(_NAMES) else (f"Given{n}name", f"Family{n}name")
    return PupilRecord(
        id=ids(n),
        given_name=given,
        family_name=family,
        preferred_name="Shanpreferred" if n == 4 else "",
        upn=f"Z82300000{10 if n == 11 else n:04}",
        date_of_birth=(date(2012, 3, 25), date(2012, 10, 28), date(2012, 2, 29), None)[n % 4],
        year_group=("7", "11", "R", "")[n % 4],
        reg_group="7C" if n % 2 else "",
        on_roll_from=date(2026, 9, 3) if n == 11 else date(2023, 9, 5),
        on_roll_to=SPRING if n == 10 else None,
        social_worker=(True, False, None)[n % 3],
        looked_after=(None, True, False)[n % 3],
        ehcp=(False, None, True)[n % 3],
        sen_support=(None, None, True, False)[n % 4],
        key_adult_email="keyadult@northwick.example" if n % 3 == 0 else "",
    )


def staff(n: int, ids: Ids) -> StaffRecord:
    given, family = _NAMES[(n + 4) % len(_NAMES)]
    return StaffRecord(
        id=ids(n), email=f"teacher{n}+rp@northwick.example", given_name=given, family_name=family
    )


def mark(n: int, ids: Ids) -> Mark:
    """Eleven pupils, session by session, from a Monday on."""
    session, who = divmod(n - 1, 11)
    week, half_of_week = divmod(session, 10)
    day = date(2026, 1, 5) + timedelta(weeks=week, days=half_of_week // 2)
    return Mark(ids(who + 1), day, Half(half_of_week % 2), ("/", "\\", "C1", "Y3", "I", "O")[n % 6])


def _in_it(who: str, role: IncidentRole, action: str = "") -> Involvement:
    return Involvement(pupil_id=who, role=role, role_word=role.value, action=action, status="")


def _incident(n: int, ids: Ids) -> IncidentRecord:
    roles = (IncidentRole.RESPONSIBLE, IncidentRole.HARMED, IncidentRole.WITNESS)
    return IncidentRecord(
        id=ids(n),
        occurred=When(date(2026, 9, 7) + timedelta(days=n % 60)) if n % 2 else at("2026-06-30T23:30:00"),
        kind=f"Kind {n % 7}",
        involved=(_in_it(ids(n % 11 + 1), roles[n % 3]),),
    )


def _incidents(ids: Ids, can: frozenset[Can]) -> Iterator[IncidentRecord]:
    part = IncidentRole
    everybody = (
        _in_it(ids(1), part.RESPONSIBLE, "Detention"),
        _in_it(ids(2), part.HARMED),
        _in_it(ids(3), part.WITNESS),
    )
    yield IncidentRecord(
        id=ids(1),
        occurred=at("2026-10-25T00:30:00"),
        recorded=at("2026-10-25T01:30:00"),
        kind="Fight",
        location="Yard — by the gate",
        description=SAID,
        involved=everybody if Can.SHARED_INCIDENTS in can else everybody[:1],
    )
    yield IncidentRecord(id=ids(2), occurred=When(SPRING), kind="V1", involved=(_in_it(ids(4), part.BOTH),))
    yield IncidentRecord(
        id=ids(3),
        occurred=at("2026-06-30T23:30:00"),
        recorded=When(date(2026, 7, 1)),
        kind="Bullying: online",
        involved=(_in_it(ids(11), part.SUPPORTER, "Talk"),),
    )
    if Can.UNKNOWN_ROLES in can:
        stranger = Involvement(pupil_id=ids(5), role=part.AFFECTED, role_word=UNKNOWN_ROLE)
        yield IncidentRecord(id=ids(4), occurred=When(AUTUMN), kind="Fight", involved=(stranger,))


def _suspension(n: int, ids: Ids) -> SuspensionRecord:
    start = date(2026, 9, 7) + timedelta(days=7 * (n % 12))
    return SuspensionRecord(
        id=ids(n),
        pupil_id=ids(n % 11 + 1),
        category=Category.SUSPENSION,
        decided=When(start),
        dates=Dates(start=start, end=start + timedelta(days=n % 3), sessions=n % 5 + 1),
    )


def _suspensions(ids: Ids, can: frozenset[Can]) -> Iterator[SuspensionRecord]:
    def made(n: int, category: str = Category.SUSPENSION, **more: object) -> SuspensionRecord:
        return SuspensionRecord.model_validate(
            {"id": ids(n), "pupil_id": ids(n), "category": category} | more
        )

    am, pm = Half.AM, Half.PM
    before = date(2026, 10, 23)
    days = Dates(start=before, start_half=am, end=date(2026, 10, 27), end_half=pm)
    yield made(1, reasons=("PP", "V1"), decided=at("2026-06-30T23:30:00"), dates=days, incident_id=ids(1))
    half_a_day = Dates(start=before, start_half=pm, end=before, end_half=pm, sessions=1)
    yield made(2, decided=When(AUTUMN), dates=half_a_day)
    yield made(3)
    yield made(4, decided=When(SPRING), dates=days, cancelled=at("2026-10-25T00:30:00"))
    yield made(5, Category.LUNCHTIME, dates=Dates(start=before, end=before, sessions=1))
    yield made(6, Category.PERMANENT, reasons=("DB", "VA", "MT"), dates=Dates(start=SPRING))
    served = Dates(start=SPRING, sessions=10)
    said = date(2026, 4, 1)
    yield made(
        7, dates=served, cancelled=When(AUTUMN), exam=AUTUMN, notice_received=SPRING, representations=said
    )
    if Can.UNKNOWN_CATEGORIES in can:
        yield made(8, UNKNOWN_CATEGORY, dates=days)


def _marks(ids: Ids, can: frozenset[Can]) -> Iterator[Mark]:
    yield from (mark(n, ids) for n in range(1, 45))
    monday = date(2026, 10, 26)
    yield Mark(ids(1), monday, Half.AM, "Y3")
    yield Mark(ids(1), monday, Half.PM, "C1")
    if Can.UNKNOWN_CODES in can:
        yield Mark(ids(2), monday, Half.PM, UNKNOWN_CODE)


def _periods() -> Iterator[Period]:
    yield Period(date(2026, 1, 5), date(2026, 7, 21), PeriodKind.TERM, "Spring and summer")
    yield Period(date(2026, 9, 2), date(2026, 12, 18), PeriodKind.TERM, "Autumn")
    yield Period(date(2026, 4, 6), date(2026, 4, 17), PeriodKind.HOLIDAY, "Easter")
    yield Period(date(2026, 9, 2), date(2026, 9, 2), PeriodKind.INSET, "Staff day")
    yield Period(date(2026, 11, 20), date(2026, 11, 20), PeriodKind.CLOSURE, "Boiler")
    yield Period(date(2026, 12, 18), date(2026, 12, 18), PeriodKind.DIRECTED)
