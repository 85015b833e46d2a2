"""Paperbark: an invented vendor of an MIS over HTTP, and an adapter for it: what saboteurs start from.

GET /api/<kind>?after=<place>&since=<moment>&fields=<names>   {"rows", "total", "next", "now"}
GET /api/deleted?kind=<kind>&since=<moment>                   {"rows": [{"id", "at"}]}
GET /api/<kind>/<id>                                          404 {"gone": <id>} where there is none
GET, POST /api/notes                                          outcomes
GET /api/grants                                               {"kinds": […], "refused": […]}
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from pydantic import BaseModel

from rp_connect.domain.attendance import MEANINGS, Mark
from rp_connect.domain.calendar import Half, Period, PeriodKind
from rp_connect.domain.incident import IncidentRecord, IncidentRole, Involvement
from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_connect.domain.suspension import Category, Dates, SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.errors import (
    AccessError,
    ConfigError,
    GoneError,
    RpConnectError,
    TryLaterError,
    UnclearError,
    UnsupportedError,
)
from rp_connect.ports.mis import (
    AskedField,
    Cursor,
    Kind,
    MisSettings,
    MisSpec,
    OutcomeNote,
    Page,
    Probe,
    Reading,
    Refusal,
    Tombstone,
)
from rp_connect.ports.register import MarkPlace
from rp_connect.testing.mis_kit import Answer, Ask, Can, Held, HttpMis, School, ShownOutcome
from rp_connect.testing.mis_kit.school import key_of
from rp_connect.testing.mis_kit.words import CODES, UNKNOWN_CODE

PAGE = 7
PLAIN = frozenset({Can.CONFIRM_GONE, Can.SHOW_REQUESTS, Can.SHOW_FIELDS, Can.FAIL, Can.SPOIL, Can.WITHHOLD})
"""Of one that can do little."""
NAMES: Mapping[Kind, str] = {
    Kind.CALENDAR: "calendar",
    Kind.PUPIL: "pupils",
    Kind.STAFF: "staff",
    Kind.INCIDENT: "incidents",
    Kind.SUSPENSION: "suspensions",
    Kind.ATTENDANCE: "attendance",
}
MODELS: Mapping[Kind, Any] = {
    Kind.PUPIL: PupilRecord,
    Kind.STAFF: StaffRecord,
    Kind.INCIDENT: IncidentRecord,
    Kind.SUSPENSION: SuspensionRecord,
}
FIELDS: Mapping[Kind, tuple[str, ...]] = {
    **{kind: tuple(model.model_fields) for kind, model in MODELS.items()},
    Kind.CALENDAR: ("first", "last", "kind", "label"),
    Kind.ATTENDANCE: Mark._fields,
}
ASKED = [
    AskedField(kind, f"{NAMES[kind]}.{name}", "what the casework needs to know")
    for kind, names in FIELDS.items()
    for name in names
]
DAYS = {"date_of_birth", "on_roll_from", "on_roll_to", "exam", "notice_received", "representations"}
UNREADABLE = ("date_of_birth", "occurred", "dates", "code")
OVERLAP = timedelta(seconds=2)


# ------------------------------------------------------------------ the vendor


def to_row(kind: Kind, held: Held) -> dict[str, Any]:
    """As Paperbark shows it: a moment with its offset, a day as a day."""
    row = {name: shown(getattr(held.record, name)) for name in FIELDS[kind]}
    if held.spoilt:
        row |= {name: "31/31/31" for name in UNREADABLE if name in row}
    return row


def shown(value: Any) -> Any:
    if isinstance(value, When):
        return value.to_text()
    if isinstance(value, Half):
        return value.name
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return {name: shown(getattr(value, name)) for name in type(value).model_fields}
    return [shown(one) for one in value] if isinstance(value, tuple) else value


class PaperbarkRig(HttpMis):
    page = PAGE
    can = frozenset(Can) - {Can.CONFIRM_GONE}

    def __init__(self, can: frozenset[Can] | None = None, kinds: tuple[Kind, ...] = tuple(Kind)) -> None:
        super().__init__()
        self.can = self.can if can is None else can
        self.kinds = kinds
        register = PaperbarkRegister if Can.MARKS in self.can else None
        self.spec = MisSpec("paperbark", PaperbarkSettings, Paperbark, fields=ASKED, register=register)

    def settings(self) -> Mapping[str, object]:
        known = {
            "changes": Can.CHANGES in self.can,
            "tombstones": Can.TOMBSTONES in self.can,
            "confirms": Can.CONFIRM_GONE in self.can,
            "outcomes": Can.OUTCOMES in self.can,
            "marks": Can.MARKS in self.can,
        }
        return {"base_url": self.url, "token": "env:TOKEN", "timeout_s": self.timeout_s, **known}

    def expressible(self, school: School) -> School:
        for kind in set(Kind) - set(self.kinds):
            school = school.having(kind, ())
        return school

    def carried(self) -> Answer:
        return Answer({"error": "the database is being mended"})

    def answer(self, ask: Ask) -> Answer:
        _, what, *more = ask.path.strip("/").split("/")
        if what == "grants":
            kinds = [NAMES[kind] for kind in self.kinds if kind not in self.mis.withheld]
            return Answer({"kinds": kinds, "refused": [NAMES[kind] for kind in self.mis.withheld]})
        if what == "notes":
            return self._notes(ask)
        if what == "codes":
            unknown = [UNKNOWN_CODE] if Can.UNKNOWN_CODES in self.can else []
            return Answer({"codes": [*CODES, *unknown]})
        if what == "register":
            return self._register(ask)
        kind = next(kind for kind, name in NAMES.items() if name == (ask.one("kind") or what))
        since = datetime.fromisoformat(ask.one("since", "2000-01-01T00:00:00+00:00"))
        if what == "deleted":
            gone = [one for one in self.mis.removed if one.kind is kind and one.at >= since]
            return Answer({"rows": [{"id": one.key, "at": one.at.isoformat()} for one in gone]})
        if more:
            there = any(key_of(held.record) == more[0] for held in self.mis.of(kind))
            return Answer({"id": more[0]}) if there else Answer({"gone": more[0]}, 404)
        return self._page(ask, kind, since)

    def _page(self, ask: Ask, kind: Kind, since: datetime) -> Answer:
        if kind in self.mis.withheld or kind not in self.kinds:
            return Answer({"rows": [], "total": None, "next": None, "now": None})
        after, fields = ask.one("after"), ask.one("fields").split(",")
        changed = [held for held in self.mis.of(kind) if held.changed >= since]
        held = sorted(changed, key=lambda held: place_of(held.record))
        there = [one for one in held if place_of(one.record) > after][:PAGE]
        shown_rows = [to_row(kind, one) for one in there if not ask.one("count")]
        rows = [{name: row.get(name) for name in fields} for row in shown_rows]
        goes_on = bool(there) and there[-1] is not held[-1]
        body = {
            "rows": rows,
            "total": len(held),
            "next": place_of(there[-1].record) if goes_on else None,
            "now": datetime.now(UTC).isoformat(),
        }
        names = tuple(f"{NAMES[kind]}.{name}" for name in fields if name)
        return Answer(body, kind=kind, rows=len(rows), fields=names)

    def _register(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            held = [one.record for one in self.mis.of(Kind.ATTENDANCE)]
            return Answer({"rows": [[m.pupil_id, m.day.isoformat(), m.half.name, m.code] for m in held]})  # type: ignore[union-attr]
        who, day, half, code = ask.json()
        if who not in {pupil.id for pupil in self.mis.school.pupils}:
            return Answer({}, 410)
        if code not in (*CODES, UNKNOWN_CODE):
            return Answer({}, 422)
        self.mis.enter(Mark(who, date.fromisoformat(day), Half[half], code))
        return Answer({"entered": code}, 201, writes=True)

    def _notes(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            rows = [{"id": one.external_id, "text": one.text} for one in self.mis.outcomes]
            return Answer({"rows": rows})
        shown_now = ShownOutcome(f"N{len(self.mis.outcomes) + 1}", ask.json()["text"])
        self.mis.outcomes.append(shown_now)
        return Answer({"id": shown_now.external_id}, 201, writes=True)


def place_of(record: Any) -> str:
    """Where it stands in Paperbark's lists."""
    key = key_of(record)
    return key if isinstance(record, Mark | Period) else f"{len(key):03}{key}"


