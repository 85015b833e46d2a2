"""A school whose app runs in Microsoft's worker library, with real queues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.drop_school import DropSchool, suspension
from tests.functions.azurite import Azurite, need_azurite
from tests.functions.listener import Listener
from tests.functions.worker import Worker, need_runtime

NOW = "2026-11-12T09:40"


@pytest.fixture(scope="session")
def queues() -> Iterator[Azurite]:
    need_azurite()
    with Azurite() as running:
        yield running


@pytest.fixture
def azurite(queues: Azurite) -> Azurite:
    """With no queue in it."""
    queues.forget()
    return queues


@pytest.fixture
def school(tmp_path: Path) -> DropSchool:
    """One suspension, not read yet."""
    made = DropSchool(tmp_path / "school", suspensions=[suspension("S1", "2026-11-10", 6)])
    made.write()
    return made


@dataclass
class Installation:
    school: DropSchool
    azurite: Azurite
    worker: Worker
    listener: Listener

    def sent(self) -> int:
        """Tasks that stand in the school's workspace."""
        return len(list((self.school.folder / "workspace" / "tasks").glob("*.ics")))


def settings(school: DropSchool, azurite: Azurite) -> dict[str, str]:
    return {
        "RP_CONNECT_CONFIG": str(school.folder / "rp-connect.toml"),
        "RP_CONNECT_QUEUE": azurite.connection,
    }


@pytest.fixture
def installation(school: DropSchool, azurite: Azurite) -> Iterator[Installation]:
    need_runtime()
    with Worker(settings(school, azurite)) as worker:
        yield Installation(school, azurite, worker, Listener(azurite, "rp-connect-work", worker))
