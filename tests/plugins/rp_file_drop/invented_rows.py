"""Good rows for the fuzzer: the cells as an export writes them, beside the record that they must become.

Nothing here is read from the adapter: records are built from the values, and cells are written from them.
Every name and every free text holds the canary, so that a reason which quotes contents is caught.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from rp_connect.domain.attendance import MEANINGS, Mark
from rp_connect.domain.calendar import Half
from rp_connect.domain.incident import IncidentRecord, IncidentRole, Involvement
from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_connect.domain.suspension import Dates, SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.ports.mis import Kind

CANARY = "Canary"
LONDON = ZoneInfo("Europe/London")
ACCENTS = ("ë", "Ł", "é", "O’", "ß")

Record = PupilRecord | StaffRecord | SuspensionRecord | IncidentRecord | Mark


@dataclass(frozen=True)
class GoodRow:
    """`key` is what a refusal of it would be called."""

    key: str
    cells: dict[str, str]
    record: Record


@dataclass(frozen=True)
class Invented:
    """A kind of file: how to invent its row number `n`, and which columns hold what."""

    kind: Kind
    name: str
    row: Callable[[Random, int, str], GoodRow]
    ids: tuple[str, ...]
    dates: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


def name(rng: Random, accents: str) -> str:
    return f"{rng.choice(('', 'Mc', 'de la '))}{CANARY}{accents and rng.choice(ACCENTS)}{rng.randint(1, 99)}"


def story(rng: Random, accents: str) -> str:
    """Free text of several sentences: commas, quotation marks, line breaks, tabs, no dates."""
    words = [
        "he",
        "she",
        '"no"',
        "5' 6\"",
        "then,",
        "and;",
        "\n",
        "\t",
        ",,",
        '"',
        "so; on",
        accents or "e",
        CANARY,
    ]
    return f"{CANARY} {' '.join(rng.choices(words, k=rng.randint(1, 60)))} end"


def a_day(rng: Random) -> date:
    return date(2000, 1, 1) + timedelta(days=rng.randint(0, 36_889))


def day_text(rng: Random, day: date | None) -> str:
    if day is None:
        return rng.choice(("", " "))
    return f"{day.year:04d}-{day.month:02d}-{day.day:02d}" if rng.random() < 0.5 else day.strftime("%d/%m/%Y")


def a_when(rng: Random) -> tuple[When, str]:
    """A date, or a moment: in UTC, at another offset or on the school's own clock; never an odd night."""
    day = a_day(rng)
    if rng.random() < 0.4:
        return When(day), day_text(rng, day)
    at = datetime(day.year, day.month, day.day, rng.randint(4, 21), rng.randint(0, 59), tzinfo=UTC)
    local = at.astimezone(LONDON)
    form = rng.randint(0, 3)
    if form == 0:
        text = f"{at:%Y-%m-%dT%H:%M}Z".rjust(17, "0")
    elif form == 1:
        text = f"{at + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+02:00"
    elif form == 2:
        text = f"{local:%Y-%m-%d %H:%M}"
    else:
        text = f"{local:%d/%m/%Y %H:%M}"
    return When(local.date(), at), text


def flag(rng: Random) -> tuple[bool | None, str]:
    return rng.choice(((True, "Y"), (True, "yes"), (False, "N"), (False, "0"), (None, ""), (None, " ")))


def padded(rng: Random, text: str) -> str:
    return f" {text}  " if rng.random() < 0.1 else text


def pupil(rng: Random, n: int, accents: str) -> GoodRow:
    key = f"{n:05d}"
    born = date(1990, 1, 1) + timedelta(days=rng.randint(0, 9000))
    given, family = name(rng, accents), name(rng, accents) if rng.random() < 0.9 else ""
    from_day, to_day = a_day(rng), a_day(rng) if rng.random() < 0.3 else None
    flags = {column: flag(rng) for column in ("social_worker", "looked_after", "ehcp", "sen_support")}
    cells = {
        "pupil_id": padded(rng, key),
        "upn": f"H{n:012d}",
        "given_name": padded(rng, given),
        "family_name": padded(rng, family),
        "date_of_birth": day_text(rng, born),
        "year_group": str(n % 7 + 7),
        "on_roll_from": day_text(rng, from_day),
        "on_roll_to": day_text(rng, to_day),
        "key_adult_email": f"{CANARY}{n}@n.example",
    } | {column: text for column, (_, text) in flags.items()}
    record = PupilRecord(
        id=key,
        upn=f"H{n:012d}",
        given_name=given,
        family_name=family,
        date_of_birth=born,
        year_group=str(n % 7 + 7),
        on_roll_from=from_day,
        on_roll_to=to_day,
        key_adult_email=f"{CANARY}{n}@n.example",
        social_worker=flags["social_worker"][0],
        looked_after=flags["looked_after"][0],
        ehcp=flags["ehcp"][0],
        sen_support=flags["sen_support"][0],
    )
    return GoodRow(key, cells, record)