# ------------------------------------------------------------------ the adapter


class PaperbarkSettings(BaseModel):
    base_url: str
    token: str
    timeout_s: float
    changes: bool = True
    tombstones: bool = True
    confirms: bool = False
    outcomes: bool = True
    marks: bool = False


class Paperbark:
    def __init__(self, settings: MisSettings) -> None:
        own = settings.own
        assert isinstance(own, PaperbarkSettings)
        self.own, self.timezone = own, settings.timezone
        self._token = lambda: settings.secrets.read(own.token)
        self.http = requests.Session()

    def probe(self) -> Probe:
        grants = self.ask("GET", "grants")
        more = ["outcomes"] if self.own.outcomes else []
        more += ["marks"] if self.own.marks and "attendance" in grants["kinds"] else []
        return Probe((*grants["kinds"], *more), tuple(grants["refused"]))

    def everything(self, kind: Kind) -> Reading:
        reading = self._reading(kind, None)
        if kind is not Kind.SUSPENSION or not self.own.confirms or not reading.given:
            return reading
        return Reading(
            **{name: getattr(reading, name) for name in Reading.__slots__} | {"confirm_gone": self._gone}
        )

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        return self._reading(kind, cursor if self.own.changes else None)

    def find_outcome(self, note: OutcomeNote) -> str | None:
        self._takes_outcomes()
        rows = self.ask("GET", "notes")["rows"]
        return next((str(row["id"]) for row in rows if row["text"].startswith(f"[{note.key}]")), None)

    def write_outcome(self, note: OutcomeNote) -> str:
        self._takes_outcomes()
        return str(self.ask("POST", "notes", json={"text": note.outcome.text})["id"])

    def _takes_outcomes(self) -> None:
        if not self.own.outcomes:
            raise UnsupportedError("This Paperbark takes no outcomes.")

    def _gone(self, key: str) -> bool:
        """By Paperbark's own word: a proxy has a 404 too."""
        return "gone" in self.ask("GET", f"{NAMES[Kind.SUSPENSION]}/{key}", gone=key)

    def _reading(self, kind: Kind, cursor: Cursor | None) -> Reading:
        name, since = NAMES[kind], (cursor or {}).get("since")
        params = {"fields": ",".join(FIELDS[kind]), **({"since": since} if since else {})}
        head = self.ask("GET", name, params=params | {"count": "1"})
        if head["total"] is None:
            return Reading(name, lambda: iter(()), given=False)
        done = {"since": (datetime.fromisoformat(head["now"]) - OVERLAP).isoformat()}
        unmapped: list[str] = []

        def pages() -> Iterator[Page]:
            after: str | None = ""
            while after is not None:
                got = self.ask("GET", name, params=params | {"after": after})
                after = got["next"]
                yield self._page(kind, got["rows"], unmapped)
            yield Page(tombstones=self._deleted(name, since) if since else (), cursor=done)

        keys = head["total"] if since is None and kind is not Kind.CALENDAR else None
        return Reading(name, pages, keys=keys, unmapped=unmapped)

    def _deleted(self, name: str, since: str) -> list[Tombstone]:
        if not self.own.tombstones:
            return []
        rows = self.ask("GET", "deleted", params={"kind": name, "since": since})["rows"]
        return [Tombstone(row["id"], When.from_text(row["at"], self.timezone)) for row in rows]

    def _page(self, kind: Kind, rows: list[dict[str, Any]], unmapped: list[str]) -> Page:
        records, refusals = [], []
        for row in rows:
            try:
                record = self.record(kind, row)
            except (ValueError, TypeError, AttributeError):
                refusals.append(Refusal(name_of(row), "a date or a code of it cannot be read"))
                continue
            records.append(record)
            unmapped += [word for word in unknown_words(record) if word not in unmapped]
        return Page(records, refusals)

    def record(self, kind: Kind, row: dict[str, Any]) -> Any:
        if kind is Kind.CALENDAR:
            first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
            return Period(first, last, PeriodKind(row["kind"]), row["label"])
        if kind is Kind.ATTENDANCE:
            if len(row["code"]) > 4:
                raise ValueError
            return Mark(row["pupil_id"], date.fromisoformat(row["day"]), Half[row["half"]], row["code"])
        return MODELS[kind](**{name: self.value(name, value) for name, value in row.items()})

    def value(self, name: str, value: Any) -> Any:
        if value is None:
            return None
        if name in ("occurred", "recorded", "decided", "cancelled"):
            return When.from_text(value, self.timezone)
        if name in (
            "date_of_birth",
            "on_roll_from",
            "on_roll_to",
            "exam",
            "notice_received",
            "representations",
        ):
            return date.fromisoformat(value)
        if name == "dates":
            return Dates(**{part: self.part(part, one) for part, one in value.items()})
        if name == "involved":
            return tuple(Involvement(**one | {"role": IncidentRole(one["role"])}) for one in value)
        return tuple(value) if name == "reasons" else value

    def part(self, name: str, value: Any) -> Any:
        if value is None or name == "sessions":
            return value
        return Half[value] if name.endswith("_half") else date.fromisoformat(value)

    def ask(self, method: str, path: str, *, gone: str | None = None, **more: Any) -> Any:
        """The parsed answer; also where Paperbark says of this id that it is gone."""
        writes = method != "GET"
        try:
            answer = self.http.request(
                method,
                f"{self.own.base_url}/api/{path}",
                headers={"Authorization": f"Bearer {self._token()}"},
                timeout=self.own.timeout_s,
                allow_redirects=False,
                **more,
            )
        except requests.RequestException:
            raise unreachable(writes=writes) from None
        if answer.status_code == 404 and gone is not None and says_gone(answer, gone):
            return answer.json()
        if (error := error_of(answer)) is not None:
            raise error
        return parsed(answer)


