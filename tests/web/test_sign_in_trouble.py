"""What staff see while the database or the sign-in service is away, or a secret is missing or renewed."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, Never

import httpx2
import pytest
import sqlalchemy as sa

from rp_connect.errors import StoreError
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.office import Office
from rp_connect.web import make_app
from rp_connect.web.closed import APART_S
from rp_connect.web.door import COOKIES
from rp_connect.web.faults import NO_STORE
from rp_connect.web.sign_in import NO_ROLE, USED
from rp_connect.wiring.office import build_office
from tests.identity_host import identity_host
from tests.plugins.rp_openid.provider import SECRET, Provider, running_provider
from tests.postgres_server import PostgresServer
from tests.web.public_trust import CASE, OtherStore, visitor_of
from tests.web.signed_in import (
    ATTEMPT,
    COOKIE,
    EASTMOOR,
    FORWARDED,
    ORIGIN,
    SECRET_VARIABLE,
    Visitor,
    audited,
    open_public_trust,
)
from tests.web.small_school import NOW, add_reintegration

CLOSED = "These pages are closed until sign-in is set up."
FAULT = "This is our fault"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    with running_provider() as found:
        yield found


@pytest.fixture
def public(provider: Provider, tmp_path: Path) -> Iterator[Office]:
    office = open_public_trust(tmp_path, provider)
    add_reintegration(office)
    yield office
    office.store.close()


def reopened(folder: Path, old: str, new: str) -> Office:
    """The same trust after a line of its configuration was changed."""
    config = folder / "rp-connect.toml"
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new))
    return build_office(config, NOW)


def test_while_the_database_server_is_away_people_are_told_so_and_afterwards_see_their_pages_again(
    provider: Provider, tmp_path: Path
):
    open_public_trust(tmp_path, provider).store.close()
    with PostgresServer() as server:  # as durable as in production: it is killed
        server.create_database("trust")
        office = reopened(tmp_path, "sqlite:///rp-connect.db", server.url("trust"))
        add_reintegration(office)
        visitor = visitor_of(office)
        visitor.sign_in()
        server.kill()
        for path in ("/", "/cases", CASE, "/health", "/api/cases", "/sign-in"):
            answer = visitor.get(path, follow_redirects=False)
            assert (answer.status_code, FAULT in answer.text) == (503, False), path
            assert "database" in answer.text
            assert "Testperson" not in answer.text
            if path.startswith("/api/"):
                assert list(answer.json()) == ["error"]
            else:
                assert answer.headers["content-type"].startswith("text/html")
                assert f'<p class="lead">{NO_STORE}</p>' in answer.text
                assert ("Try again" in answer.text) == (path != "/sign-in")
        assert visitor_of(office).get("/sign-in").status_code == 200, "a stranger needs no store"
        server.start()
        assert "Testperson" in visitor.page(CASE)
        office.store.close()


class NoAudit(OtherStore):
    """Stands for a disk that is full: it can be read, and nothing is written any more."""

    def begin(self) -> Never:
        raise StoreError("The store cannot be written.")


@pytest.mark.parametrize("path", [CASE, "/api/cases/RP-2026-0001"])
def test_what_cannot_be_audited_is_not_answered(
    visitor: Visitor, public: Office, provider: Provider, path: str
):
    provider.email = EASTMOOR
    visitor.sign_in()
    assert visitor.get(path).status_code == 404
    before = len(audited(public, "refused"))
    full = visitor_of(replace(public, store=NoAudit(public.store)))
    full.cookies = visitor.cookies

    answer = full.get(path)

    assert (answer.status_code, FAULT in answer.text) == (503, False)
    assert "The store cannot be written." in answer.text
    assert before == 1 == len(audited(public, "refused"))


@pytest.fixture
def visitor(public: Office) -> Visitor:
    return visitor_of(public)


class CountedStore(OtherStore):
    reads = 0

    def read(self) -> AbstractContextManager[UnitOfWork]:
        self.reads += 1
        return self.real.read()


def test_made_up_cookies_do_not_reach_the_store_without_end(visitor: Visitor, public: Office):
    visitor.sign_in()
    store = CountedStore(public.store)
    served = visitor_of(replace(public, store=store))
    made_up = [(b"Cookie", f"{COOKIE}={'A' * 43}".encode())]
    burst, per_second = COOKIES
    answers: list[Any] = []
    let_in, began = float(burst), time.monotonic()

    while len(answers) < let_in + 100:  # the slower the machine, the more are let in meanwhile
        answers.append(served.get("/cases", headers=made_up, follow_redirects=False))
        let_in = burst + per_second * (time.monotonic() - began) + 1
    refused = [answer for answer in answers if answer.status_code == 429]

    assert store.reads <= let_in
    assert len(refused) >= len(answers) - let_in
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    served.cookies = visitor.cookies
    elsewhere = {"X-Forwarded-For": "203.0.113.8"}
    assert served.get(CASE, headers=elsewhere).status_code == 200, (
        "whoever comes from elsewhere is not held up"
    )


def test_health_looks_one_row_up_however_much_is_kept(public: Office):
    asked: list[tuple[str, Any]] = []

    def note(connection: sa.Connection, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        if statement.startswith("SELECT") and "EXPLAIN" not in statement:
            asked.append((statement, values))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        assert visitor_of(public).get("/health").json() == {"status": "ok"}
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)

    assert asked, "the store was asked"
    engine = sa.create_engine(
        f"sqlite:///{next(iter(public.schools.values())).settings.calendar_path.parent}/rp-connect.db"
    )
    with engine.connect() as connection:
        for statement, values in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            assert not [step for step in plan if "SCAN" in str(step)], statement
    engine.dispose()


def test_pages_that_were_asked_for_too_early_open_once_the_secret_is_there(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv(SECRET_VARIABLE)
    office = open_public_trust(tmp_path, provider)
    add_reintegration(office)
    visitor = visitor_of(office)
    early = visitor.get("/")
    assert (early.status_code, CLOSED in early.text) == (503, True)
    for said in ('<html lang="en-GB">', '<meta name="viewport"', "<h1>Closed for now</h1>"):
        assert said in early.text
    assert CLOSED in visitor.get("/api/cases").json()["error"]
    time.sleep(APART_S)
    assert CLOSED in visitor.get("/").text, "still nothing to sign in with"

    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    time.sleep(APART_S)

    assert visitor.get("/cases", follow_redirects=False).headers["location"] == "/sign-in?back=%2Fcases"
    assert visitor.sign_in(CASE).headers["location"] == CASE
    assert "Testperson" in visitor.page(CASE)
    assert visitor.get("/health").json() == {"status": "ok"}
    office.store.close()


def test_closed_pages_say_that_the_store_is_away_too(public: Office):
    class Away(OtherStore):
        def read(self) -> Never:
            raise StoreError("The store is gone.")

    assert public.entrance is not None
    entrance = replace(public.entrance, sign_in=None)
    closed = visitor_of(replace(public, entrance=entrance, store=Away(public.store)))

    answer = closed.get("/health")

    assert (answer.status_code, answer.text) == (503, "The store is gone.\n")


@pytest.mark.parametrize("back", [CASE, "/cases?school=northwick", "/"])
def test_a_host_that_encodes_cookies_once_more_does_not_lose_the_page_that_was_wanted(
    visitor: Visitor, back: str
):
    from urllib.parse import quote

    came = visitor.answer_of(visitor.begin(back))
    encoded = quote(visitor.cookies[ATTEMPT], safe="")
    visitor.cookies.clear()
    visitor.cookies.set(ATTEMPT, encoded)

    assert visitor.get(came, follow_redirects=False).headers["location"] == back


@pytest.mark.parametrize("back", ["%2Fcases", "é", "L", "_-8", "Ly9ldmlsLmV4YW1wbGU"])
def test_whatever_was_made_of_the_cookie_leads_to_a_page_of_ours(visitor: Visitor, back: str):
    came = visitor.answer_of(visitor.begin())
    secret = visitor.cookies[ATTEMPT].partition(".")[0]
    visitor.cookies.clear()
    sent = [(b"Cookie", f"{ATTEMPT}={secret}.{back}".encode())]

    assert visitor.get(came, headers=sent, follow_redirects=False).headers["location"] == "/"


def test_a_link_that_is_longer_than_a_cookie_can_hold_leads_to_the_board(visitor: Visitor):
    assert visitor.sign_in(f"/cases?school={'x' * 5000}").headers["location"] == "/"


def wrong_tenant(provider: Provider) -> None:
    provider.claims_of = lambda claims: claims | {"tid": "of another"}


def nobody_here(provider: Provider) -> None:
    provider.email = "teacher@northwick.example"


def no_token(provider: Provider) -> None:
    provider.token_of = lambda token, claims: ""


def refusing(provider: Provider) -> None:
    provider.error = "access_denied"


def long_ago(provider: Provider) -> None:
    provider.claims_of = lambda claims: claims | {"iat": int(time.time()) - 3600}


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (wrong_tenant, "identity token: tenant"),
        (long_ago, "identity token: time"),
        (no_token, "identity token: none, or none that could be one"),
        (refusing, "answer: the provider let nobody through"),
        (nobody_here, "a sign-in was refused: no role at any school"),
    ],
)
def test_the_log_says_of_which_kind_a_refusal_was_and_of_whom_it_says_nothing(
    visitor: Visitor, provider: Provider, caplog: pytest.LogCaptureFixture, wrong: Any, kind: str
):
    wrong(provider)
    answer = visitor.sign_in()
    assert answer.status_code == 403
    assert "<h1>You are not signed in</h1>" in answer.text
    assert "form" not in answer.text.partition("<main")[2]

    said = [record.getMessage() for record in caplog.records if record.name.startswith("rp_")]
    assert [line for line in said if line.endswith(kind)], said
    assert [line for line in said if line.startswith("a sign-in was refused: ")]
    assert "@" not in "".join(said)


def test_the_log_tells_a_replay_from_a_state_of_another_attempt_and_from_none(
    visitor: Visitor, public: Office, provider: Provider, caplog: pytest.LogCaptureFixture
):
    came = visitor.answer_of(visitor.begin())
    attempt, codes = visitor.cookies[ATTEMPT], dict(provider.codes)
    visitor.get(came, follow_redirects=False)
    provider.codes.update(codes)
    thief = visitor_of(public)
    assert thief.get(came).status_code == 403
    thief.begin()
    assert thief.get(came).status_code == 403
    thief.cookies.clear()
    thief.cookies.set(ATTEMPT, attempt)
    again = thief.get(came)
    assert (again.status_code, USED in again.text, NO_ROLE in again.text) == (403, True, False)

    assert [line.rpartition(": ")[2] for line in caplog.messages if "was refused" in line] == [
        "no attempt of this browser",
        "the state of another attempt",
        "the attempt was used before",
    ]


def test_a_secret_that_was_renewed_is_used_without_a_restart(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv(SECRET_VARIABLE, "one that ran out")
    assert visitor.sign_in().status_code == 403
    assert "exchange: invalid_client" in caplog.text

    monkeypatch.setenv(SECRET_VARIABLE, SECRET)

    assert visitor.sign_in(CASE).headers["location"] == CASE


def test_a_secret_that_is_gone_is_told_in_the_log_and_not_to_whoever_signs_in(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.delenv(SECRET_VARIABLE)

    answer = visitor.sign_in()

    assert answer.status_code == 503
    assert "not set up fully" in answer.text
    assert SECRET_VARIABLE not in answer.text
    assert f"env:{SECRET_VARIABLE}" in caplog.text


def test_the_secret_may_stand_in_a_key_vault(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    open_public_trust(tmp_path, provider).store.close()
    with identity_host() as host:
        for name, value in host.environ().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("RP_CONNECT_KEY_VAULT", f"{host.url}/")
        host.secrets["sign-in"] = SECRET
        office = reopened(tmp_path, f"env:{SECRET_VARIABLE}", "keyvault:sign-in")

        assert visitor_of(office).sign_in().status_code == 303
        assert host.read == ["sign-in"]
        office.store.close()


def test_a_vault_that_is_away_closes_the_pages_until_it_answers(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    open_public_trust(tmp_path, provider).store.close()
    with identity_host() as host:
        for name, value in host.environ().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("RP_CONNECT_KEY_VAULT", f"{host.url}/")
        host.secrets["sign-in"], host.status = SECRET, 503
        office = reopened(tmp_path, f"env:{SECRET_VARIABLE}", "keyvault:sign-in")
        visitor = visitor_of(office)
        assert CLOSED in visitor.get("/").text

        host.status = 200
        time.sleep(APART_S)

        assert visitor.sign_in().status_code == 303
        office.store.close()


def test_whoever_signs_out_sees_so_even_if_the_provider_is_another_by_now(
    visitor: Visitor, provider: Provider
):
    provider.discovery = lambda: {"issuer": "https://login.evil.example"}  # type: ignore[method-assign]

    assert "You are signed out" in visitor.page("/signed-out")


def test_strangers_who_ask_for_a_provider_that_is_silent_do_not_hold_up_the_pages(
    visitor: Visitor, public: Office, provider: Provider, tmp_path: Path
):
    visitor.sign_in()
    with socket.create_server(("127.0.0.1", 0), backlog=200) as silent:
        elsewhere = f"http://127.0.0.1:{silent.getsockname()[1]}"
        office = reopened(tmp_path, provider.address, elsewhere)
        asyncio.run(crowd_and_page(office, str(visitor.cookies[COOKIE])))
        office.store.close()


async def crowd_and_page(office: Office, cookie: str) -> None:
    transport = httpx2.ASGITransport(make_app(office, port=443))
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN, headers=FORWARDED) as crowd:
        paths = ("/sign-in/start", "/signed-out") * 60
        asked = [asyncio.create_task(crowd.get(path)) for path in paths]
        await asyncio.sleep(0.3)
        began = time.monotonic()
        page = await crowd.get(CASE, headers={"Cookie": f"{COOKIE}={cookie}"})

        assert page.status_code == 200
        assert time.monotonic() - began < 5.0
        answered = sum(task.done() for task in asked)
        assert answered >= len(asked) - 16, "all but a few were told at once"
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
