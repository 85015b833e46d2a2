"""Secrets stand outside the file: a setting refers to one as `env:NAME`, and it is read when it is needed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rp_connect.errors import ConfigError

if TYPE_CHECKING:
    from rp_connect.settings.key_vault import KeyVault

_REFERENCE = re.compile(r"(?P<where>env|keyvault):(?P<name>\S+)")


def is_reference(value: str) -> bool:
    return _REFERENCE.fullmatch(value) is not None


class EnvironmentSecrets:
    """`ports.secrets.Secrets` over the environment, which is asked each time and never kept, and over the Key
    Vault that the environment names, which is asked anew every few minutes."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = environ
        self._vault: KeyVault | None = None

    def read(self, reference: str) -> str:
        """Raises ConfigError where there is no such variable or secret, and what `KeyVault.read` raises."""
        match = _REFERENCE.fullmatch(reference)
        if match is None:  # it may be the secret itself, so it is not repeated
            raise ConfigError(
                "A secret must be given as env:NAME or keyvault:NAME, never in the file itself."
            )
        if match["where"] == "keyvault":
            return self._from_vault(match["name"])
        value = (os.environ if self._environ is None else self._environ).get(match["name"], "")
        if not value:
            raise ConfigError(
                f"{reference} is needed, but the environment variable {match['name']} is not set."
            )
        return value

    def _from_vault(self, name: str) -> str:
        if self._vault is None:
            from rp_connect.settings.key_vault import KeyVault  # noqa: PLC0415 - only where a vault is used

            self._vault = KeyVault(self._environ)
        return self._vault.read(name)
