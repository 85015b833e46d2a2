"""The sign-in table: whoever is not proven to be who they are sees no page at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx2
import pytest

from rp_connect.ports.routes import PluginAnswer, PluginRoute, RouteSpec
from rp_connect.services.office import Office
from rp_connect.wiring.asgi import asgi_app
from tests.plugins.rp_openid.provider import Provider, new_key, public_pem, running_provider, signed
from tests.web.conftest import Browser
from tests.web.public_trust import CASE, visitor_of
from tests.web.signed_in import (
    ATTEMPT,
    COOKIE,
    EASTMOOR,
    FORWARDED,
    NORTHWICK,
    ORIGIN,
    SECRET_VARIABLE,
    Visitor,
    audited,
    open_public_trust,
)
from tests.web.small_school import add_reintegration

PATHS = ("/", "/cases", CASE, "/api/tasks", "/api/cases", "/api/cases/RP-2026-0001", "/nowhere")
DONE = "/tasks/RP-2026-0001.pupil-voice.1/done"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv(SECRET_VARIABLE, "a secret that only tests know")
    with running_provider() as found:
        yield found


@pytest.fixture
def public(provider: Provider, tmp_path: Path) -> Iterator[Office]:
    office = open_public_trust(tmp_path, provider)
    add_reintegration(office)
    yield office
    office.store.close()


@pytest.fixture
def visitor(public: Office) -> Visitor:
    return visitor_of(public)


def assert_nothing_shown(visitor: Visitor) -> None:
    """No page, no list, no reference and no name by any address; forms change nothing."""
    for path in PATHS:
        answer = visitor.get(path, follow_redirects=False)
        assert answer.status_code in (303, 401), (path, answer.status_code)
        assert "Testperson" not in answer.text
        assert "RP-2026-0001" not in answer.text
        if answer.status_code == 303:
            assert answer.headers["location"].split("?")[0] == "/sign-in"
    sent = visitor.post(DONE, data={"token": "x"}, headers={"Origin": ORIGIN}, follow_redirects=False)
    assert sent.status_code == 401
    assert "nothing was changed" in sent.text


def test_whoever_signs_in_sees_their_school(visitor: Visitor, public: Office):
    answer = visitor.sign_in(CASE)

    assert (answer.status_code, answer.headers["location"]) == (303, CASE)
    page = visitor.page(CASE)
    assert "Testperson" in page
    assert NORTHWICK in page
    assert audited(public, "signed") == [(None, "northwick", NORTHWICK, "signed in")]


def test_without_a_session_nothing_is_shown(visitor: Visitor):
    assert_nothing_shown(visitor)


@pytest.mark.parametrize("forged", ["", "x", "A" * 43, "A" * 44, "../../etc", "é" * 43, "0" * 5000])
def test_a_forged_cookie_opens_nothing(visitor: Visitor, forged: str):
    planted = [(b"Cookie", f"{COOKIE}={forged}".encode())]

    for path in PATHS:
        answer = visitor.get(path, headers=planted, follow_redirects=False)
        assert answer.status_code in (303, 401)
        assert "Testperson" not in answer.text


def test_what_the_store_keeps_of_a_cookie_opens_nothing(visitor: Visitor, public: Office, tmp_path: Path):
    from hashlib import sha256

    visitor.sign_in()
    digest = sha256(visitor.cookies[COOKIE].encode()).hexdigest()
    assert digest.encode() in b"".join(path.read_bytes() for path in tmp_path.glob("rp-connect.db*"))
    stranger = visitor_of(public)

    for stolen in (digest, digest[:43]):
        stranger.cookies.clear()
        stranger.cookies.set(COOKIE, stolen)
        assert_nothing_shown(stranger)


FORGERIES: dict[str, Callable[[Provider, str, dict[str, object]], str]] = {
    "another key": lambda p, t, c: signed(c, new_key(), {"alg": "RS256", "kid": p.key_id}),
    "another key by another name": lambda p, t, c: signed(c, new_key(), {"alg": "RS256", "kid": "key-2"}),
    "no signature": lambda p, t, c: signed(c, None, {"alg": "none", "kid": p.key_id}),
    "no signature, none in capitals": lambda p, t, c: signed(c, None, {"alg": "NONE", "kid": p.key_id}),
    "signature left out": lambda p, t, c: t.rpartition(".")[0] + ".",
    "the public key as a shared secret": lambda p, t, c: signed(
        c, public_pem(p.key), {"alg": "HS256", "kid": p.key_id}
    ),
    "an algorithm that is not believed": lambda p, t, c: signed(c, p.key, {"alg": "RS512", "kid": p.key_id}),
    "no name of a key": lambda p, t, c: signed(c, p.key, {"alg": "RS256"}),
    "a critical header": lambda p, t, c: signed(
        c, p.key, {"alg": "RS256", "kid": p.key_id, "crit": ["x"], "x": 1}
    ),
    "no token": lambda p, t, c: "",
    "not a token": lambda p, t, c: "one.two.three",
    "claims that are a list": lambda p, t, c: signed([c], p.key, {"alg": "RS256", "kid": p.key_id}),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_identity_token_opens_nothing(visitor: Visitor, provider: Provider, forgery: str):
    provider.token_of = lambda token, claims: FORGERIES[forgery](provider, token, claims)

    answer = visitor.sign_in()

    assert answer.status_code == 403
    assert COOKIE + "=" not in str(answer.headers.get_list("set-cookie")).replace(ATTEMPT, "")
    assert_nothing_shown(visitor)


NOW = int(time.time())
WRONG: dict[str, dict[str, object]] = {
    "expired": {"exp": NOW - 120},
    "expired, as a text": {"exp": str(NOW + 3600)},
    "without expiry": {"exp": None},
    "from an hour ago": {"iat": NOW - 3600},
    "from tomorrow": {"iat": NOW + 86400, "nbf": NOW + 86400},
    "not before tomorrow": {"nbf": NOW + 86400},
    "another issuer": {"iss": "https://login.evil.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "another-client"},
    "two audiences": {"aud": ["client-of-tests", "another-client"]},
    "no audience": {"aud": None},
    "another tenant": {"tid": "99999999-2222-3333-4444-555555555555"},
    "no tenant": {"tid": None},
    "another nonce": {"nonce": "of another attempt"},
    "no nonce": {"nonce": None},
    "another party": {"azp": "another-client"},
    "no address": {"preferred_username": None},
    "an address that is a list": {"preferred_username": [NORTHWICK]},
    "two addresses": {"preferred_username": f"{NORTHWICK} {EASTMOOR}"},
    "an address without a role": {"preferred_username": "teacher@northwick.example"},
    "no subject": {"sub": None},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_that_is_not_for_us_here_and_now_opens_nothing(
    visitor: Visitor, provider: Provider, public: Office, wrong: str
):
    def changed(claims: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in (claims | WRONG[wrong]).items() if value is not None}

    provider.claims_of = changed

    answer = visitor.sign_in()

    assert answer.status_code == 403
    assert COOKIE not in visitor.cookies
    assert_nothing_shown(visitor)
    assert audited(public, "signed") == []


def test_a_state_that_was_stolen_opens_nothing_in_another_browser(visitor: Visitor, public: Office):
    back = visitor.answer_of(visitor.begin())
    thief = visitor_of(public)

    assert thief.get(back, follow_redirects=False).status_code == 403
    thief.begin()  # an attempt of their own does not help
    assert thief.get(back, follow_redirects=False).status_code == 403
    assert_nothing_shown(thief)


def test_a_code_of_somebody_else_cannot_be_slipped_into_a_browser(visitor: Visitor, public: Office):
    mine = visitor_of(public)
    stolen = mine.answer_of(mine.begin()).partition("code=")[2].partition("&")[0]
    address = visitor.begin()
    state = address.partition("&state=")[2].partition("&")[0]

    answer = visitor.get(f"/sign-in/back?code={stolen}&state={state}", follow_redirects=False)

    assert answer.status_code == 403
    assert_nothing_shown(visitor)


def test_a_code_that_is_replayed_opens_nothing(visitor: Visitor, public: Office):
    back = visitor.answer_of(visitor.begin())
    attempt = visitor.cookies[ATTEMPT]
    assert visitor.get(back, follow_redirects=False).headers["location"] == "/"
    thief = visitor_of(public)
    thief.cookies.set(ATTEMPT, attempt)

    assert thief.get(back, follow_redirects=False).status_code == 403
    assert_nothing_shown(thief)


def test_even_a_provider_that_takes_a_code_twice_opens_one_visit_only(
    visitor: Visitor, public: Office, provider: Provider
):
    back = visitor.answer_of(visitor.begin())
    attempt, codes = visitor.cookies[ATTEMPT], dict(provider.codes)
    visitor.get(back, follow_redirects=False)
    provider.codes.update(codes)
    thief = visitor_of(public)
    thief.cookies.set(ATTEMPT, attempt)

    assert thief.get(back, follow_redirects=False).status_code == 403
    assert provider.exchanges == [200, 200]
    assert_nothing_shown(thief)


def test_without_the_verifier_of_the_browser_the_code_is_worth_nothing(
    visitor: Visitor, public: Office, provider: Provider
):
    """The attempt's cookie is what the verifier follows from: with another one the provider refuses."""
    back = visitor.answer_of(visitor.begin())
    (asked,) = provider.codes.values()
    asked["code_challenge"] = "of another verifier"

    assert visitor.get(back, follow_redirects=False).status_code == 403
    assert provider.exchanges == [400]
    assert_nothing_shown(visitor)


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=", "?error=access_denied"])
def test_coming_back_without_having_gone_opens_nothing(visitor: Visitor, query: str):
    assert visitor.get(f"/sign-in/back{query}", follow_redirects=False).status_code == 403
    assert_nothing_shown(visitor)


