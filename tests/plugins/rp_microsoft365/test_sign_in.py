"""Signing in to Entra over TLS, with each kind of credential, and what is said when it fails."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from rp_connect.errors import AccessError, ConfigError, RpConnectError, TryLaterError
from rp_microsoft365.asking import AskingGraph
from rp_microsoft365.opening import open_graph
from rp_microsoft365.request import Answer
from tests.plugins.rp_microsoft365.entra import (
    BY_IDENTITY,
    CLIENT,
    SECRET,
    SIGNED_IN,
    TENANT,
    Entra,
    entra,
    identity,
    make_certificate,
)
from tests.plugins.rp_microsoft365.loopback import (
    Came,
    Environment,
    Loopback,
    Says,
    create,
    loopback,
    read,
    settings,
)

NUMBERS = count(1)


@pytest.fixture(scope="module")
def tls(tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp("tls") / "server.pem"
    make_certificate(path)
    return path


@pytest.fixture
def graph() -> Iterator[Loopback]:
    with loopback(Says(200, {"value": []})) as server:
        yield server


@pytest.fixture
def trusted(tls, monkeypatch) -> Iterator[Entra]:
    """The stub of Entra, whose certificate this machine trusts by the usual variable."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls))
    with entra(tls) as found:
        yield found


@pytest.fixture
def machine(monkeypatch) -> Iterator[Loopback]:
    """A host that has a managed identity."""
    with loopback(identity) as server:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{server.url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "canary-header")
        yield server


def signing_in(graph: Loopback, trusted: Entra | None, folder: Path = Path(), **own: Any) -> AskingGraph:
    """With `secrets`, where they are not the usual ones."""
    secrets = own.pop("secrets", Environment(APP_SECRET=SECRET))
    if trusted is not None:
        own.setdefault("authority_url", trusted.server.url)
    own = {"tenant": TENANT, "client_id": CLIENT, "credential": "secret:env:APP_SECRET", **own}
    return open_graph(settings(graph.url, folder, secrets, **own))


def bearers(graph: Loopback) -> list[str]:
    return [came.headers["authorization"].removeprefix("Bearer ") for came in graph.came]


def fault(asked: AskingGraph) -> RpConnectError:
    with pytest.raises(RpConnectError) as raised:
        asked.ask(read())
    return raised.value


def test_a_secret_becomes_a_token_that_is_asked_for_once(graph, trusted):
    signed = signing_in(graph, trusted)
    signed.ask(read())
    signed.ask(read())

    assert bearers(graph) == [SIGNED_IN, SIGNED_IN]
    assert [form["client_secret"] for form in trusted.forms] == [SECRET]


def test_schools_and_threads_that_share_an_app_share_its_sign_in(graph, trusted):
    schools = [signing_in(graph, trusted) for _ in range(4)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: schools[n % 4].ask(read()), range(32)))

    assert bearers(graph) == [SIGNED_IN] * 32
    assert len(trusted.forms) == 1


def test_a_certificate_signs_a_statement_and_its_key_never_leaves(graph, trusted, tmp_path):
    trusted.certificate = make_certificate(tmp_path / "app.pem")
    signing_in(graph, trusted, tmp_path, credential="certificate:app.pem").ask(read())

    assert bearers(graph) == [SIGNED_IN]
    key = (tmp_path / "app.pem").read_text().splitlines()[1]
    assert key not in str(trusted.forms)


@pytest.mark.parametrize(("client", "seen"), [("", "system"), (CLIENT, CLIENT)])
def test_a_managed_identity_signs_in_without_a_secret(graph, machine, client, seen):
    signed = signing_in(graph, None, credential="managed_identity", client_id=client)
    signed.ask(read())
    signed.ask(read())

    assert bearers(graph) == [f"{BY_IDENTITY}.graph.microsoft.com.{seen}"] * 2
    assert len(machine.came) == 1


@pytest.mark.parametrize(("given", "seen"), [("", "system"), ("another-id", "another-id")])
def test_a_managed_identity_vouches_for_an_app_of_another_tenant(graph, trusted, machine, given, seen):
    trusted.assertion = f"{BY_IDENTITY}.AzureADTokenExchange.{seen}"
    signing_in(graph, trusted, credential="federated_managed_identity", identity=given).ask(read())

    assert bearers(graph) == [SIGNED_IN]
    assert trusted.forms[0]["client_assertion_type"].endswith("jwt-bearer")


