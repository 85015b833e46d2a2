"""Moving house: from the laptop's SQLite to PostgreSQL, or back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rp_connect.errors import UsageError
from rp_connect.services.sync_report import Progress
from rp_connect.settings import EnvironmentSecrets, load_settings
from rp_connect.storage.moving import Moved, move_store
from rp_connect.storage.store import open_store


def copy_store(config: Path, source: str | None, target: str, progress: Progress) -> Sequence[Moved]:
    """`source` (None: the configured store) and `target` are addresses, or env:NAME or keyvault:NAME.

    Raises UsageError where both are the same, ConfigError for an address that is none, and what
    `storage.moving.move_store` raises.
    """
    settings, secrets = load_settings(config), EnvironmentSecrets()
    old = settings.store_url(secrets) if source is None else settings.resolved(source, "--from", secrets)
    new = settings.resolved(target, "--to", secrets)
    if old == new:
        raise UsageError("--to names the very store that is to be copied.")
    with closing(open_store(old)) as first, closing(open_store(new)) as second:
        return move_store(first, second, progress)