def test_a_provider_that_refuses_opens_nothing(visitor: Visitor, provider: Provider):
    provider.error = "access_denied"

    assert visitor.sign_in().status_code == 403
    assert_nothing_shown(visitor)


def test_a_provider_that_is_away_is_told_in_a_sentence(public: Office, provider: Provider, tmp_path: Path):
    visitor = visitor_of(public)
    provider.discovery = lambda: {"issuer": "https://login.evil.example"}  # type: ignore[method-assign]

    assert visitor.get("/sign-in/start", follow_redirects=False).status_code == 502
    assert_nothing_shown(visitor)


def test_a_role_that_was_taken_away_meanwhile_ends_it_at_the_next_request(
    visitor: Visitor, public: Office, provider: Provider, tmp_path: Path
):
    visitor.sign_in()
    assert "Testperson" in visitor.page(CASE)
    config = tmp_path / "rp-connect.toml"
    config.write_text(config.read_text().replace(NORTHWICK, "successor@northwick.example"))

    from rp_connect.wiring.office import build_office

    restarted = build_office(config, "2026-11-10T10:06")
    after = visitor_of(restarted)
    after.cookies = visitor.cookies
    assert_nothing_shown(after)
    restarted.store.close()


@pytest.mark.parametrize(("hours", "shown"), [(-1, False), (0, True), (7.99, True), (8, False), (24, False)])
def test_a_visit_lasts_for_the_hours_of_the_configuration(
    visitor: Visitor, public: Office, hours: float, shown: bool
):
    visitor.sign_in()

    class Later:
        def now(self):
            return public.clock.now() + timedelta(hours=hours)

    after = visitor_of(replace(public, clock=Later()))
    after.cookies = visitor.cookies
    if shown:
        assert "Testperson" in after.page(CASE)
    else:
        assert_nothing_shown(after)


