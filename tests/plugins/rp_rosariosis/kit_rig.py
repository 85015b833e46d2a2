"""The invented school as a RosarioSIS holds it: an incident and the suspension of the same number are one
referral, of one pupil, whose labels say what happened and what followed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from rp_connect.domain.calendar import Period, PeriodKind
from rp_connect.domain.incident import IncidentRecord, IncidentRole, Involvement
from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_connect.domain.suspension import Category, Dates, SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.ports.mis import Kind, MisAdapter, MisSettings
from rp_connect.testing.mis_kit import Answer, Ask, Can, Held, HttpMis, School, ShownOutcome
from rp_connect.testing.mis_kit.rig import SECRET
from rp_connect.testing.mis_kit.words import UNKNOWN_CODE
from rp_rosariosis.adapter import RosarioAdapter
from rp_rosariosis.plugin import SPEC
from tests.plugins.rp_rosariosis import tables as made
from tests.plugins.rp_rosariosis.tables import Row
from tests.plugins.rp_rosariosis.vendor import Reply, Vendor

CODES = ("/", "\\", "C1", "Y3", "I", "O", "M", UNKNOWN_CODE)
LENGTHS = {f"{n} half days": n for n in range(1, 21)}
OPEN_LENGTH = ("1 half days", "2 half days")
"""Labels that contradict each other: a suspension of nobody knows what length."""
ENTERED = date(2026, 9, 1)
KEY = re.compile(r"\[RP-\d+-\d+\.outcome\.\d+\]")
KINDS = {
    "students": Kind.PUPIL,
    "staff": Kind.STAFF,
    "attendance_period": Kind.ATTENDANCE,
    "attendance_calendar": Kind.CALENDAR,
}
LACKS = frozenset(
    {
        *(f"pupil.{name}" for name in ("preferred_name", "reg_group", "key_adult_email")),
        *(f"pupil.{name}" for name in ("social_worker", "looked_after", "ehcp", "sen_support")),
        *(f"incident.{name}" for name in ("occurred.at", "recorded.at", "location")),
        *(f"incident.involved.{name}" for name in ("role_word", "status")),
        *(f"suspension.{name}" for name in ("decided", "exam", "notice_received", "representations")),
        *(f"suspension.dates.{name}" for name in ("start", "start_half", "end", "end_half")),
        "suspension.cancelled",
    }
)


class RosarioRig(HttpMis):
    """Lists are cut at forty rows, as an installation may set it; its two clocks lie a day apart."""

    spec = SPEC
    page = 40
    lacks = LACKS
    can = frozenset(Can) - {
        *(Can.TEXT_IDS, Can.SHARED_INCIDENTS, Can.UNKNOWN_ROLES, Can.TOMBSTONES, Can.WITHHOLD),
        Can.MARKS,  # attendance_period is never written
    }

    def __init__(self) -> None:
        super().__init__()
        self.vendor = Vendor(
            made.small_school(), web=timedelta(hours=-12), api=timedelta(hours=14), most_rows=self.page
        )
        self.vendor.token = SECRET
        self._created: dict[tuple[str, str], datetime] = {}

    def settings(self) -> Mapping[str, object]:
        return {
            "base_url": self.url,
            "usertoken": "env:ROSARIO",
            "suspension_labels": LENGTHS,
            "permanent_labels": ["Expulsion"],
            "lunchtime_labels": ["Lunch"],
            "attendance_marks": {code: code for code in CODES if code != UNKNOWN_CODE},
            "upn_field": "custom_7",
            "timeout_s": self.timeout_s,
        }

    def build(self, settings: MisSettings) -> MisAdapter:
        return RosarioAdapter(settings, self.pause)

    def carried(self) -> Answer:
        return Answer({"error": "Invalid token"})

    def answer(self, ask: Ask) -> Answer:
        reply = self.vendor.answer(ask.method, ask.path, ask.query, ask.headers, ask.body)
        return Answer(
            reply.body,
            reply.status,
            reply.headers,
            kind=_kind_of(reply),
            rows=reply.rows,
            fields=tuple(f"{reply.table}.{name}" for name in reply.columns),
            writes=reply.writes,
        )

    def standing(self) -> object:
        return json.dumps(self.vendor.tables, sort_keys=True)

    def outcomes(self) -> Sequence[ShownOutcome]:
        """Each from its key to the next."""
        found = []
        for row in self.vendor.tables["discipline_referrals"]:
            text = row["category_6"] or ""
            places = [*(match.start() for match in KEY.finditer(text)), len(text)]
            found += [ShownOutcome(str(row["id"]), text[start:end]) for start, end in pairwise(places)]
        return found

    # ------------------------------------------------------------------ what an adapter can at best give

    def expressible(self, school: School) -> School:
        school = school.without(self.lacks)
        referrals = _referrals(school.incidents, school.suspensions)
        return (
            school.having(Kind.CALENDAR, list(_periods(school.periods)))
            .having(Kind.INCIDENT, [_as_incident(*referral) for referral in referrals])
            .having(Kind.SUSPENSION, [_as_suspension(i, s) for i, s in referrals if s is not None])
        )

    # ------------------------------------------------------------------ what RosarioSIS holds

    def publish(self) -> None:
        grades = sorted({p.year_group for p in self.mis.school.pupils if p.year_group})
        pupils = self.mis.of(Kind.PUPIL)
        labels = sorted({label for row in self._referral_rows() for label in _split(row["category_5"])})
        options = "\n".join([*LENGTHS, "Expulsion", "Lunch", *labels])
        self.vendor.tables |= {
            "students": [self._stamped("students", one, _student(one)) for one in pupils],
            "student_enrollment": [
                self._stamped("student_enrollment", one, _enrolment(one, grades)) for one in pupils
            ],
            "school_gradelevels": [
                {"id": n, "school_id": 1, "short_name": name} for n, name in enumerate(grades, start=1)
            ],
            "staff": [_member(one) for one in self.mis.of(Kind.STAFF)],
            "attendance_calendar": [made.day(str(day)) for day in _open_days(self.mis.school.periods)],
            "attendance_codes": [
                {"id": n, "syear": "2026", "school_id": 1, "short_name": code}
                for n, code in enumerate(CODES, start=1)
            ],
            "attendance_period": [
                self._stamped("attendance_period", one, _mark(one)) for one in self.mis.of(Kind.ATTENDANCE)
            ],
            "discipline_field_usage": made.usage("2026", options={1: "Fight", 2: "Detention", 5: options}),
            "discipline_referrals": self._referral_rows(),
        }

    def _referral_rows(self) -> list[Row]:
        incidents = {one.record.id: one for one in self.mis.of(Kind.INCIDENT)}  # type: ignore[union-attr]
        suspensions = {one.record.id: one for one in self.mis.of(Kind.SUSPENSION)}  # type: ignore[union-attr]
        rows = []
        for key in {**incidents, **suspensions}:
            held = [one for one in (incidents.get(key), suspensions.get(key)) if one is not None]
            row = _referral(incidents.get(key), suspensions.get(key))
            newest = max(held, key=lambda one: one.changed)
            rows.append(self._stamped("discipline_referrals", newest, row))
        return rows

    def _stamped(self, table: str, held: Held, row: Row) -> Row:
        """Without an edit until the first one."""
        key = "/".join(str(row[name]) for name in made.KEYS[table])
        created = self._created.setdefault((table, key), held.changed)
        edited = held.changed if held.changed > created else None
        return {**row, "created_at": self._clock(created), "updated_at": edited and self._clock(edited)}

    def _clock(self, moment: datetime) -> str:
        return f"{(moment + self.vendor.web).replace(tzinfo=None)}"


def _kind_of(reply: Reply) -> Kind | None:
    if reply.table == "discipline_referrals":
        return Kind.INCIDENT if "entry_date" in reply.columns else Kind.SUSPENSION
    return KINDS.get(reply.table)


def _student(held: Held) -> Row:
    pupil: Any = held.record
    born = "31/31/31" if held.spoilt else pupil.date_of_birth and str(pupil.date_of_birth)
    return made.student(
        int(pupil.id), pupil.given_name, pupil.family_name, custom_200000004=born, custom_7=pupil.upn
    )


def _enrolment(held: Held, grades: Sequence[str]) -> Row:
    pupil = held.record
    assert isinstance(pupil, PupilRecord)
    return made.enrolment(
        int(pupil.id),
        int(pupil.id),
        grade_id=grades.index(pupil.year_group) + 1 if pupil.year_group else None,
        start_date=pupil.on_roll_from and str(pupil.on_roll_from),
        end_date=pupil.on_roll_to and str(pupil.on_roll_to),
    )


def _member(held: Held) -> Row:
    one = held.record
    assert isinstance(one, StaffRecord)
    return made.member(int(one.id), one.email, first_name=one.given_name, last_name=one.family_name)


def _mark(held: Held) -> Row:
    mark: Any = held.record
    code = 999 if held.spoilt else CODES.index(mark.code) + 1
    return made.mark(int(mark.pupil_id), str(mark.day), mark.half + 2, code)


def _referral(incident: Held | None, suspension: Held | None) -> Row:
    """Of an incident, of the suspension with the same number, or of both."""
    one: Any = incident.record if incident else None
    other: Any = suspension.record if suspension else None
    pupil = other.pupil_id if other else one.involved[0].pupil_id
    entered = "31/31/31" if incident and incident.spoilt else str(one.occurred.day if one else ENTERED)
    return made.referral(
        int((one or other).id),
        int(pupil),
        **({"student_id": None} if suspension and suspension.spoilt else {}),
        entry_date=entered,
        referral_date=str(one.recorded.day) if one and one.recorded else None,
        category_1=_joined(_what(one, other)),
        category_2=(one.involved[0].action or None) if one else None,
        category_5=_joined(_labels(other)) if other else None,
        category_6=one.description if one else None,
    )


def _joined(labels: Sequence[str]) -> str | None:
    return f"||{'||'.join(labels)}||" if labels else None


def _split(text: str | None) -> list[str]:
    return [label for label in (text or "").split("||") if label]


# ---------------------------------------------------------------------- the same, as records

Referral = tuple[IncidentRecord | None, SuspensionRecord | None]


def _referrals(
    incidents: Iterable[IncidentRecord], suspensions: Iterable[SuspensionRecord]
) -> list[Referral]:
    one, other = {i.id: i for i in incidents}, {s.id: s for s in suspensions}
    return [(one.get(key), other.get(key)) for key in {**one, **other}]


def _what(incident: IncidentRecord | None, suspension: SuspensionRecord | None) -> list[str]:
    return [*([incident.kind] if incident else []), *(suspension.reasons if suspension else ())]


def _labels(suspension: SuspensionRecord) -> tuple[str, ...]:
    plain: Mapping[str, str] = {Category.PERMANENT: "Expulsion", Category.LUNCHTIME: "Lunch"}
    if suspension.category != Category.SUSPENSION:
        return (plain.get(suspension.category, suspension.category),)
    length = suspension.dates.sessions
    return OPEN_LENGTH if length is None else (f"{length} half days",)


def _as_incident(incident: IncidentRecord | None, suspension: SuspensionRecord | None) -> IncidentRecord:
    """A suspension alone is an incident too, of the day on which it was entered."""
    one = incident or IncidentRecord(id=_number(suspension), occurred=When(ENTERED), kind="")
    action = [*(_action(incident)), *(_labels(suspension) if suspension else ())]
    pupil = suspension.pupil_id if suspension else one.involved[0].pupil_id
    part = Involvement(pupil_id=pupil, role=IncidentRole.RESPONSIBLE, action=", ".join(action))
    return one.model_copy(update={"kind": ", ".join(_what(incident, suspension)), "involved": (part,)})


def _number(suspension: SuspensionRecord | None) -> str:
    assert suspension is not None
    return suspension.id


def _action(incident: IncidentRecord | None) -> list[str]:
    return [incident.involved[0].action] if incident and incident.involved[0].action else []


def _as_suspension(incident: IncidentRecord | None, suspension: SuspensionRecord) -> SuspensionRecord:
    only_length = suspension.category == Category.SUSPENSION
    return suspension.model_copy(
        update={
            "reasons": tuple(_what(incident, suspension)),
            "dates": Dates(sessions=suspension.dates.sessions) if only_length else Dates(),
            "incident_id": suspension.id,
        }
    )


def _open_days(periods: Iterable[Period]) -> list[date]:
    held = list(periods)
    shut = {day for one in held if one.kind is not PeriodKind.TERM for day in one.days()}
    terms = {day for one in held if one.kind is PeriodKind.TERM for day in one.days()}
    return sorted(day for day in terms - shut if day.weekday() < 5)


def _periods(periods: Iterable[Period]) -> Iterator[Period]:
    """Each school year from its first day to its last, and each run of weekdays without school."""
    days = _open_days(periods)
    for _, of_year in groupby(days, key=lambda day: day.year if day.month >= 8 else day.year - 1):
        held = list(of_year)
        yield Period(held[0], held[-1], PeriodKind.TERM)
        for one, following in pairwise(held):
            between = [one + timedelta(n) for n in range(1, (following - one).days)]
            shut = [day for day in between if day.weekday() < 5]
            if shut:
                yield Period(shut[0], shut[-1], PeriodKind.HOLIDAY)
