"""A Wonde over loopback, and an adapter for its school."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rp_connect.ports.mis import MisSettings
from rp_wonde.adapter import WondeAdapter
from rp_wonde.settings import WondeSettings
from tests.plugins.rp_wonde.vendor import TOKEN, LoopbackWonde, WondeSchool

LONDON = ZoneInfo("Europe/London")
Open = Callable[..., WondeAdapter]


class Secrets:
    def read(self, reference: str) -> str:
        return TOKEN


@pytest.fixture
def wonde() -> Iterator[LoopbackWonde]:
    with LoopbackWonde() as served:
        yield served


@pytest.fixture
def school(wonde: LoopbackWonde) -> WondeSchool:
    return wonde.school


@pytest.fixture
def adapter_of(wonde: LoopbackWonde, tmp_path: Path) -> Open:
    def opened(zone: ZoneInfo = LONDON, **more: Any) -> WondeAdapter:
        table = {
            "school_id": "A100",
            "token": "env:TOKEN",
            "base_url": wonde.url,
            "timeout_s": 5,
            "retries": 0,
        }
        own = WondeSettings.model_validate({**table, **more})
        return WondeAdapter(MisSettings("northwick", "", zone, tmp_path, tmp_path, own, Secrets()))

    return opened


@pytest.fixture
def adapter(adapter_of: Open) -> WondeAdapter:
    return adapter_of()