def test_a_token_handed_in_is_read_when_it_is_needed(graph):
    secrets = Environment(HANDED="first")
    signed = signing_in(graph, None, credential="token:env:HANDED", secrets=secrets)
    signed.ask(read())
    secrets.values["HANDED"] = "second\n"
    signed.ask(read())

    assert bearers(graph) == ["first", "second"]


@pytest.mark.parametrize("token", ["two words", "naïve", "a\nb"])
def test_what_cannot_be_a_token_is_not_sent(graph, token):
    secrets = Environment(HANDED=token)
    found = fault(signing_in(graph, None, credential="token:env:HANDED", secrets=secrets))

    assert type(found) is ConfigError
    assert token not in str(found)
    assert graph.came == []


def refusal(number: int) -> tuple[int, dict[str, object], Mapping[str, str]]:
    words = f"AADSTS{number}: The provided thing '{SECRET}' is wrong. Trace ID: canary-trace"
    return 401, {"error": "invalid_client", "error_description": words, "error_codes": [number]}, {}


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (7000222, "the client secret has expired"),
        (7000215, "the client secret is wrong"),
        (700016, "there is no app with this client_id"),
        (90002, "there is no such tenant"),
        (700024, "the clock of this machine is wrong"),
        (700027, "does not know the certificate"),
        (65001, "give admin consent"),
        (7000112, "the app is disabled"),
        (700213, "names this managed identity"),
        (123456, "check tenant, client_id and credential"),
    ],
)
def test_a_refused_sign_in_says_what_an_administrator_must_do(graph, trusted, number, said):
    trusted.refuse = refusal(number)
    found = fault(signing_in(graph, trusted))

    assert type(found) is AccessError
    assert said in str(found)
    assert f"AADSTS{number}" in str(found)
    assert "canary" not in str(found)
    assert graph.came == []


@pytest.mark.parametrize(
    ("cloud", "audience"),
    [("global", "api://AzureADTokenExchange;"), ("usgov", "api://AzureADTokenExchangeUSGov;")],
)
def test_a_federated_credential_with_another_audience_is_told_that_of_its_cloud(
    graph, trusted, cloud, audience
):
    trusted.refuse = refusal(700212)
    found = str(fault(signing_in(graph, trusted, cloud=cloud)))

    assert f"it is {audience}".replace(";", ".") in found


def test_a_secret_that_was_renewed_is_used_without_a_new_start(graph, trusted):
    secrets = Environment(APP_SECRET="old-" + SECRET)
    signed = signing_in(graph, trusted, secrets=secrets)
    assert "secret is wrong" in str(fault(signed))
    secrets.values["APP_SECRET"] = SECRET

    signed.ask(read())

    assert bearers(graph) == [SIGNED_IN]


STALE = Says(401, {"error": {"code": "InvalidAuthenticationToken"}})
RENEWED = "canary-renewed-token-" + "R7k-" * 30


def test_a_token_that_graph_no_longer_takes_is_renewed_and_nobody_hears_of_it(trusted):
    trusted.tokens = (SIGNED_IN, RENEWED)
    with loopback(STALE, Says(200, {"value": []})) as graph:
        signing_in(graph, trusted).ask(read())

    assert bearers(graph) == [SIGNED_IN, RENEWED]


def test_a_batch_that_was_refused_for_its_token_is_sent_once_more_and_nothing_of_it_twice(trusted):
    def made(came: Came) -> Says:
        asked = came.json()["requests"]
        return Says(
            200, {"responses": [{"id": one["id"], "status": 201, "body": {"id": "T"}} for one in asked]}
        )

    trusted.tokens = (SIGNED_IN, RENEWED)
    with loopback(STALE, made) as graph:
        answers = signing_in(graph, trusted).ask_all([create() for _ in range(15)])

    assert {type(answer) for answer in answers} == {Answer}
    assert bearers(graph) == [SIGNED_IN, RENEWED]


def test_a_sign_in_that_is_refused_twice_is_told_and_the_next_call_asks_for_another(trusted):
    trusted.tokens = (SIGNED_IN, RENEWED, SIGNED_IN)
    with loopback(STALE, STALE, Says(200, {"value": []})) as graph:
        signed = signing_in(graph, trusted)
        found = fault(signed)
        signed.ask(read())

    assert type(found) is AccessError
    assert "does not accept our sign-in" in str(found)
    assert bearers(graph) == [SIGNED_IN, RENEWED, SIGNED_IN]


