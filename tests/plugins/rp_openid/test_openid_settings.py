"""The table `[web.openid]`: what it takes, and what it refuses with a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from rp_openid.settings import OpenIdSettings
from tests.plugins.rp_openid.provider import TENANT

RIGHT: dict[str, Any] = {"client_id": "c", "secret": "env:RP_SECRET", "tenant": TENANT}


def test_the_tenant_alone_means_entra():
    found = OpenIdSettings(**RIGHT)

    assert found.issued_by == f"https://login.microsoftonline.com/{TENANT}/v2.0"
    assert found.claim == "preferred_username"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"secret": "hunter2"}, "pattern"),
        ({"tenant": "northwick.onmicrosoft.com"}, "not its name"),
        ({"tenant": ""}, "either tenant"),
        ({"tenant": "", "issuer": "https://id.example"}, 'must be "email"'),
        ({"issuer": "http://id.example"}, "https://"),
        ({"issuer": "https://"}, "https://"),
        ({"algorithms": ["HS256"]}, "RS256"),
        ({"algorithms": ["none"]}, "RS256"),
        ({"algorithms": []}, "at least 1"),
        ({"leeway_s": 3600}, "120"),
        ({"claim": "upn"}, "preferred_username"),
        ({"certificate": "x"}, "Extra"),
    ],
)
def test_what_cannot_be_right_is_refused_and_the_secret_is_not_repeated(changes: dict[str, Any], words: str):
    with pytest.raises(ValidationError) as raised:
        OpenIdSettings(**RIGHT | changes)

    assert words in str(raised.value)
    assert "hunter2" not in str(raised.value)
