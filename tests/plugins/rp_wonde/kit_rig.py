"""The kit's invented school, served as Wonde would serve it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Half
from rp_connect.domain.incident import IncidentRecord, IncidentRole
from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_connect.domain.suspension import SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.ports.mis import Kind, MisSpec
from rp_connect.testing.mis_kit import Answer, Ask, Can, Held, HttpMis, School, ShownOutcome
from rp_connect.testing.mis_kit.rig import SECRET
from rp_wonde.asked import FIELDS
from rp_wonde.plugin import build, build_register
from rp_wonde.settings import WondeSettings
from tests.plugins.rp_wonde.vendor import Request, WondeSchool
from tests.plugins.rp_wonde.wonde_rows import CODES, Row, php

LISTS = {
    Kind.PUPIL: "students",
    Kind.STAFF: "employees",
    Kind.INCIDENT: "behaviours",
    Kind.SUSPENSION: "exclusions",
    Kind.ATTENDANCE: "attendance/session",
}
TYPES = {Kind.PUPIL: "student", Kind.INCIDENT: "behaviour", Kind.SUSPENSION: "exclusion"}
CODE_IDS = {code: key for key, code in CODES.items()}
ABSENT = "31/31/31"


def wonde_id(upi: str) -> str:
    """Of a pupil, which nothing but Wonde's own lists uses."""
    return f"A{upi}"


def moment(when: When | None) -> object:
    return None if when is None else php(when.at or when.day, "UTC")


def pupil_row(pupil: PupilRecord) -> Row:
    sen = {(True, None): "E", (False, None): "N", (None, True): "K"}.get((pupil.ehcp, pupil.sen_support))
    extended = {"in_lea_care": pupil.looked_after, "child_in_need": pupil.social_worker, "sen_status": sen}
    if pupil.social_worker is False:
        extended["child_protection_plan"] = False
    education = {
        "upn": pupil.upn,
        "current_nc_year": pupil.year_group,
        "admission_date": php(pupil.on_roll_from),
        "leaving_date": php(pupil.on_roll_to),
    }
    return {
        "id": wonde_id(pupil.id),
        "upi": pupil.id,
        "forename": pupil.given_name,
        "surname": pupil.family_name,
        "date_of_birth": php(pupil.date_of_birth, "Europe/London"),
        "education_details": {"data": education},
        "extended_details": {"data": {name: flag for name, flag in extended.items() if flag is not None}},
    }


def staff_row(member: StaffRecord) -> Row:
    emails = {"work": member.email, "home": "at@home.example"}
    return {
        "id": f"E{member.id}",
        "upi": member.id,
        "forename": member.given_name,
        "surname": member.family_name,
        "contact_details": {"data": {"emails": emails}},
    }


def incident_row(incident: IncidentRecord) -> Row:
    return {
        "id": incident.id,
        "type": incident.kind,
        "location": incident.location,
        "comment": incident.description,
        "incident_date": moment(incident.occurred),
        "recorded_date": moment(incident.recorded),
        "students": {
            "data": [
                {
                    "id": wonde_id(one.pupil_id),
                    "upi": one.pupil_id,
                    "meta": {"role": one.role_word, "action": one.action},
                }
                for one in incident.involved
            ]
        },
    }


def suspension_row(one: SuspensionRecord) -> Row:
    dates = one.dates
    return {
        "id": one.id,
        "type_code": one.category,
        "reason_code": one.reasons[0] if one.reasons else None,
        "start_date": php(dates.start),
        "start_session": dates.start_half.name if dates.start_half is not None else None,
        "end_date": php(dates.end),
        "end_session": dates.end_half.name if dates.end_half is not None else None,
        "sessions": dates.sessions,
        "student": {"data": {"id": wonde_id(one.pupil_id), "upi": one.pupil_id}},
    }


def mark_row(mark: Mark) -> Row:
    return {
        "id": f"{mark.day}{mark.half.name}{mark.pupil_id}",
        "date": php(mark.day),
        "session": mark.half.name,
        "attendance_code": CODE_IDS[mark.code],
        "student": wonde_id(mark.pupil_id),
    }


ROWS: Mapping[Kind, Any] = {
    Kind.PUPIL: pupil_row,
    Kind.STAFF: staff_row,
    Kind.INCIDENT: incident_row,
    Kind.SUSPENSION: suspension_row,
    Kind.ATTENDANCE: mark_row,
}
SPOILT: Mapping[Kind, Row] = {
    Kind.PUPIL: {"date_of_birth": ABSENT},
    Kind.STAFF: {"id": None, "upi": None},
    Kind.INCIDENT: {"incident_date": ABSENT},
    Kind.SUSPENSION: {"start_date": ABSENT},
    Kind.ATTENDANCE: {"attendance_code": "none"},
}


def row_of(kind: Kind, held: Held) -> Row:
    row: Row = ROWS[kind](held.record)
    return {**row, **SPOILT[kind]} if held.spoilt else row


