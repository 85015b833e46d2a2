"""Which file holds the settings, and its contents as TOML. A file that cannot be read is one clear error."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rp_connect.errors import ConfigError
from rp_connect.settings.lines import Place, find_lines

FILE_NAME = "rp-connect.toml"
VARIABLE = "RP_CONNECT_CONFIG"

_PARSER_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True, repr=False)
class SettingsFile:
    """The file as it was read: its absolute path, its tables, and the line of each key."""

    path: Path
    tables: Mapping[str, Any]
    lines: Mapping[Place, int]

    @property
    def schools(self) -> tuple[object, ...]:
        """Whatever stands under `school`, unchecked."""
        found = self.tables.get("school")
        return tuple(found) if isinstance(found, list) else ()

    def __repr__(self) -> str:
        return f"<SettingsFile {self.path}>"


def find_config(option: str | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """Where the settings are: `--config`, else RP_CONNECT_CONFIG, else ./rp-connect.toml, there or not."""
    return cwd / (option or environ.get(VARIABLE) or FILE_NAME)


def read_settings_file(path: Path) -> SettingsFile:
    """Raises ConfigError where the file is not there, cannot be read, is not UTF-8 or is not TOML."""
    path = path.absolute()
    text = _decode(path, _bytes(path))
    try:
        tables = tomllib.loads(text)
    except ValueError as error:  # a number of 5,000 digits is a plain ValueError
        raise _syntax_error(path, text, error) from None
    return SettingsFile(path, tables, find_lines(text))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            f"{path} is not there: `rp-connect init` writes one, and `--config PATH` names another."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "this is not a path"
        raise ConfigError(f"{path} cannot be read: {reason}.") from None


def _decode(path: Path, content: bytes) -> str:
    try:
        # Windows Notepad puts a byte order mark in front, which TOML does not know.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}, line {line}: the file is not UTF-8, so save it as UTF-8.") from None


def _syntax_error(path: Path, text: str, error: ValueError) -> ConfigError:
    place = _PARSER_PLACE.search(str(error))
    if place is None:
        return ConfigError(f"{path} is not TOML: {error}.")
    line = int(place["line"] or text.rstrip().count("\n") + 1)
    return ConfigError(f"{path}, line {line}: this is not TOML: {str(error)[: place.start()]}.")