def member_of_staff(rng: Random, n: int, accents: str) -> GoodRow:
    given, family = name(rng, accents), name(rng, accents)
    email = f"{CANARY}.{n}@northwick.example"
    cells = {"staff_id": f"T-{n}", "email": email, "given_name": given, "family_name": family}
    return GoodRow(
        f"T-{n}", cells, StaffRecord(id=f"T-{n}", email=email, given_name=given, family_name=family)
    )


def suspension(rng: Random, n: int, accents: str) -> GoodRow:
    key = f"S{n}"
    start = a_day(rng)
    end = min(start + timedelta(days=rng.randint(0, 9)), date(2100, 12, 31)) if rng.random() < 0.6 else None
    sessions = rng.randint(1, 90) if rng.random() < 0.5 else None
    category, ours = rng.choice(
        (("SUSP", "SUSP"), ("fixd", "SUSP"), ("Perm", "PERM"), ("LNCH", "LNCH"), ("X-7", "X-7"))
    )
    decided, decided_text = a_when(rng)
    cancelled, cancelled_text = a_when(rng) if rng.random() < 0.2 else (None, "")
    reasons = rng.sample(("PP", "PA", "DB", "VB"), k=rng.randint(0, 3))
    cells = {
        "suspension_id": key,
        "pupil_id": padded(rng, f"{n % 500:05d}"),
        "category": category,
        "decided_at": decided_text,
        "start_date": day_text(rng, start),
        "start_session": "am",
        "end_date": day_text(rng, end),
        "end_session": "PM" if end else "",
        "sessions": "" if sessions is None else str(sessions),
        "cancelled_at": cancelled_text,
        "incident_id": f"I{n}",
    } | {f"reason_{place}": reason.lower() for place, reason in enumerate(reasons, start=1)}
    record = SuspensionRecord(
        id=key,
        pupil_id=f"{n % 500:05d}",
        category=ours,
        reasons=tuple(reasons),
        decided=decided,
        dates=Dates(
            start=start, start_half=Half.AM, end=end, end_half=Half.PM if end else None, sessions=sessions
        ),
        cancelled=cancelled,
        incident_id=f"I{n}",
    )
    return GoodRow(key, cells, record)


def incident(rng: Random, n: int, accents: str) -> GoodRow:
    """The row of one pupil in incident `n // 3`; the record has this pupil alone in it."""
    own = Random(f"incident {n // 3} {accents}")
    occurred, occurred_text = a_when(own)
    kind, description = own.choice(("Fight", "Theft")), story(own, accents)
    role = rng.choice(list(IncidentRole))
    key, pupil_id = f"I-{n // 3}", f"{n:05d}"
    cells = {
        "incident_id": key,
        "occurred_at": occurred_text,
        "type": kind,
        "description": description,
        "pupil_id": pupil_id,
        "role": role.value.title(),
        "action": name(rng, accents),
    }
    involved = Involvement(pupil_id=pupil_id, role=role, role_word=role.value.title(), action=cells["action"])
    record = IncidentRecord(
        id=key, occurred=occurred, kind=kind, description=description, involved=(involved,)
    )
    return GoodRow(f"{key}/{pupil_id}", cells, record)


def mark(rng: Random, n: int, accents: str) -> GoodRow:
    day, half = date(2026, 9, 1) + timedelta(days=n // 400), Half(n // 200 % 2)
    code, pupil_id = rng.choice([*MEANINGS]), f"{n % 200:05d}"
    cells = {
        "pupil_id": padded(rng, pupil_id),
        "date": day_text(rng, day),
        "session": rng.choice((half.name, half.name.lower())),
        "code": code.lower(),
    }
    return GoodRow(f"{pupil_id}/{day.isoformat()}/{half.name}", cells, Mark(pupil_id, day, half, code))


FILES = (
    Invented(
        Kind.PUPIL,
        "pupils",
        pupil,
        ids=("pupil_id",),
        dates=("date_of_birth", "on_roll_from"),
        choices=("social_worker", "ehcp"),
        texts=("given_name", "key_adult_email"),
        needed=("pupil_id",),
    ),
    Invented(
        Kind.STAFF,
        "staff",
        member_of_staff,
        ids=("staff_id",),
        texts=("given_name",),
        needed=("staff_id", "email"),
    ),
    Invented(
        Kind.SUSPENSION,
        "suspensions",
        suspension,
        ids=("suspension_id", "pupil_id"),
        dates=("decided_at", "start_date"),
        choices=("start_session", "sessions"),
        texts=("reason_1",),
        needed=("suspension_id", "pupil_id", "category"),
    ),
    Invented(
        Kind.INCIDENT,
        "incidents",
        incident,
        ids=("incident_id", "pupil_id"),
        dates=("occurred_at",),
        texts=("description", "action"),
        needed=("incident_id", "occurred_at", "type", "pupil_id"),
    ),
    Invented(
        Kind.ATTENDANCE,
        "attendance",
        mark,
        ids=("pupil_id",),
        dates=("date",),
        choices=("session",),
        needed=("pupil_id", "date", "session"),
    ),
)
