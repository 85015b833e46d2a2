"""Wonde's webhooks through the real app, over a real store: looked into, never believed."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.domain.outcome import OutcomeResult
from rp_connect.ports.store import SourceState
from rp_connect.services.check_installation import check_installation
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.desk import OfficeDesk
from rp_connect.services.office import Office
from rp_connect.services.record_outcome import record_outcome
from rp_connect.services.sync_report import SchoolSync
from rp_connect.services.sync_schools import sync_schools
from rp_connect.web import make_app
from rp_connect.web.guard import LARGEST_BODY
from rp_connect.wiring.office import build_office
from tests.drop_school import CAL_A, write_rows
from tests.plugins.rp_wonde.vendor import TOKEN, LoopbackWonde, Reply, Request, WondeSchool
from tests.plugins.rp_wonde.wonde_rows import exclusion, student

SECRET = "k3y-of-the-webhook_0123456789abcdefXYZ"
CANARY = "canary-school-token-7741"
PLACE = f"/plugins/rp_wonde/webhook/{SECRET}"
PORT = 8765
AWAY = Reply(503, {"error": "away"})
FORBIDDEN = Reply(403, {"error": "forbidden"})
APPROVED = {
    "payload_type": "schoolApproved",
    "school_id": "A100",
    "school_name": "Northwick High School",
    "school_token": CANARY,
    "school_la_code": "210",
    "school_urn": "100001",
    "school_establishment_number": "4001",
}
REVOKED = {**APPROVED, "payload_type": "accessRevoked", "revoke_reason": "Ada Testperson asked"}
DECLINED = {**APPROVED, "payload_type": "accessDeclined", "decline_reason": "Ada Testperson asked"}
MIGRATION = {
    "payload_type": "schoolMigration",
    "school_id": "A100",
    "school_name": "Northwick High School",
    "migrate_from": "SIMS",
    "migrate_to": "Arbor",
    "scheduled_at": "2026-11-01",
    "completed_at": "2026-11-02",
}

CONFIG = """
[trust]
name = "Test Trust"
[store]
url = "sqlite:///rp-connect.db"
[[school]]
id = "northwick"
name = "Northwick High School"
kind = "academy"
calendar = "calendar.csv"
policy = "england"
mis = "wonde"
workspace = "local"
live_from = 2026-09-01
[school.wonde]
school_id = "A100"
token = "env:WONDE_TOKEN"
base_url = "{url}"
timeout_s = 5
retries = 0
webhook_secret = "env:WONDE_WEBHOOK"
outcome_type = "REST"
outcome_employee = "E1"
[school.local]
folder = "workspace"
[school.people]
lead = ["lead@northwick.example"]
"""


@pytest.fixture
def office(wonde: LoopbackWonde, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("WONDE_TOKEN", TOKEN)
    monkeypatch.setenv("WONDE_WEBHOOK", SECRET)
    (tmp_path / "rp-connect.toml").write_text(CONFIG.format(url=wonde.url), encoding="utf-8")
    write_rows(tmp_path / "calendar.csv", [{"kind": k, "first": a, "last": b} for k, a, b in CAL_A])
    found = build_office(tmp_path / "rp-connect.toml", "2026-11-10T10:05")
    yield found
    found.store.close()


@pytest.fixture
def sender(office: Office) -> Iterator[TestClient]:
    """No browser: it sends no Origin and keeps no cookie."""
    with TestClient(make_app(office, port=PORT), base_url=f"http://127.0.0.1:{PORT}") as client:
        yield client


def send(sender: TestClient, payload: object, place: str = PLACE) -> int:
    answer = sender.post(place, json=payload)
    if answer.status_code in (200, 503):
        assert answer.content == b""
    return answer.status_code


def problems(office: Office) -> list[str]:
    """What `check` says of the school without asking Wonde for anything new."""
    (school,) = check_installation(office).schools
    return [*school.held, *school.problems]


def notes(office: Office) -> list[str]:
    with office.store.read() as work:
        return [s.left or s.held or "" for s in work.schools.sources("northwick") if s.left or s.held]


def sync(office: Office, *accept: str) -> SchoolSync:
    (report,) = sync_schools(office, accept=accept)
    return report


def full_is_due(office: Office) -> bool:
    with office.store.read() as work:
        return work.schools.state("northwick").last_full is None


# ------------------------------------------------------------------ each kind of news


def test_revoked_access_is_shown_by_check_once_wonde_confirms_it(
    office: Office, sender: TestClient, school: WondeSchool
):
    school.replies = [FORBIDDEN]

    assert send(sender, REVOKED) == 200
    (note,) = notes(office)
    assert "does not give us access through Wonde" in note
    assert note in problems(office)


def test_access_that_wonde_still_gives_is_not_called_revoked(office: Office, sender: TestClient):
    assert send(sender, REVOKED) == 200
    assert notes(office) == []


def test_a_school_that_declined_is_shown_like_one_that_revoked(
    office: Office, sender: TestClient, school: WondeSchool
):
    school.replies = [FORBIDDEN]

    assert send(sender, DECLINED) == 200
    assert len(notes(office)) == 1


def test_a_note_about_access_is_gone_after_the_next_sync_that_ends_well(
    office: Office, sender: TestClient, school: WondeSchool
):
    school.replies = [FORBIDDEN]
    send(sender, REVOKED)
    assert sync(office).fault is None

    assert notes(office) == []


def test_an_approved_school_is_read_whole_by_the_next_sync(office: Office, sender: TestClient):
    sync(office)
    assert not full_is_due(office)

    assert send(sender, APPROVED) == 200
    assert full_is_due(office)
    sync(office)
    assert not full_is_due(office)


def test_an_approval_with_a_new_token_asks_a_person_to_put_it_in(
    office: Office, sender: TestClient, school: WondeSchool
):
    school.replies = [Reply(401, {"error": "unauthenticated"})]

    assert send(sender, APPROVED) == 200
    (note,) = notes(office)
    assert "does not let our token in" in note


def test_a_write_back_that_ended_lets_its_outcome_be_looked_at_at_once(office: Office, sender: TestClient):
    wait_for_write_back(office, "RP-2026-0001.outcome.1", "W1")
    wait_for_write_back(office, "RP-2026-0001.outcome.2", "W11")
    news = {"payload_type": "writeback", "writeback_id": "W1", "status": "success", "type": "behaviour"}

    assert send(sender, news) == 200
    with office.store.begin() as work:
        looked_at = work.effects.lease("somebody", 10)
    assert [(e.key, e.look_first) for e in looked_at] == [("RP-2026-0001.outcome.1", True)]


def test_an_outcome_that_wonde_carries_out_late_is_found_once_its_write_back_ended(
    office: Office, sender: TestClient, school: WondeSchool
):
    school.course = ["pending"]
    school.put("students", student("A1"))
    school.put("exclusions", exclusion("X1", "A1"))
    sync(office)
    record_outcome(
        office, "RP-2026-0001", date(2026, 11, 10), OutcomeResult.AGREED, "Both were heard.", "the lead"
    )
    deliver_effects(office)
    assert deliver_effects(office).done == 0  # a minute's rest before it is looked at again

    school.carry_out("W1")
    assert send(sender, {"payload_type": "writeback", "writeback_id": "W1", "status": "success"}) == 200
    deliver_effects(office)

    with office.store.read() as work:
        (outcome,) = work.outcomes.of_case("RP-2026-0001")
    (written,) = school.rows["behaviours"]
    assert outcome.external_id == written["id"]
    assert sum(r.method == "POST" for r in school.requests) == 1


def test_a_write_back_that_is_not_ours_hurries_nothing(office: Office, sender: TestClient):
    wait_for_write_back(office, "RP-2026-0001.outcome.1", "W1")
    for stranger in ("W", "1", "W2", "%", "_1", ") and", None, {"a": 1}):
        assert send(sender, {"payload_type": "writeback", "writeback_id": stranger}) == 200

    with office.store.begin() as work:
        assert work.effects.lease("somebody", 10) == []


def test_a_reading_that_is_asked_for_during_a_sync_is_not_forgotten(
    office: Office, sender: TestClient, wonde: LoopbackWonde
):
    sync(office)

    def approve_meanwhile(request: Request, body: bytes) -> bytes:
        if request.list == "exclusions" and not full_is_due(office):
            office_desk_asks(office)
        return body

    wonde.mutate = approve_meanwhile
    assert sync(office).fault is None
    assert full_is_due(office)


def office_desk_asks(office: Office) -> None:
    desk = OfficeDesk()
    desk.open(office, {})
    desk.request_sync("northwick")


def pupil(wonde_id: str, upn: str) -> dict[str, object]:
    return student(wonde_id, education_details={"data": {"upn": upn, "current_nc_year": "9"}})


def wait_for_write_back(office: Office, key: str, writeback: str) -> None:
    with office.store.begin() as work:
        work.schools.put(work.schools.state("northwick"))
        work.effects.want(EffectKind.OUTCOME, key, school="northwick", case=None)
        (effect,) = work.effects.lease("somebody", 1)
        work.effects.unclear(effect, 600, f"Wonde took {key} (write-back {writeback}) and has not yet.")
        work.commit()


# ------------------------------------------------------------------ a school that moves


def test_a_school_that_moves_is_not_read_until_a_person_says_what_is_so(
    office: Office, sender: TestClient, school: WondeSchool
):
    school.put("students", student("A1"))
    sync(office)
    assert send(sender, MIGRATION) == 200
    asked = len(school.requests)

    report = sync(office)

    assert "--accept migration" in (report.fault or "")
    assert len(school.requests) == asked
    assert any("--accept migration" in sentence for sentence in problems(office))


def test_people_of_a_school_that_moved_are_known_again_by_upn(
    office: Office, sender: TestClient, school: WondeSchool
):
    school.put("students", pupil("A1", "A123456789012"), pupil("A2", ""))
    school.put("exclusions", exclusion("X1", "A1"))
    sync(office)
    with office.store.read() as work:
        known = {p.record.upn: p.no for p in work.pupils.every("northwick")}
        cases = [case.ref for case in work.cases.every()]
    assert len(cases) == 1
    school.rows["students"], school.rows["exclusions"] = [], []
    school.put("students", pupil("N7", "A123456789012"))
    school.put("exclusions", exclusion("NX1", "N7"))
    send(sender, MIGRATION)

    report = sync(office, "migration")

    assert report.fault is None
    with office.store.read() as work:
        after = {p.record.upn: (p.no, p.record.id) for p in work.pupils.every("northwick")}
        assert [case.ref for case in work.cases.every()] == cases
    assert after["A123456789012"] == (known["A123456789012"], "upi-N7")
    assert notes(office) == []
    assert sync(office).fault is None


def test_a_school_that_keeps_its_mis_goes_on_as_before(
    office: Office, sender: TestClient, school: WondeSchool
):
    school.put("students", pupil("A1", ""))
    sync(office)
    send(sender, MIGRATION)

    assert sync(office, "same-mis").fault is None
    with office.store.read() as work:
        assert [(p.mis, p.record.id) for p in work.pupils.every("northwick")] == [("wonde", "upi-A1")]


def test_what_was_told_of_an_mis_that_the_school_has_left_needs_nobody(office: Office):
    with office.store.begin() as work:
        work.schools.put_source(SourceState("northwick", "sims", "migration", held="It moves."))
        work.schools.put_source(SourceState("northwick", "sims", "access", left="It was revoked."))
        work.commit()

    assert sync(office).fault is None
    assert notes(office) == []


# ------------------------------------------------------------------ forged, foreign, repeated, oversized


@pytest.mark.parametrize(
    "secret", ["", "x", SECRET[:-1], SECRET + "a", SECRET.upper(), "%00", "ä" * 40, "env:WONDE_WEBHOOK"]
)
def test_a_forged_secret_is_answered_like_a_page_that_does_not_exist(
    office: Office, sender: TestClient, school: WondeSchool, secret: str
):
    school.replies = [FORBIDDEN]
    forged = sender.post(f"/plugins/rp_wonde/webhook/{secret}", json=REVOKED)

    assert forged.status_code in (403, 404)  # without any secret it is no address of ours at all
    assert secret == "" or forged.status_code == 404
    assert notes(office) == []
    assert school.requests == []


def test_an_unfit_secret_takes_nothing_and_check_says_so(
    office: Office, sender: TestClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("WONDE_WEBHOOK", "short")

    assert send(sender, REVOKED, "/plugins/rp_wonde/webhook/short") == 404
    assert any(sentence.startswith("webhook_secret must be") for sentence in problems(office))


def test_news_of_a_school_that_is_not_ours_changes_nothing(
    office: Office, sender: TestClient, school: WondeSchool
):
    for stranger in ("B999", "../A100", "", None, 17):
        assert send(sender, {**REVOKED, "school_id": stranger}) == 200

    assert notes(office) == []
    assert school.requests == []


def test_news_that_comes_twice_says_no_more_than_once(
    office: Office, sender: TestClient, school: WondeSchool
):
    school.replies = [FORBIDDEN, FORBIDDEN]

    assert [send(sender, REVOKED), send(sender, REVOKED)] == [200, 200]
    assert len(notes(office)) == 1
    assert [send(sender, REVOKED)] == [200]  # and an old one, sent again later, is looked into like a new one
    assert notes(office) == []


def test_more_than_a_webhook_can_hold_is_refused_unread(office: Office, sender: TestClient):
    def in_pieces() -> Iterator[bytes]:
        yield from (b" " * 1024 for _ in range(LARGEST_BODY // 1024 + 1))

    assert sender.post(PLACE, content=b" " * (LARGEST_BODY + 1)).status_code == 413
    assert sender.post(PLACE, content=in_pieces()).status_code == 413
    assert notes(office) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'"x"', b'{"payload_type": 7}', b"[" * 60_000])
def test_what_is_no_webhook_is_a_bad_request(sender: TestClient, body: bytes):
    assert sender.post(PLACE, content=body).status_code == 400


def test_news_of_a_kind_that_nobody_knows_is_taken_and_changes_nothing(
    office: Office, sender: TestClient, school: WondeSchool
):
    assert send(sender, {**APPROVED, "payload_type": "schoolPainted"}) == 200
    assert (notes(office), school.requests) == ([], [])


def test_the_address_takes_nothing_but_posts(sender: TestClient):
    assert sender.get(PLACE).status_code == 405


def test_another_host_is_turned_away_as_everywhere(sender: TestClient):
    answer = sender.post(PLACE, json=REVOKED, headers={"Host": "evil.example"})

    assert answer.status_code == 400


def test_two_schools_of_one_application_share_an_address_and_the_news_is_of_one(
    wonde: LoopbackWonde, school: WondeSchool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("WONDE_TOKEN", TOKEN)
    monkeypatch.setenv("WONDE_WEBHOOK", SECRET)
    first = CONFIG.format(url=wonde.url)
    second = "[[school]]" + first.partition("[[school]]")[2]
    second = second.replace('"northwick"', '"eastmoor"').replace("A100", "B200")
    second = second.replace('"workspace"', '"workspace2"')
    (tmp_path / "rp-connect.toml").write_text(first + second, encoding="utf-8")
    write_rows(tmp_path / "calendar.csv", [{"kind": k, "first": a, "last": b} for k, a, b in CAL_A])
    office = build_office(tmp_path / "rp-connect.toml", "2026-11-10T10:05")
    with TestClient(make_app(office, port=PORT), base_url=f"http://127.0.0.1:{PORT}") as sender:
        assert send(sender, {**REVOKED, "school_id": "B200"}) == 200

    with office.store.read() as work:
        held = {one: [s.left for s in work.schools.sources(one)] for one in ("northwick", "eastmoor")}
    office.store.close()
    assert held["northwick"] == []
    assert len(held["eastmoor"]) == 1
    assert [r.path for r in school.requests] == ["/v1.0/schools/B200"]


def test_a_flood_from_one_sender_is_slowed_down(sender: TestClient):
    statuses = [send(sender, {**REVOKED, "school_id": "B999"}) for _ in range(40)]

    assert statuses[:30] == [200] * 30
    assert 429 in statuses[30:]


# ------------------------------------------------------------------ Wonde away, and what is said


@pytest.mark.parametrize("payload", [APPROVED, REVOKED, DECLINED, MIGRATION])
def test_while_wonde_is_away_news_is_not_taken_and_comes_again(
    office: Office, sender: TestClient, school: WondeSchool, payload: dict[str, str]
):
    school.replies = [AWAY]

    assert send(sender, payload) == 503
    assert notes(office) == []
    school.replies = [FORBIDDEN]
    assert send(sender, payload) == 200
    assert notes(office) != []


@pytest.mark.parametrize("payload", [APPROVED, REVOKED, DECLINED, MIGRATION])
def test_nothing_of_a_body_is_logged_answered_or_kept(
    office: Office,
    sender: TestClient,
    school: WondeSchool,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    payload: dict[str, str],
):
    caplog.set_level(logging.DEBUG)
    answers = []
    for reply in ([], [FORBIDDEN], [AWAY]):
        school.replies = list(reply)
        answers.append(sender.post(PLACE, json={**payload, "school_token": CANARY}))
    told = " ".join([caplog.text, *(f"{a.headers} {a.text}" for a in answers), json.dumps(problems(office))])
    ours = re.sub(r"(?m)^.*(httpx|testclient).*$", "", told)
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("rp-connect.db*"))

    for word in (CANARY, TOKEN, "Testperson"):
        assert word not in told
        assert word.encode() not in stored
    assert SECRET not in ours
    assert SECRET.encode() not in stored
    assert all(r.headers["authorization"] == f"Bearer {TOKEN}" for r in school.requests)


def test_waiting_rows_stay_what_they_are_when_they_are_hastened(office: Office, sender: TestClient):
    wait_for_write_back(office, "RP-2026-0001.outcome.1", "W1")
    send(sender, {"payload_type": "writeback", "writeback_id": "W1", "status": "failed"})

    with office.store.read() as work:
        (effect,) = work.effects.every()
    assert (effect.state, effect.look_first) == (EffectState.UNCLEAR, True)
