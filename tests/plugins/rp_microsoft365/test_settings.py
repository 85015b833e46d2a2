"""The table [school.microsoft365]: what is wrong with it is said once, by key, and never with its value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rp_connect.errors import ConfigError
from rp_connect.settings import validate_own
from rp_connect.settings.load import load_settings
from rp_microsoft365 import clouds
from rp_microsoft365.plugin import on_loopback
from rp_microsoft365.settings import Microsoft365Settings
from tests.plugins.rp_microsoft365.loopback import BASE

FILE = """
[trust]
name = "Northwick Learning Trust"
[store]
url = "sqlite:///rp-connect.db"
[[school]]
id = "northwick"
name = "Northwick High School"
kind = "academy"
calendar = "calendar.csv"
mis = "file_drop"
workspace = "microsoft365"
[school.file_drop]
folder = "drop"
[school.microsoft365]
"""


def load(tmp_path: Path, **own: object) -> Microsoft365Settings:
    lines = [f"{key} = {json.dumps(value)}" for key, value in own.items()]
    (tmp_path / "calendar.csv").touch()
    (tmp_path / "rp-connect.toml").write_text(FILE + "\n".join(lines))
    found = load_settings(tmp_path / "rp-connect.toml")
    return validate_own(found.file, found.schools[0], "microsoft365", Microsoft365Settings)


def test_the_smallest_table_is_enough(tmp_path):
    own = load(tmp_path, **BASE)

    assert (own.cloud, own.timeout_s) == ("global", 30.0)


@pytest.mark.parametrize(
    "credential",
    ["managed_identity", "federated_managed_identity", "certificate:a b.pem", "secret:env:S", "token:env:T",
     "secret:keyvault:S"],
)  # fmt: skip
def test_each_kind_of_credential_is_taken(tmp_path, credential):
    assert load(tmp_path, **{**BASE, "credential": credential, "client_id": "c"}).credential == credential


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("credential", "canary~secret~value", "credential of northwick must be managed_identity, federated"),
        ("credential", "secret:canary~secret", "credential of northwick must be managed_identity, federated"),
        ("credential", "certificate:", "credential of northwick must be managed_identity, federated"),
        ("tenant", "common", "tenant of northwick must be the id of one tenant"),
        ("tenant", "canary/../x", "tenant of northwick must be the id of one tenant"),
        ("graph_url", "http://graph.example", "graph_url of northwick must begin with https://"),
        ("graph_url", "https://canary:pw@graph.example", "graph_url of northwick must begin with https://"),
        ("graph_url", "https://[", "graph_url of northwick must begin with https://"),
        ("authority_url", "http://127.0.0.1:1", "authority_url of northwick must begin with https://"),
        ("cloud", "mars", "cloud of northwick must be 'global', 'usgov', 'usgov_dod' or 'china'"),
        ("timeout_s", 0, "timeout_s of northwick"),
        ("nonsense", "x", "nonsense of northwick is not a setting"),
    ],
)
def test_a_wrong_value_is_named_by_its_key_and_never_repeated(tmp_path, key, value, said):
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, **{**BASE, key: value})

    assert said in str(raised.value)
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize("credential", ["certificate:a.pem", "secret:env:S", "federated_managed_identity"])
def test_a_credential_of_an_app_needs_its_id(tmp_path, credential):
    with pytest.raises(ConfigError, match="needs client_id"):
        load(tmp_path, **{**BASE, "credential": credential})


@pytest.mark.parametrize(
    ("cloud", "graph_url", "base", "audience"),
    [
        ("global", "", "https://graph.microsoft.com/v1.0", "https://graph.microsoft.com"),
        ("usgov", "", "https://graph.microsoft.us/v1.0", "https://graph.microsoft.us"),
        ("usgov_dod", "", "https://dod-graph.microsoft.us/v1.0", "https://dod-graph.microsoft.us"),
        ("china", "", "https://microsoftgraph.chinacloudapi.cn/v1.0", "https://microsoftgraph.chinacloudapi.cn"),
        ("global", "http://127.0.0.1:80/", "http://127.0.0.1:80/v1.0", "https://graph.microsoft.com"),
        ("global", "http://localhost/v1.0", "http://localhost/v1.0", "https://graph.microsoft.com"),
        ("global", "https://graph.svc.sovcloud.example/v1.0/", "https://graph.svc.sovcloud.example/v1.0",
         "https://graph.svc.sovcloud.example"),
    ],
)  # fmt: skip
def test_each_cloud_has_its_own_address_and_audience(cloud, graph_url, base, audience):
    assert clouds.graph_base(cloud, graph_url) == base
    assert clouds.audience(cloud, graph_url) == audience


def test_signing_in_goes_to_the_clouds_own_door():
    assert clouds.authority("usgov", "", "t") == "https://login.microsoftonline.us/t"
    assert clouds.authority("china", "", "t") == "https://login.chinacloudapi.cn/t"
    assert clouds.authority("global", "https://login.example/", "t") == "https://login.example/t"


def test_the_clock_may_be_moved_only_where_graph_is_on_this_machine():
    def movable(url: str) -> bool:
        return on_loopback(Microsoft365Settings.model_validate({**BASE, "graph_url": url}))

    assert movable("http://127.0.0.1:8080")
    assert not movable("")
    assert not movable("https://127.0.0.1.example")


def test_a_credential_does_not_stand_in_what_is_printed_of_a_wrong_table():
    with pytest.raises(ValueError, match="must be") as raised:
        Microsoft365Settings.model_validate({**BASE, "credential": "canary~secret"})

    assert "canary" not in str(raised.value)