class WondeRig(HttpMis):
    """At the vendor's own page size."""

    spec = MisSpec("wonde", WondeSettings, build, fields=FIELDS, register=build_register)
    page = 50
    kinds = tuple(kind for kind in Kind if kind is not Kind.CALENDAR)
    can = frozenset(Can)
    lacks = frozenset(
        {
            *(f"pupil.{name}" for name in ("preferred_name", "reg_group", "key_adult_email")),
            *(
                f"suspension.{name}"
                for name in (
                    *("decided", "cancelled", "exam", "notice_received", "representations", "incident_id"),
                )
            ),
        }
    )

    def __init__(self) -> None:
        super().__init__()
        self.wonde = WondeSchool()
        self.wonde.root = self.url
        self.wonde.prompt = True
        self._shown: dict[Kind, list[Held]] = {}

    def settings(self) -> Mapping[str, object]:
        return {
            "school_id": "A100",
            "token": "env:TOKEN",
            "base_url": self.url,
            "timeout_s": self.timeout_s,
            "retries": 0,
            "behaviour_roles": {role.value: role.value for role in IncidentRole},
            "outcome_type": "REST",
            "outcome_employee": "E1",
        }

    def expressible(self, school: School) -> School:
        """One reason of three; SEN support and an EHCP are one word, so that the one rules out the other."""
        school = super().expressible(school)
        cut = [one.model_copy(update={"reasons": one.reasons[:1]}) for one in school.suspensions]
        pupils = [one.model_copy(update=_sen(one)) for one in school.pupils]
        school = school.having(Kind.CALENDAR, ()).having(Kind.PUPIL, pupils)
        return school.having(Kind.SUSPENSION, cut)

    def publish(self) -> None:
        for kind, name in LISTS.items():
            held = self.mis.of(kind)
            if self._shown.get(kind) == held:
                continue
            self._shown[kind] = held
            rows = [row_of(kind, one) for one in held]
            if kind is Kind.INCIDENT:
                ours = [row for row in self.wonde.rows[name] if str(row["id"]).startswith("B9")]
                rows += ours
            self.wonde.rows[name] = rows
            self.wonde.changed |= {
                (name, row["id"]): one.changed for row, one in zip(rows, held, strict=False)
            }
        self.wonde.withheld = {LISTS[kind] for kind in self.mis.withheld if kind in LISTS}
        self._publish_deletions()

    def _publish_deletions(self) -> None:
        self.wonde.rows["deletions"] = []
        for gone in self.mis.removed:
            if gone.kind in TYPES:
                key = wonde_id(gone.key) if gone.kind is Kind.PUPIL else gone.key
                entry = {"type": TYPES[gone.kind], "id": key, "deleted_at": php(gone.at), "restored_at": None}
                self.wonde.rows["deletions"].append(entry)
                self.wonde.changed["deletions", key] = gone.at

    def answer(self, ask: Ask) -> Answer:
        headers = dict(ask.headers)
        assert headers["authorization"] == f"Bearer {SECRET}"
        headers["authorization"] = "Bearer canary-token-5521-do-not-print"
        request = Request(ask.method, urlsplit(ask.path).path, dict(ask.query), headers, ask.body)
        reply = self.wonde.reply(request)
        self._note_outcomes()
        self._note_marks()
        data = reply.body.get("data") if isinstance(reply.body, dict) else None
        rows = data if isinstance(data, list) else []
        kind = next((kind for kind, name in LISTS.items() if name == request.list), None)
        return Answer(
            reply.body,
            reply.status,
            kind=kind if reply.status == 200 else None,
            rows=len(rows),
            fields=request.fields if request.method == "GET" else (),
            writes=request.method != "GET",
        )

    def carried(self) -> Answer:
        return Answer({"error": "server_error", "message": "the database is being mended"})

    def standing(self) -> object:
        return self.mis.school, self.outcomes()

    def outcomes(self) -> list[ShownOutcome]:
        return list(self.mis.outcomes)

    def _note_marks(self) -> None:
        for one in self.wonde.entered[len(self.mis.entered) :]:
            upi, code = str(one["student_id"])[1:], CODES[one["attendance_code_id"]]
            self.mis.enter(Mark(upi, date.fromisoformat(one["date"]), Half[one["session"]], code))

    def _note_outcomes(self) -> None:
        self.mis.outcomes[:] = [
            ShownOutcome(row["id"], row["comment"])
            for row in self.wonde.rows["behaviours"]
            if str(row["id"]).startswith("B9")
        ]


def _sen(pupil: PupilRecord) -> dict[str, bool | None]:
    said = {(True, None): (True, False), (False, None): (False, False), (None, True): (False, True)}
    ehcp, support = said.get((pupil.ehcp, pupil.sen_support), (None, None))
    return {"ehcp": ehcp, "sen_support": support}
