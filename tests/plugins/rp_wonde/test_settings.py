"""The table [school.wonde], the plugin, and what is declared of the fields."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from rp_connect.hooks.host import PluginHost
from rp_wonde.asked import FIELDS
from rp_wonde.settings import WondeSettings

LEAST = {"school_id": "A1", "token": "env:WONDE_TOKEN"}


def test_a_school_and_a_token_are_enough():
    own = WondeSettings.model_validate(LEAST)

    assert (own.base_url, own.per_page, own.timeout_s) == ("https://api.wonde.com", 50, 20.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": "a-token-in-the-file"},
        {"base_url": "https://api.wonde.com/v1.0"},
        {"base_url": "api.wonde.com"},
        {"base_url": "https://user:password@api.wonde.com"},
        {"school_id": "../A1"},
        {"suspension_types": {"Fixed": "GONE"}},
        {"behaviour_roles": {"AG": "offending"}},
        {"unnamed_role": "harmed"},
        {"unknown": 1},
    ],
)
def test_a_table_that_cannot_be_meant_is_refused_without_showing_what_stands_in_it(wrong):
    with pytest.raises(ValidationError) as refused:
        WondeSettings.model_validate({**LEAST, **wrong})
    assert "a-token-in-the-file" not in str(refused.value)


def test_the_plugin_is_installed_and_stands():
    found = {plugin.name: plugin for plugin in PluginHost().load().plugins()}

    assert found["rp_wonde"].fault is None


def test_only_the_four_flags_are_special_and_every_field_has_its_reason():
    special = {field.name.rpartition(".")[2] for field in FIELDS if field.special}

    flags = {"child_in_need", "child_protection_plan", "in_lea_care", "sen_status"}
    assert special == {"extended_details", *flags}
    assert all(len(field.reason.split()) > 3 for field in FIELDS)
    assert len({field.name for field in FIELDS}) == len(FIELDS)
