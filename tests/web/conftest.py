"""The app over a small trust, and a client that sends what a browser on this computer would send."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from rp_connect.services.office import Office
from rp_connect.web import make_app
from rp_connect.wiring.office import build_office
from tests.web.small_school import NOW, add_reintegration, open_trust

PORT = 8765
ORIGIN = f"http://127.0.0.1:{PORT}"
_TOKEN = re.compile(r'name="token" value="([^"]+)"')


class Browser(TestClient):
    """Reads a page, takes its token, and sends its forms with the headers of a browser."""

    def page(self, path: str, status: int = 200) -> str:
        answer = self.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def token(self, path: str) -> str:
        """The token of the first form on the page."""
        found = _TOKEN.search(self.get(path).text)
        assert found, "the page has no form"
        return found[1]

    def submit(self, path: str, page: str = "/cases/RP-2026-0001", **fields: str) -> httpx2.Response:
        """Post `fields` with the token of `page`; the answer is not followed."""
        data: dict[str, Any] = {"token": self.token(page), **fields}
        return self.post(path, data=data, headers={"Origin": ORIGIN}, follow_redirects=False)


@pytest.fixture(scope="session")
def _empty_trust(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trust")
    open_trust(folder).store.close()
    return folder


@pytest.fixture
def office(_empty_trust: Path, tmp_path: Path) -> Iterator[Office]:
    """A copy of its own of an empty trust: making the tables takes a while."""
    found = build_office(shutil.copytree(_empty_trust, tmp_path / "trust") / "rp-connect.toml", NOW)
    yield found
    found.store.close()


@pytest.fixture
def ref(office: Office) -> str:
    """The case of Ada Testperson, RP-2026-0001."""
    return add_reintegration(office)


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    with Browser(make_app(office, port=PORT), base_url=ORIGIN) as client:
        yield client