def test_a_token_that_is_the_same_when_it_is_asked_for_again_is_not_tried_again(trusted):
    with loopback(STALE) as graph:
        assert type(fault(signing_in(graph, trusted))) is AccessError

    assert bearers(graph) == [SIGNED_IN]
    assert len(trusted.forms) == 2


def test_a_sign_in_that_cannot_be_renewed_now_is_for_later(trusted):
    def refuse(came: Came) -> Says:
        trusted.refuse = (503, None, {"Retry-After": "9"})
        return STALE

    with loopback(refuse) as graph:
        assert type(fault(signing_in(graph, trusted))) is TryLaterError


def test_threads_whose_token_is_refused_together_renew_it_once(trusted):
    def says(came: Came) -> Says:
        old = came.headers["authorization"].endswith(SIGNED_IN)
        return Says(STALE.status, STALE.body, pause=0.2) if old else Says(200, {"value": []})

    trusted.tokens = (SIGNED_IN, RENEWED, SIGNED_IN)
    with loopback(says) as graph:
        signed = signing_in(graph, trusted)
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda _: signed.ask(read()), range(6)))

    assert len(trusted.forms) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, {"error": "temporarily_unavailable"}),
        (429, None),
        (429, b"<html>slow down</html>"),
        (503, None),
        (503, b"<html>"),
        (400, {"error": "temporarily_unavailable", "error_codes": [90033]}),
    ],
)
def test_a_throttled_sign_in_waits_as_long_as_it_is_asked_to(graph, trusted, status, body):
    trusted.refuse = (status, body, {"Retry-After": "17"})
    signed = signing_in(graph, trusted)
    first, second = fault(signed), fault(signed)

    assert (type(first), type(second)) == (TryLaterError, TryLaterError)
    assert isinstance(first, TryLaterError)
    assert isinstance(second, TryLaterError)
    assert first.retry_after == 17
    assert second.retry_after == pytest.approx(17, abs=1)
    assert len(trusted.forms) == 1


def test_a_sign_in_that_nobody_answers_is_for_later(graph, trusted):
    nobody = signing_in(graph, trusted, authority_url="https://127.0.0.1:9")
    assert type(fault(nobody)) is TryLaterError

    (found,) = signing_in(graph, trusted, authority_url="https://127.0.0.1:9").ask_all([read()])
    assert type(found) is TryLaterError


@pytest.mark.parametrize("where", ["description", "token"])
def test_a_sign_in_that_hangs_is_given_up(graph, trusted, where):
    slow = Says(200, {}, pause=3)
    if where == "description":
        trusted.unknown = slow
    began = time.monotonic()
    if where == "token":
        real = trusted.says
        trusted.server.script = [lambda came: slow if came.method == "POST" else real(came)]
    found = fault(signing_in(graph, trusted, timeout_s=0.3))

    assert type(found) is TryLaterError
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("says", [Says(400, {"error": "invalid_tenant"}), Says(404), Says(200, b"<html>")])
def test_a_tenant_that_nobody_describes_does_not_exist(graph, trusted, says):
    trusted.unknown = says
    found = fault(signing_in(graph, trusted))

    assert type(found) is AccessError
    assert "there is no such tenant; check tenant and cloud" in str(found)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_tenant_that_cannot_be_looked_up_now_is_for_later(graph, trusted, status):
    trusted.unknown = Says(status, b"busy", {"Retry-After": "4"})

    found = fault(signing_in(graph, trusted))

    assert isinstance(found, TryLaterError)
    assert found.retry_after == 4


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, {"access_token": 3}, [], b"<html>", b"", "text"])
def test_an_answer_without_a_token_is_no_token(graph, trusted, body):
    trusted.refuse = (200, body, {})
    found = fault(signing_in(graph, trusted))

    assert isinstance(found, AccessError | TryLaterError)
    assert graph.came == []


