"""Wonde's envelope: {"data": …, "meta": {"pagination": …}}, and what is none of its making."""

from __future__ import annotations

import json

from rp_connect.errors import ConfigError, TryLaterError
from rp_wonde.values import Row


def rows_of(envelope: Row, path: str) -> list[object]:
    """What the list holds. Raises TryLaterError for a list that is none: it is never taken for empty."""
    data = envelope.get("data")
    if not isinstance(data, list):
        raise TryLaterError(f"Wonde gave no list of {path}; it is asked again later.")
    return data


def envelope_of(content: bytes, path: str) -> Row:
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        if content.lstrip()[:1] == b"<":
            raise ConfigError(
                "Wonde answered with a web page where data was expected: look at base_url, and at whatever "
                "stands between this machine and Wonde."
            ) from None
        raise TryLaterError(f"Wonde broke off its answer ({path}); it is asked again later.") from None
    if not isinstance(parsed, dict) or ("data" not in parsed and ("error" in parsed or "errors" in parsed)):
        raise TryLaterError(f"Wonde answered with an error ({path}); it is asked again later.")
    return parsed


def next_of(envelope: Row, path: str) -> str | None:
    """None where this is the last page. A pagination object that cannot be read is not an end."""
    meta = envelope.get("meta")
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    if _is_nothing(meta) or (isinstance(meta, dict) and _is_nothing(pagination)):
        return None
    if isinstance(pagination, dict):
        following = pagination.get("next")
        if isinstance(following, str) and following:
            return following
        if following in (None, "") and not pagination.get("more"):
            return None
    raise TryLaterError(f"Wonde does not say where its list of {path} goes on; it is asked again later.")


def _is_nothing(value: object) -> bool:
    """PHP writes an empty object as an empty list."""
    return value is None or value == []