def test_signing_out_ends_it_for_every_copy_of_the_cookie(visitor: Visitor, public: Office):
    visitor.sign_in()
    copy = visitor_of(public)
    copy.cookies.set(COOKIE, visitor.cookies[COOKIE])
    assert "Testperson" in copy.page(CASE)

    answer = visitor.fill_in("/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/signed-out")
    assert_nothing_shown(visitor)
    assert_nothing_shown(copy)
    assert [row[3] for row in audited(public, "signed")] == ["signed in", "signed out"]
    page = visitor.page("/signed-out")
    assert "You are signed out" in page
    assert "/logout" in page


def test_the_cookie_is_for_this_host_alone_and_for_no_script(visitor: Visitor):
    headers = visitor.sign_in().headers.get_list("set-cookie")
    jar = SimpleCookie()
    for header in headers:
        jar.load(header)

    cookie = jar[COOKIE]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"].lower()) == (True, True, "lax")
    assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", "")
    assert len(cookie.value) == 43
    assert jar[ATTEMPT]["max-age"] == "0"


def test_each_sign_in_has_a_cookie_of_its_own(visitor: Visitor):
    visitor.sign_in()
    first = visitor.cookies[COOKIE]
    visitor.sign_in()

    assert visitor.cookies[COOKIE] != first


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/cases/../../evil",
        "javascript:alert(1)",
        "/sign-out",
        "/api/cases",
        "http://[",
        "/cases/RP-2026-0001@evil.example",
        "\t//evil.example",
        "https:evil.example",
    ],
)
def test_nobody_is_sent_anywhere_but_to_a_page_of_ours(visitor: Visitor, back: str):
    assert visitor.sign_in(back).headers["location"] == "/"


