"""Signing in through Microsoft's own worker library, whose host encodes cookies in its own way."""

from __future__ import annotations

from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import requests

from tests.drop_school import DropSchool
from tests.functions.conftest import NOW
from tests.functions.worker import Json, Worker, need_runtime
from tests.plugins.rp_openid.provider import CLIENT, SECRET, TENANT, Provider, running_provider
from tests.web.signed_in import SECRET_VARIABLE, WEB

ORIGIN = "https://rp.example"
HEADERS = {"host": "rp.example", "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7:50123"}


class Browser:
    """Keeps the cookies that the host gives it, and sends them back as they came."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Json:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.worker.http(path, headers={**HEADERS, "cookie": kept})
        for header in answer["cookies"]:
            for name, cookie in SimpleCookie(header).items():
                assert "HttpOnly" in header
                assert "Secure" in header
                assert "SameSite=Lax" in header
                self.cookies.pop(name, None)
                if cookie["max-age"] != "0":
                    self.cookies[name] = cookie.value
        return answer


def let_in(school: DropSchool, provider: Provider) -> None:
    config = school.folder / "rp-connect.toml"
    names = {"tenant": TENANT, "client": CLIENT, "variable": SECRET_VARIABLE}
    web = WEB.format(origin=ORIGIN, more="", issuer=provider.address, **names)
    config.write_text(config.read_text() + web)


def test_a_link_from_planner_leads_to_its_page_after_the_sign_in(school: DropSchool):
    need_runtime()
    school.sync(NOW)
    with running_provider() as provider:
        let_in(school, provider)
        environment = {"RP_CONNECT_CONFIG": str(school.folder / "rp-connect.toml"), SECRET_VARIABLE: SECRET}
        with Worker(environment) as worker:
            browser = Browser(worker)
            way_in = browser.get("/cases/RP-2026-0001")["headers"]["location"]
            assert way_in.partition("?")[0] == "/sign-in"
            asked = browser.get(way_in.replace("/sign-in", "/sign-in/start"))["headers"]["location"]
            came = requests.get(asked, allow_redirects=False, timeout=10).headers["Location"]
            back = browser.get(f"{urlsplit(came).path}?{urlsplit(came).query}")

            assert (back["status"], back["headers"].get("location")) == (303, "/cases/RP-2026-0001")
            page = browser.get("/cases/RP-2026-0001")
            assert page["status"] == 200
            assert "RP-2026-0001" in page["body"]
            assert list(browser.cookies) == ["__Host-rp_connect"], "that of the attempt was taken back"
