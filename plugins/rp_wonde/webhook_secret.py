"""The secret in the address of Wonde's webhooks: nothing else shows that they come from Wonde.

Letters, digits, - and _ alone: others change on their way through an address ("+" becomes a blank).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hmac import compare_digest

from rp_connect.errors import AccessError, ConfigError
from rp_connect.ports.secrets import Secrets
from rp_wonde.settings import WondeSettings

_FIT = re.compile(r"[A-Za-z0-9_-]{32,200}")


def is_secret_of(own: WondeSettings, secrets: Secrets, given: str) -> bool:
    """Compared in a time that says nothing of how much of it was right. Never true for an unfit secret."""
    try:
        held = _read(own, secrets)
    except (ConfigError, AccessError):
        return False  # `check` says so
    return held is not None and compare_digest(held.encode(), given.encode())


def problems_of_secret(own: WondeSettings, secrets: Secrets) -> Iterator[str]:
    try:
        _read(own, secrets)
    except (ConfigError, AccessError) as error:
        yield str(error)


def _read(own: WondeSettings, secrets: Secrets) -> str | None:
    if own.webhook_secret is None:
        return None
    held = secrets.read(own.webhook_secret).strip()
    if not _FIT.fullmatch(held):
        raise ConfigError(
            "webhook_secret must be 32 to 200 letters, digits, - or _: no webhook is taken until it is."
        )
    return held