def test_what_narrows_a_page_down_is_still_there_after_the_sign_in(visitor: Visitor):
    away = visitor.get("/cases?school=northwick&stage=referred&x=1", follow_redirects=False)

    assert away.headers["location"] == "/sign-in?back=%2Fcases%3Fschool%3Dnorthwick%26stage%3Dreferred"
    page = visitor.page(away.headers["location"])
    assert "/sign-in/start?back=%2Fcases%3Fschool%3Dnorthwick%26stage%3Dreferred" in page
    assert visitor.sign_in("/cases?school=northwick&x=1").headers["location"] == "/cases?school=northwick"


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_a_form_from_another_site_is_refused(visitor: Visitor, public: Office, headers: dict[str, str]):
    visitor.sign_in()
    token = visitor.token(CASE)

    answer = visitor.post(DONE, data={"token": token}, headers=headers, follow_redirects=False)

    assert answer.status_code == 403
    assert audited(public, "task done") == []


@pytest.mark.parametrize("token", ["", "x", "of another visit"])
def test_a_form_without_the_token_of_this_visit_is_refused(visitor: Visitor, public: Office, token: str):
    visitor.sign_in()
    if token == "of another visit":
        other = visitor_of(public)
        other.sign_in()
        token = other.token(CASE)

    answer = visitor.post(DONE, data={"token": token}, headers={"Origin": ORIGIN}, follow_redirects=False)

    assert answer.status_code == 403
    assert audited(public, "task done") == []


def test_what_somebody_does_is_audited_under_their_address(visitor: Visitor, public: Office):
    visitor.sign_in()

    assert visitor.fill_in(DONE, CASE).status_code == 303

    assert audited(public, "task done") == [
        ("RP-2026-0001", "northwick", NORTHWICK, "task done: pupil-voice")
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Host": "rp.trust.example:8080"},
        {"Host": "rp.trust.example.evil.example"},
        {"X-Forwarded-Proto": "http"},
        {"X-Forwarded-Proto": "https, http"},
        {"X-Forwarded-Proto": ""},
    ],
)
def test_another_host_or_a_way_without_https_is_turned_away(visitor: Visitor, headers: dict[str, str]):
    visitor.sign_in()

    answer = visitor.get(CASE, headers=headers, follow_redirects=False)

    assert answer.status_code == 400
    assert f"Please open {ORIGIN} instead." in answer.text
    assert "Testperson" not in answer.text


def test_a_forwarded_host_counts_for_nothing(visitor: Visitor):
    headers = {"Host": "evil.example", "X-Forwarded-Host": "rp.trust.example"}

    assert visitor.get("/sign-in", headers=headers).status_code == 400


def test_browsers_are_told_to_use_https_and_to_keep_nothing(visitor: Visitor):
    visitor.sign_in()

    for path in ("/", "/sign-in", "/signed-out", "/health", "/nowhere"):
        headers = visitor.get(path).headers
        assert headers["strict-transport-security"] == "max-age=31536000"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'")


def until_refused(visitor: Visitor, path: str, **more: Any) -> tuple[int, httpx2.Response]:
    """How many were answered before one was refused, and that one. A slow machine is allowed more."""
    for allowed in range(2000):
        answer = visitor.get(path, **more)
        if answer.status_code == 429:
            return allowed, answer
    raise AssertionError(f"2,000 requests for {path} were answered")


