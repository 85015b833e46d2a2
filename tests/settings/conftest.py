"""A small configuration that is right, and ways to make it wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rp_connect.errors import ConfigError
from rp_connect.settings import Settings, load_settings

SMALLEST = """\
[trust]
name = "Northwick Learning Trust"

[store]
url = "sqlite:///rp-connect.db"

[[school]]
id = "northwick"
name = "Northwick High School"
kind = "academy"
calendar = "northwick/calendar.csv"
mis = "file_drop"
workspace = "local"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "northwick").mkdir()
    (tmp_path / "northwick" / "calendar.csv").write_text("kind,first,last\n")
    return tmp_path


@pytest.fixture
def load(folder: Path) -> Callable[..., Settings]:
    """`load(more, *changes)`: the smallest configuration, changed by (old, new) pairs, `more` below it."""

    def make(more: str = "", *changes: tuple[str, str]) -> Settings:
        text = SMALLEST
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = folder / "rp-connect.toml"
        path.write_text(text + more)
        return load_settings(path)

    return make


@pytest.fixture
def refused(load: Callable[..., Settings], folder: Path) -> Callable[..., str]:
    """As `load`, for what must be refused: the sentence, from the line on."""

    def make(more: str = "", *changes: tuple[str, str]) -> str:
        with pytest.raises(ConfigError) as raised:
            load(more, *changes)
        sentence = str(raised.value)
        assert "\n" not in sentence
        assert sentence.startswith(f"{folder / 'rp-connect.toml'}, line ")
        return sentence.partition(", ")[2]

    return make