def test_a_certificate_that_this_machine_does_not_trust_is_not_talked_to(graph, tls, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with entra(tls) as untrusted:
        found = fault(signing_in(graph, untrusted))

    assert type(found) is TryLaterError
    assert "REQUESTS_CA_BUNDLE" in str(found)
    assert untrusted.forms == []


def test_a_certificate_file_that_cannot_be_used_is_named(graph, trusted, tmp_path):
    def said(name: str) -> str:
        found = fault(signing_in(graph, trusted, tmp_path, credential=f"certificate:{name}"))
        assert type(found) is ConfigError
        return str(found)

    (tmp_path / "binary.pem").write_bytes(b"\xff\x00")
    (tmp_path / "half.pem").write_text("-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n")
    kind = "PRIVATE KEY"
    (tmp_path / "odd.pem").write_text(
        f"-----BEGIN {kind}-----\nAA\n-----END {kind}-----\n" + (tmp_path / "half.pem").read_text()
    )
    make_certificate(tmp_path / "locked.pem", password=b"canary")
    make_certificate(tmp_path / "two.pem", another_key=True)

    assert "none.pem" in said("none.pem")
    assert "cannot be read" in said("binary.pem")
    assert "must hold a private key and its certificate" in said("half.pem")
    assert "cannot be read" in said("odd.pem")
    assert "password" in said("locked.pem")
    assert "do not belong together" in said("two.pem")


@pytest.mark.parametrize(("days", "said"), [((-9, -1), "expired on"), ((1, 9), "not valid before")])
def test_a_certificate_out_of_its_time_is_renewed_by_a_person(graph, trusted, tmp_path, days, said):
    make_certificate(tmp_path / "app.pem", days=days)
    found = fault(signing_in(graph, trusted, tmp_path, credential="certificate:app.pem"))

    assert type(found) is AccessError
    assert said in str(found)


def test_an_identity_that_its_host_refuses_is_no_token(graph, trusted, machine, monkeypatch):
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")

    direct = fault(signing_in(graph, None, credential="managed_identity", client_id="refused"))
    vouched = fault(signing_in(graph, trusted, credential="federated_managed_identity"))

    assert (type(direct), type(vouched)) == (AccessError, AccessError)
    assert trusted.forms == []


def test_an_identity_that_does_not_answer_is_for_later(graph, machine, monkeypatch):
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:9/msi/token")

    found = fault(signing_in(graph, None, credential="managed_identity", client_id="silent"))

    assert type(found) is TryLaterError


def test_a_machine_without_an_identity_says_what_to_use_instead(graph, monkeypatch):
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    # Never the real address: a test asks no machine for its identity.
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:9")
    found = fault(signing_in(graph, None, credential="managed_identity", client_id="nobody", timeout_s=0.3))

    assert type(found) is ConfigError
    assert "works on Azure only" in str(found)


def test_no_token_and_no_secret_is_ever_logged(graph, trusted, machine, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "msal")  # a command that ran in this process before made it silent
    trusted.certificate = make_certificate(tmp_path / "app.pem")
    signed = [
        signing_in(graph, trusted),
        signing_in(graph, trusted, tmp_path, credential="certificate:app.pem"),
        signing_in(graph, None, credential="managed_identity", client_id="logged"),
        signing_in(graph, None, credential="token:env:T", secrets=Environment(T="canary-handed")),
    ]
    for one in signed:
        one.ask(read())
        one.ask_all([read()])
        assert "canary" not in repr(one) + repr(vars(one)) + repr(vars(one.sender))
    trusted.certificate, trusted.assertion = None, f"{BY_IDENTITY}.AzureADTokenExchange.system"
    signing_in(graph, trusted, credential="federated_managed_identity").ask(read())
    trusted.refuse = refusal(7000222)
    fault(signing_in(graph, trusted, client_id="another-app"))

    seen = str(bearers(graph)) + str(trusted.forms) + str([came.headers for came in machine.came])
    assert all(
        canary in seen for canary in (SECRET, SIGNED_IN, BY_IDENTITY, "canary-header", "canary-handed")
    )
    assert "msal" in {record.name.partition(".")[0] for record in caplog.records}
    assert len(caplog.records) > 20
    said = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert [word for word in (SECRET, SIGNED_IN, BY_IDENTITY, "canary") if word in said] == []
    assertions = [form["client_assertion"] for form in trusted.forms if "client_assertion" in form]
    assert len(assertions) == 2
    assert [one for one in assertions if one in said] == []