class PaperbarkRegister:
    """Paperbark can be asked for its whole register."""

    def __init__(self, settings: MisSettings) -> None:
        self.paperbark = Paperbark(settings)

    def codes(self) -> list[str]:
        return list(self.paperbark.ask("GET", "codes")["codes"])

    def read(self, places: Collection[MarkPlace], since: datetime) -> dict[MarkPlace, str | TryLaterError]:
        rows = self.paperbark.ask("GET", "register")["rows"]
        held = {MarkPlace(who, date.fromisoformat(day), Half[half]): code for who, day, half, code in rows}
        return {place: held[place] for place in places if place in held}

    def write(self, mark: Mark) -> None:
        sent = [mark.pupil_id, mark.day.isoformat(), mark.half.name, mark.code]
        self.paperbark.ask("POST", "register", json=sent)


def unreachable(*, writes: bool) -> RpConnectError:
    if writes:
        return UnclearError("Paperbark did not say whether it took the outcome.")
    return TryLaterError("Paperbark did not answer.")


def error_of(answer: requests.Response) -> RpConnectError | None:
    status = answer.status_code
    if status in (401, 403):
        return AccessError(f"Paperbark refused us ({status}).")
    if status == 410:
        return GoneError("Paperbark no longer has that pupil.")
    if status == 429 or status >= 500:
        return TryLaterError(f"Paperbark asks for patience ({status}).", retry_after=patience(answer))
    return None if status < 300 else ConfigError(f"Paperbark has nothing there ({status}).")