def test_too_many_requests_from_one_sender_are_slowed_down_and_another_is_not(visitor: Visitor):
    allowed, refused = until_refused(visitor, "/sign-in")

    assert allowed >= 300
    assert int(refused.headers["retry-after"]) >= 1
    forged = {"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}  # only the last one is our proxy's word
    more, _ = until_refused(visitor, "/sign-in", headers=forged)
    assert more < 100, "only as many as became free meanwhile"
    elsewhere = {"X-Forwarded-For": "203.0.113.8:50123"}
    assert visitor.get("/sign-in", headers=elsewhere).status_code == 200


def test_one_person_cannot_ask_the_api_without_end(visitor: Visitor):
    visitor.sign_in()

    allowed, refused = until_refused(visitor, "/api/cases/RP-2026-0099")

    assert allowed >= 100  # of 120, some were asked for by signing in
    assert refused.status_code == 429


@pytest.mark.parametrize("case", ["no sign_in", "no secret", "no web table"])
def test_without_a_way_of_signing_in_only_the_health_endpoint_answers(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
):
    open_public_trust(tmp_path, provider).store.close()
    config = tmp_path / "rp-connect.toml"
    text = config.read_text()
    if case == "no secret":
        monkeypatch.delenv(SECRET_VARIABLE)
    elif case == "no sign_in":
        text = text.partition("[web.openid]")[0].replace('sign_in = "openid"', "")
    else:
        text = text.partition("[web]")[0]
    config.write_text(text)

    from rp_connect.wiring.office import build_office

    office = build_office(config, "2026-11-10T10:05")
    add_reintegration(office)
    visitor = Browser(asgi_app(office), base_url=ORIGIN, headers=FORWARDED)
    for path in (*PATHS, "/sign-in", "/sign-in/start", "/sign-in/back", "/static/app.css"):
        answer = visitor.get(path, follow_redirects=False)
        assert answer.status_code == 503
        assert "Testperson" not in answer.text
    assert visitor.post(DONE, headers={"Origin": ORIGIN}).status_code == 503
    assert visitor.get("/health").json() == {"status": "ok"}
    office.store.close()


def test_no_address_of_a_person_is_written_to_the_log(
    visitor: Visitor, provider: Provider, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("DEBUG")
    visitor.sign_in()
    visitor.page(CASE)
    visitor.fill_in("/sign-out")
    provider.email = "teacher@northwick.example"
    assert visitor.sign_in().status_code == 403

    assert "come_back 303" in caplog.text
    client = ("httpx2", "asyncio")  # the browser's own
    said = [record for record in caplog.records if not record.name.startswith(client)]
    ours = "\n".join(str(record.getMessage()) for record in said if record.name.startswith("rp_"))
    assert "a sign-in was refused" in ours
    for text in ("@", "code=", "state=", "secret", str(visitor.cookies.get(COOKIE, "no cookie"))):
        assert text not in ours


def test_on_postgresql_a_person_signs_in_and_out_too(provider: Provider, tmp_path: Path, postgres_url: str):
    open_public_trust(tmp_path, provider).store.close()
    config = tmp_path / "rp-connect.toml"
    config.write_text(config.read_text().replace("sqlite:///rp-connect.db", postgres_url))

    from rp_connect.wiring.office import build_office

    office = build_office(config, "2026-11-10T10:05")
    add_reintegration(office)
    visitor, thief = visitor_of(office), visitor_of(office)
    back = visitor.answer_of(visitor.begin(CASE))
    attempt, codes = visitor.cookies[ATTEMPT], dict(provider.codes)

    assert visitor.get(back, follow_redirects=False).headers["location"] == CASE
    assert "Testperson" in visitor.page(CASE)
    provider.codes.update(codes)
    thief.cookies.set(ATTEMPT, attempt)
    assert thief.get(back, follow_redirects=False).status_code == 403
    assert visitor.fill_in("/sign-out").status_code == 303
    assert_nothing_shown(visitor)
    assert_nothing_shown(thief)
    office.store.close()


@pytest.mark.parametrize("own_proof", [True, False])
def test_an_address_of_a_plugin_is_behind_sign_in_unless_its_sender_proves_itself(
    public: Office, own_proof: bool
):
    route = PluginRoute("POST", "/news", lambda _: PluginAnswer(202), own_proof)
    visitor = visitor_of(replace(public, routes=(RouteSpec("paperbark", (route,)),)))

    stranger = visitor.post("/plugins/paperbark/news", headers={} if own_proof else {"Origin": ORIGIN})

    assert stranger.status_code == (202 if own_proof else 401)
    plain = visitor.post("/plugins/paperbark/news", headers={"X-Forwarded-Proto": "http"})
    assert plain.status_code == 400
