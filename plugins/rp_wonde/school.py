"""The school as Wonde knows it. In the wrong region every list is empty and nothing is an error, so it is
asked for before anything is read."""

from __future__ import annotations

from urllib.parse import urlsplit

from rp_connect.errors import AccessError, ConfigError
from rp_wonde.client import Row, Wonde
from rp_wonde.faults import NotGrantedError
from rp_wonde.settings import WondeSettings
from rp_wonde.values import flag_of, key_or_none

_PORTS = {"http": 80, "https": 443}


def school_of(wonde: Wonde, own: WondeSettings) -> Row:
    """Raises ConfigError where this school is not there or belongs to another region's host, AccessError
    where it does not let us in."""
    try:
        school = wonde.one("")
    except NotGrantedError:
        raise AccessError(
            "This school does not give us access through Wonde, or has taken it back: somebody must approve "
            "it in the school's Wonde account."
        ) from None
    if school is None or key_or_none(school.get("id")) not in (None, own.school_id):
        raise ConfigError(
            f"Wonde has no school {own.school_id} at base_url. Look at school_id, and at the "
            "school's region: each region has a host of its own."
        )
    _compare_region(school, own)
    return school


def takes_writes(school: Row) -> bool:
    """Whether the school lets Wonde write into its MIS."""
    extended = school.get("extended")
    held = extended.get("data", extended) if isinstance(extended, dict) else None
    return isinstance(held, dict) and flag_of(held, "allows_writeback") is True


def _compare_region(school: Row, own: WondeSettings) -> None:
    held = school.get("region")
    region = held.get("data", held) if isinstance(held, dict) else None
    domain = region.get("domain") if isinstance(region, dict) else None
    if not isinstance(domain, str) or not domain.strip():
        return  # not said; that the school is there at all says that the region is right
    if _place(domain, own.base_url) != _place(own.base_url, own.base_url):
        raise ConfigError(
            f"School {own.school_id} belongs to another region of Wonde than base_url: set base_url to the "
            "host of the school's region. It is not followed by itself, since the token would go with it."
        )


def _place(address: str, base_url: str) -> tuple[str, int | None]:
    """Host and port; a bare domain has the scheme of `base_url`."""
    scheme = urlsplit(base_url).scheme
    parts = urlsplit(address if "://" in address else f"{scheme}://{address.strip()}")
    try:
        return (parts.hostname or "").lower(), parts.port or _PORTS[scheme]
    except ValueError:
        return "", None