def patience(answer: requests.Response) -> float | None:
    given = answer.headers.get("Retry-After", "")
    if given.isdigit():
        return float(given)
    return (parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds() if given else None


def parsed(answer: requests.Response) -> Any:
    try:
        body = answer.json()
    except json.JSONDecodeError:
        if answer.text.lstrip().startswith("<"):
            raise ConfigError("Paperbark showed a page instead of data: look at base_url.") from None
        raise TryLaterError("Paperbark broke off its answer.") from None
    if "error" in body or not body:
        raise TryLaterError("Paperbark answered with an error, or with nothing.")
    return body


def says_gone(answer: requests.Response, key: str) -> bool:
    try:
        return bool(answer.json() == {"gone": key})
    except json.JSONDecodeError:
        return False


def name_of(row: Mapping[str, Any]) -> str:
    return str(row["id"]) if "id" in row else f"{row['pupil_id']}/{row['day']}/{row['half']}"


def unknown_words(record: Any) -> list[str]:
    if isinstance(record, Mark):
        return [] if record.code in MEANINGS else [record.code]
    if isinstance(record, SuspensionRecord):
        return [] if record.category in set(Category) else [record.category]
    if isinstance(record, IncidentRecord):
        return [one.role_word for one in record.involved if one.role_word not in set(IncidentRole)]
    return []
