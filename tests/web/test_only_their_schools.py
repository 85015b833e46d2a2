"""A person of one school asks for the other's: by every route there is nothing, and each time it is audited.

The routes are read from the app itself, so one that is added tomorrow must be named here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from rp_connect.services.office import Office
from rp_connect.web import OwnProofRoute, make_app
from rp_connect.web.routes import OpenMount, OpenRoute
from tests.plugins.rp_openid.provider import Provider, running_provider
from tests.web.signed_in import (
    EASTMOOR,
    FORWARDED,
    NORTHWICK,
    ORIGIN,
    SECRET_VARIABLE,
    Visitor,
    audited,
    open_public_trust,
)
from tests.web.small_school import add_reintegration, pupil, three_days

MINE, THEIRS, NOBODYS = "RP-2026-0001", "RP-2026-0002", "RP-2026-0099"
TASK = "{ref}.pupil-voice.1"

# What a signed-in person may ask for, and with which fields: every route but those that are open to all.
ASKED: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    ("GET", "/"): ("/?school={school}", {}),
    ("GET", "/cases"): ("/cases?school={school}", {}),
    ("GET", "/cases/{ref}"): ("/cases/{ref}", {}),
    ("POST", "/cases/{ref}/meeting"): (
        "/cases/{ref}/meeting",
        {"slot": "2026-11-11T14:15", "minutes": "45", "place": "Room 1"},
    ),
    ("POST", "/cases/{ref}/meeting/cancel"): ("/cases/{ref}/meeting/cancel", {}),
    ("POST", "/cases/{ref}/stage"): ("/cases/{ref}/stage", {"stage": "triage"}),
    ("POST", "/cases/{ref}/answer"): ("/cases/{ref}/answer", {"answer": "further"}),
    ("POST", "/cases/{ref}/marks"): (
        "/cases/{ref}/marks",
        {"write.2026-11-09/AM": "yes", "code.2026-11-09/AM": "E"},
    ),
    ("POST", "/tasks/{id}/done"): ("/tasks/{ref}.pupil-voice.1/done", {}),
    ("GET", "/api/tasks"): ("/api/tasks?case={ref}", {}),
    ("GET", "/api/cases"): ("/api/cases?school={school}", {}),
    ("GET", "/api/cases/{ref}"): ("/api/cases/{ref}", {}),
    ("GET", "/api/cases/{ref}/free-times"): ("/api/cases/{ref}/free-times", {}),
    ("GET", "/api/cases/{ref}/marks"): ("/api/cases/{ref}/marks", {}),
}
NOT_ABOUT_A_SCHOOL = {("POST", "/sign-out")}


@pytest.fixture
def public(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Office, Provider]]:
    monkeypatch.setenv(SECRET_VARIABLE, "a secret that only tests know")
    with running_provider() as provider:
        office = open_public_trust(tmp_path, provider)
        add_reintegration(office, pupil("P-1", "Ada", "Northling"))
        add_reintegration(
            office, pupil("E-1", "Ben", "Eastling"), three_days("E-S-1", "E-1"), school="eastmoor"
        )
        yield office, provider
        office.store.close()


def signed_in(public: tuple[Office, Provider], email: str) -> Visitor:
    office, provider = public
    provider.email = email
    visitor = Visitor(make_app(office, port=443), base_url=ORIGIN, headers=FORWARDED)
    assert visitor.sign_in().status_code == 303
    return visitor


@pytest.fixture
def lead(public: tuple[Office, Provider]) -> Visitor:
    """The lead of Northwick, and of no other school."""
    return signed_in(public, NORTHWICK)


def behind_the_door(app: Starlette) -> set[tuple[str, str]]:
    found = set()
    for route in app.routes:
        if isinstance(route, OpenRoute | OpenMount | OwnProofRoute):
            continue
        assert isinstance(route, Route), f"{route} is neither open nor a page"
        found |= {(method, route.path) for method in (route.methods or {"GET"}) if method != "HEAD"}
    return found


def ask(visitor: Visitor, route: tuple[str, str], ref: str, school: str) -> httpx2.Response:
    path, fields = ASKED[route]
    path = path.format(ref=ref, school=school)
    if route[0] == "GET":
        return visitor.get(path, follow_redirects=False)
    return visitor.fill_in(path, "/", **fields)


def bare(answer: httpx2.Response, *names: str) -> str:
    """The answer without what differs from one to the next by itself: the names asked for."""
    text = re.sub(r'name="token" value="[^"]*"', "", answer.text)
    for name in names:
        text = text.replace(name, "…")
    return text


def test_every_route_is_tried_here(public: tuple[Office, Provider]):
    app = make_app(public[0], port=443)

    assert behind_the_door(app) == set(ASKED) | NOT_ABOUT_A_SCHOOL


def test_what_is_open_to_strangers_is_the_way_in_and_out_and_nothing_else(public: tuple[Office, Provider]):
    app = make_app(public[0], port=443)
    open_ = {route.path for route in app.routes if isinstance(route, OpenRoute | OpenMount)}

    assert open_ == {"/health", "/sign-in", "/sign-in/start", "/sign-in/back", "/signed-out", "/static"}
    assert not [
        route for route in app.routes if isinstance(route, Mount) and not isinstance(route, OpenMount)
    ]


@pytest.mark.parametrize("route", ASKED, ids=" ".join)
def test_what_belongs_to_the_other_school_is_answered_like_what_does_not_exist(
    public: tuple[Office, Provider], lead: Visitor, route: tuple[str, str]
):
    theirs = ask(lead, route, THEIRS, "eastmoor")
    nobodys = ask(lead, route, NOBODYS, "atlantis")

    assert theirs.status_code == nobodys.status_code == 404
    assert "Eastling" not in theirs.text
    assert bare(theirs, THEIRS, "eastmoor") == bare(nobodys, NOBODYS, "atlantis")


@pytest.mark.parametrize("route", ASKED, ids=" ".join)
def test_each_time_somebody_asked_is_audited_and_only_then(
    public: tuple[Office, Provider], lead: Visitor, route: tuple[str, str]
):
    office, _ = public
    ask(lead, route, NOBODYS, "atlantis")
    ask(lead, route, MINE, "northwick")
    assert audited(office, "refused") == []

    ask(lead, route, THEIRS, "eastmoor")

    (row,) = audited(office, "refused")
    by_case = "{ref}" in ASKED[route][0]
    assert row[:3] == (THEIRS if by_case else None, "eastmoor", NORTHWICK)
    assert re.fullmatch(r"refused: [a-z_]+", row[3])


@pytest.mark.parametrize("route", [route for route in ASKED if route[0] == "POST"], ids=" ".join)
def test_no_form_changes_anything_at_the_other_school(
    public: tuple[Office, Provider], lead: Visitor, route: tuple[str, str]
):
    office, _ = public
    before = [row for row in audited(office) if row[1] == "eastmoor"]

    ask(lead, route, THEIRS, "eastmoor")

    after = [row for row in audited(office) if row[1] == "eastmoor" and not row[3].startswith("refused")]
    assert after == before
    with office.store.read() as work:
        assert not any(work.effects.counts("eastmoor").values())
        assert all(task.closed_at is None for task in work.tasks.every("eastmoor"))


@pytest.mark.parametrize("path", ["/", "/cases", "/cases?stage=referred", "/api/cases", "/api/tasks"])
def test_a_list_of_everything_is_a_list_of_their_own(
    lead: Visitor, public: tuple[Office, Provider], path: str
):
    mine = lead.get(path)
    other = signed_in(public, EASTMOOR).get(path)

    assert MINE in mine.text
    assert THEIRS not in mine.text
    assert "Eastling" not in mine.text
    assert "Eastmoor" not in mine.text
    assert THEIRS in other.text
    assert MINE not in other.text
    assert audited(public[0], "refused") == []


def test_somebody_with_a_role_at_both_schools_sees_both(public: tuple[Office, Provider], tmp_path: Path):
    config = tmp_path / "rp-connect.toml"
    text = config.read_text()
    config.write_text(text.replace(f'lead = ["{EASTMOOR}"]', f'dsl = ["{NORTHWICK.upper()}"]', 1))
    from rp_connect.wiring.office import build_office

    office = build_office(config, "2026-11-10T10:06")
    visitor = signed_in((office, public[1]), "Lead@Northwick.example")

    assert [case["ref"] for case in visitor.get("/api/cases").json()] == [MINE, THEIRS]
    tasks = [task["id"] for task in visitor.get("/api/tasks").json()]
    with office.store.read() as work:
        assert tasks == [task.id for task in work.tasks.every()]
    assert "Eastling" in visitor.page(f"/cases/{THEIRS}")
    office.store.close()


def test_a_route_of_its_own_proof_is_reached_without_a_session_and_from_no_browser(
    public: tuple[Office, Provider],
):
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response

    async def hook(request: Request) -> Response:
        proven = request.headers.get("x-signature") == "right"
        return PlainTextResponse("taken" if proven else "not proven", 202 if proven else 401)

    hooks = [OwnProofRoute("/hooks/mis", hook, methods=["POST"])]
    sender = Visitor(make_app(public[0], port=443, more=hooks), base_url=ORIGIN, headers=FORWARDED)

    assert sender.post("/hooks/mis", headers={"X-Signature": "right"}).status_code == 202
    assert sender.post("/hooks/mis").status_code == 401
    assert sender.post("/hooks/other").status_code == 403
    assert sender.post("/hooks/mis", headers={"Host": "evil.example"}).status_code == 400
