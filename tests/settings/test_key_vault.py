"""Secrets of an installation on Azure stay in its Key Vault until they are needed."""

from __future__ import annotations

import logging

import pytest

from rp_connect.errors import AccessError, ConfigError, TryLaterError
from rp_connect.settings import EnvironmentSecrets
from rp_connect.settings.key_vault import KeyVault, _audience
from tests.identity_host import identity_host

SECRET = "canary-wonde-token"


@pytest.fixture
def host(monkeypatch):
    with identity_host() as found:
        for name, value in found.environ().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("RP_CONNECT_KEY_VAULT", f"{found.url}/")
        found.secrets["wonde-token"] = SECRET
        yield found


def test_a_secret_is_read_with_the_identity_of_the_host(host):
    assert EnvironmentSecrets().read("keyvault:wonde-token") == SECRET
    assert host.asked == [
        {"api-version": "2019-08-01", "resource": "https://vault.azure.net", "client_id": "client-1"}
    ]


def test_a_secret_is_asked_for_once_in_some_minutes_and_the_identity_once_in_its_life(host):
    vault = KeyVault(kept_s=0)
    kept = EnvironmentSecrets()

    assert [kept.read("keyvault:wonde-token") for _ in range(3)] == [SECRET] * 3
    assert host.read == ["wonde-token"]
    host.secrets["wonde-token"] = "renewed"
    assert [vault.read("wonde-token") for _ in range(2)] == ["renewed"] * 2
    assert len(host.read) == 3
    assert len(host.asked) == 2  # one for each of the two that asked


@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [
        (404, ConfigError, "keyvault:wonde-token is needed, but the Key Vault has no secret of that name."),
        (403, AccessError, "needs the role Key Vault Secrets User"),
        (401, AccessError, "needs the role Key Vault Secrets User"),
        (429, TryLaterError, "does not show keyvault:wonde-token just now (status 429)"),
        (503, TryLaterError, "does not show keyvault:wonde-token just now (status 503)"),
        (302, TryLaterError, "(status 302)"),
    ],
)
def test_what_a_vault_says_instead_is_a_sentence_for_whoever_must_act(host, status, kind, says):
    host.status, host.headers = status, {"Retry-After": "7", "Location": "https://elsewhere.example/"}

    with pytest.raises(kind) as raised:
        EnvironmentSecrets().read("keyvault:wonde-token")

    assert says in str(raised.value)
    assert "canary" not in str(raised.value)
    assert getattr(raised.value, "retry_after", 7.0) == 7.0
    assert host.read == ["wonde-token"]


def test_a_vault_that_does_not_answer_is_tried_later(host, monkeypatch):
    monkeypatch.setenv("RP_CONNECT_KEY_VAULT", "http://127.0.0.1:9")

    with pytest.raises(TryLaterError, match="could not be reached"):
        EnvironmentSecrets().read("keyvault:wonde-token")


def test_a_host_that_vouches_for_nobody_is_said(host):
    host.silent = True

    with pytest.raises(TryLaterError, match="AZURE_CLIENT_ID"):
        EnvironmentSecrets().read("keyvault:wonde-token")
    assert host.read == []


@pytest.mark.parametrize(
    "url",
    ["http://kv.vault.azure.net", "kv.vault.azure.net", "https://kv.vault.azure.net/x", "https://u@kv.x"],
)
def test_an_address_to_which_no_token_should_go_is_refused(host, monkeypatch, url):
    monkeypatch.setenv("RP_CONNECT_KEY_VAULT", url)

    with pytest.raises(ConfigError, match="must be the address of a vault"):
        EnvironmentSecrets().read("keyvault:wonde-token")
    assert host.asked == []


def test_a_vault_that_nobody_named_is_said():
    with pytest.raises(ConfigError) as raised:
        EnvironmentSecrets({}).read("keyvault:wonde-token")
    assert str(raised.value) == (
        "keyvault:wonde-token is needed, but the environment variable RP_CONNECT_KEY_VAULT is not set."
    )


@pytest.mark.parametrize("name", ["../keys/x", "a/b", "a?b", "a_b"])
def test_a_name_that_leads_elsewhere_is_refused(host, name):
    with pytest.raises(ConfigError, match="letters, digits and hyphens"):
        EnvironmentSecrets().read(f"keyvault:{name}")
    assert host.read == []


def test_neither_secret_nor_token_is_in_any_log(host, caplog):
    caplog.set_level(logging.DEBUG)

    EnvironmentSecrets().read("keyvault:wonde-token")

    assert SECRET not in caplog.text
    assert host.token not in caplog.text


@pytest.mark.parametrize(
    ("vault", "audience"),
    [
        ("https://kv-x.vault.azure.net", "https://vault.azure.net"),
        ("https://kv-x.vault.azure.cn", "https://vault.azure.cn"),
        ("https://kv-x.vault.usgovcloudapi.net", "https://vault.usgovcloudapi.net"),
    ],
)
def test_the_token_is_for_the_vaults_of_that_cloud(vault, audience):
    assert _audience(vault) == audience
