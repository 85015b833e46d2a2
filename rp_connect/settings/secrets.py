"""Secrets stand outside the file: a setting refers to one as `env:NAME`, and it is read when it is needed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from rp_connect.errors import ConfigError

_REFERENCE = re.compile(r"(?P<where>env|keyvault):(?P<name>\S+)")


def is_reference(value: str) -> bool:
    return _REFERENCE.fullmatch(value) is not None


class EnvironmentSecrets:
    """`ports.secrets.Secrets` over the environment, which is asked each time and never kept."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = environ

    def read(self, reference: str) -> str:
        """Raises ConfigError where the variable is not set, and for `keyvault:` references."""
        match = _REFERENCE.fullmatch(reference)
        if match is None:  # it may be the secret itself, so it is not repeated
            raise ConfigError(
                "A secret must be given as env:NAME or keyvault:NAME, never in the file itself."
            )
        if match["where"] == "keyvault":
            raise ConfigError(f"{reference} needs Azure, which this installation does not have yet.")
        value = (os.environ if self._environ is None else self._environ).get(match["name"], "")
        if not value:
            raise ConfigError(
                f"{reference} is needed, but the environment variable {match['name']} is not set."
            )
        return value
