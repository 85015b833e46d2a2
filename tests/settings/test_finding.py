"""Where the configuration is looked for, and what counts from its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from rp_connect.errors import ConfigError, NotFoundError
from rp_connect.settings import EnvironmentSecrets, find_config

HERE = Path("/trust")
URL = "sqlite:///rp-connect.db"


@pytest.mark.parametrize(
    ("option", "environ", "found"),
    [
        ("given.toml", {"RP_CONNECT_CONFIG": "set.toml"}, "/trust/given.toml"),
        ("/etc/given.toml", {}, "/etc/given.toml"),
        (None, {"RP_CONNECT_CONFIG": "set.toml"}, "/trust/set.toml"),
        (None, {"RP_CONNECT_CONFIG": "/etc/set.toml"}, "/etc/set.toml"),
        (None, {"RP_CONNECT_CONFIG": ""}, "/trust/rp-connect.toml"),
        (None, {}, "/trust/rp-connect.toml"),
    ],
)
def test_the_option_comes_before_the_environment_and_that_before_the_folder(option, environ, found):
    assert find_config(option, environ, HERE) == Path(found)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///rp-connect.db", "{folder}/rp-connect.db"),
        ("sqlite:///data/rp.db?timeout=5", "{folder}/data/rp.db?timeout=5"),
        ("sqlite:////var/rp.db", "/var/rp.db"),
    ],
)
def test_an_sqlite_path_counts_from_the_folder_of_the_file(load, folder, url, path):
    settings = load("", (URL, url))

    assert settings.store_url(EnvironmentSecrets({})) == "sqlite:///" + path.format(folder=folder)


def test_a_postgresql_url_is_left_alone(load):
    url = "postgresql+psycopg://rp@server:5433/rp"

    assert load("", (URL, url)).store_url(EnvironmentSecrets({})) == url


def test_the_stores_url_may_stand_in_the_environment(load, folder):
    settings = load("", (URL, "env:RP_STORE"))

    assert settings.store_url(EnvironmentSecrets({"RP_STORE": "sqlite:///own.db"})) == (
        f"sqlite:///{folder}/own.db"
    )


def test_a_url_from_the_environment_that_no_store_understands_is_refused_without_showing_it(load):
    settings = load("", (URL, "env:RP_STORE"))

    with pytest.raises(ConfigError) as raised:
        settings.store_url(EnvironmentSecrets({"RP_STORE": "postgres://rp:hunter2@server/rp"}))
    assert "what store.url refers to must begin with sqlite:///" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_a_school_is_found_by_its_id(load):
    assert load().school("northwick").name == "Northwick High School"


def test_an_unknown_school_is_answered_with_those_there_are(load):
    with pytest.raises(
        NotFoundError, match=r"There is no school southwick; the configuration has northwick\."
    ):
        load().school("southwick")
