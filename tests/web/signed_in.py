"""The pages behind sign-in: a small trust with a lead at each school, and a browser that signs in."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import requests

from rp_connect.services.office import Office
from rp_connect.wiring.office import build_office
from tests.plugins.rp_openid.provider import CLIENT, TENANT, Provider
from tests.web.conftest import Browser
from tests.web.small_school import NOW, open_trust

ORIGIN = "https://rp.trust.example"
NORTHWICK, EASTMOOR = "lead@northwick.example", "lead@eastmoor.example"
FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
COOKIE, ATTEMPT = "__Host-rp_connect", "__Host-rp_connect_attempt"
SECRET_VARIABLE = "RP_CONNECT_TEST_SECRET"

WEB = """
[web]
public_url = "{origin}"
sign_in = "openid"
{more}
[web.openid]
issuer = "{issuer}"
tenant = "{tenant}"
client_id = "{client}"
secret = "env:{variable}"
"""


def open_public_trust(folder: Path, provider: Provider, more: str = "", origin: str = ORIGIN) -> Office:
    """Two schools, each with a lead of its own; people sign in with `provider`."""
    open_trust(folder, people='lead = ["lead@northwick.example"]').store.close()
    config = folder / "rp-connect.toml"
    text = config.read_text(encoding="utf-8")
    first, second, third = text.partition('id = "eastmoor"')
    text = first + second + third.replace(NORTHWICK, EASTMOOR)
    web = WEB.format(
        origin=origin,
        more=more,
        issuer=provider.address,
        tenant=TENANT,
        client=CLIENT,
        variable=SECRET_VARIABLE,
    )
    config.write_text(text + web, encoding="utf-8")
    return build_office(config, NOW)


class Visitor(Browser):
    """A browser that comes through the proxy, and can sign in."""

    def begin(self, back: str = "/") -> str:
        """Where the provider is asked."""
        answer = self.get("/sign-in/start", params={"back": back}, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def answer_of(self, address: str) -> str:
        """The address on our side to which the provider sends the browser, without its host."""
        answer = requests.get(address, allow_redirects=False, timeout=10)
        assert answer.status_code == 302
        found = urlsplit(answer.headers["Location"])
        assert f"{found.scheme}://{found.netloc}" == ORIGIN
        return f"{found.path}?{found.query}"

    def sign_in(self, back: str = "/") -> httpx2.Response:
        """The answer to the browser that comes back; it is not followed."""
        return self.get(self.answer_of(self.begin(back)), follow_redirects=False)

    def fill_in(self, path: str, page: str = "/", **fields: str) -> httpx2.Response:
        data: dict[str, Any] = {"token": self.token(page), **fields}
        return self.post(path, data=data, headers={"Origin": ORIGIN}, follow_redirects=False)


def audited(office: Office, what: str = "") -> list[tuple[str | None, str, str, str]]:
    """(case, school, who, what) of the audit's rows that are about a visit, oldest first."""
    import sqlite3

    path = next(iter(office.schools.values())).settings.calendar_path.parent / "rp-connect.db"
    with sqlite3.connect(path) as store:
        rows = store.execute('SELECT "case", school, who, what FROM audit ORDER BY id').fetchall()
    store.close()
    return [row for row in rows if row[3].startswith(what)]
