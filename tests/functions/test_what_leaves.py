"""The host keeps what a function fails with, and what its worker logs: nobody's name is in either."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rp_connect.ports.doorbell import Errand
from tests.drop_school import DropSchool
from tests.functions.azurite import Azurite
from tests.functions.conftest import Installation, settings
from tests.functions.listener import client, count
from tests.functions.worker import APP, Json, Worker, need_runtime
from tests.leaks.canaries import leaks

BROKEN = Path(__file__).with_name("broken_instance.py")


@dataclass
class Falling:
    worker: Worker
    fell: Path

    def falls(self) -> int:
        return len(self.fell.read_text().splitlines())

    def ask(self, name: str, kind: str) -> list[Json]:
        """What the function answers, to each thing that it can be asked."""
        if kind == "queueTrigger":
            return [self.worker.queue(f"{errand}:northwick") for errand in Errand]
        return [self.worker.http("/health") if kind == "httpTrigger" else self.worker.timer(name)]


@pytest.fixture
def falling(school: DropSchool, azurite: Azurite, tmp_path: Path) -> Iterator[Falling]:
    """The app as it is deployed, but for a store and a queue that fail as nobody expects."""
    need_runtime()
    app, fell = tmp_path / "app", tmp_path / "fell"
    shutil.copytree(APP, app, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(BROKEN, app / "blueprints" / "instance.py")
    fell.touch()
    with Worker({**settings(school, azurite), "FELL": str(fell)}, app) as worker:
        yield Falling(worker, fell)


def test_what_nobody_expected_leaves_no_trigger_with_the_name_that_it_stumbled_over(falling: Falling):
    kinds = {name: bindings[0]["type"] for name, bindings in falling.worker.functions.items()}
    assert len(kinds) == 8
    for name, kind in kinds.items():
        before = falling.falls()
        answers = falling.ask(name, kind)

        assert falling.falls() - before >= len(answers), f"{name} never came to the place that fails"
        assert leaks(str(answers)) == []
        if kind == "httpTrigger":
            assert [answer["status"] for answer in answers] == [500]
        else:
            assert all("RpConnectError" in answer["failed"] for answer in answers)
            assert all("(ValidationError)" in answer["failed"] for answer in answers)
    falling.worker.__exit__(None, None, None)
    said = "\n".join(falling.worker.said)
    assert leaks(said) == []
    assert re.search(r"ValidationError at rp_connect/\w+/\w+\.py:\d+", said)
    assert "one of ours, with a traceback (ValidationError)" in said
    assert "an error in a library, whose words are left out (ValidationError)" in said


def test_no_address_and_no_header_of_a_call_to_the_queue_is_logged(installation: Installation):
    assert installation.worker.timer("syncs") == {}
    assert count(client(installation.azurite, "rp-connect-work")) == 1
    installation.worker.__exit__(None, None, None)

    said = "\n".join(installation.worker.said)
    assert "azure.functions" in said  # the host's own lines
    assert [word for word in ("Request URL", "x-ms-", "devstoreaccount1", "HTTP/1.1") if word in said] == []
