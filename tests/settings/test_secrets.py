"""Secrets stay where they are until they are needed, and are shown nowhere."""

from __future__ import annotations

import pytest

from rp_connect.errors import ConfigError
from rp_connect.settings import EnvironmentSecrets


def test_a_reference_is_read_from_the_environment_when_it_is_needed(monkeypatch):
    secrets = EnvironmentSecrets()
    monkeypatch.setenv("WONDE_TOKEN", "hunter2")

    assert secrets.read("env:WONDE_TOKEN") == "hunter2"
    monkeypatch.setenv("WONDE_TOKEN", "changed")
    assert secrets.read("env:WONDE_TOKEN") == "changed"


@pytest.mark.parametrize("environ", [{}, {"WONDE_TOKEN": ""}])
def test_a_variable_that_is_not_set_is_named(environ):
    with pytest.raises(ConfigError) as raised:
        EnvironmentSecrets(environ).read("env:WONDE_TOKEN")
    assert str(raised.value) == (
        "env:WONDE_TOKEN is needed, but the environment variable WONDE_TOKEN is not set."
    )


@pytest.mark.parametrize("secret", ["hunter2", "env:", "env:two words", "vault:x"])
def test_a_secret_in_the_file_itself_is_refused_and_not_repeated(secret):
    with pytest.raises(ConfigError) as raised:
        EnvironmentSecrets({}).read(secret)
    assert str(raised.value) == (
        "A secret must be given as env:NAME or keyvault:NAME, never in the file itself."
    )


def test_no_secret_and_no_address_is_shown_by_anything_that_holds_one(load):
    more = """
[school.file_drop]
token = "hunter2"
[school.people]
lead = ["ada.testperson@northwick.example"]
"""
    settings = load(more, ("sqlite:///rp-connect.db", "postgresql+psycopg://rp:hunter2@server/rp"))
    school = settings.schools[0]
    held = [settings, settings.file, settings.store, settings.schools, school, school.people]
    held.append(EnvironmentSecrets({"WONDE_TOKEN": "hunter2"}))

    assert school.own["file_drop"]["token"] == "hunter2"
    assert school.people.lead == ("ada.testperson@northwick.example",)
    shown = " ".join(f"{one!r} {one!s}" for one in held)
    assert "hunter2" not in shown
    assert "testperson" not in shown
