"""Times as Outlook takes and gives them: a local time beside the name of its zone, by Windows' names.

Which names of the IANA database Graph takes as well is documented in two ways, so that we send those of
Windows. The table is a part of Unicode's CLDR (`windowsZones.xml`); a test holds it against another copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.errors import ConfigError, RpConnectError

WINDOWS_NAMES: Mapping[str, str] = {
    "Europe/London": "GMT Standard Time",
    "Europe/Belfast": "GMT Standard Time",
    "Europe/Guernsey": "GMT Standard Time",
    "Europe/Isle_of_Man": "GMT Standard Time",
    "Europe/Jersey": "GMT Standard Time",
    "Europe/Dublin": "GMT Standard Time",
    "Europe/Lisbon": "GMT Standard Time",
    "Europe/Gibraltar": "W. Europe Standard Time",
    "Europe/Malta": "W. Europe Standard Time",
    "Europe/Amsterdam": "W. Europe Standard Time",
    "Europe/Berlin": "W. Europe Standard Time",
    "Europe/Rome": "W. Europe Standard Time",
    "Europe/Vienna": "W. Europe Standard Time",
    "Europe/Zurich": "W. Europe Standard Time",
    "Europe/Brussels": "Romance Standard Time",
    "Europe/Copenhagen": "Romance Standard Time",
    "Europe/Madrid": "Romance Standard Time",
    "Europe/Paris": "Romance Standard Time",
    "Europe/Warsaw": "Central European Standard Time",
    "Europe/Prague": "Central Europe Standard Time",
    "Europe/Athens": "GTB Standard Time",
    "Europe/Helsinki": "FLE Standard Time",
    "Asia/Nicosia": "GTB Standard Time",
    "Asia/Dubai": "Arabian Standard Time",
    "Asia/Hong_Kong": "China Standard Time",
    "Asia/Singapore": "Singapore Standard Time",
    "America/New_York": "Eastern Standard Time",
    "America/Chicago": "Central Standard Time",
    "America/Denver": "Mountain Standard Time",
    "America/Los_Angeles": "Pacific Standard Time",
    "Australia/Sydney": "AUS Eastern Standard Time",
    "Pacific/Auckland": "New Zealand Standard Time",
    "UTC": "UTC",
}
_BY_WINDOWS = {windows: zone for zone, windows in reversed(list(WINDOWS_NAMES.items()))}


def outlook_zone(timezone: ZoneInfo) -> str:
    """Outlook's name of `timezone`. Raises ConfigError for one that is not in the table."""
    found = WINDOWS_NAMES.get(timezone.key)
    if found is None:
        raise ConfigError(
            f"The timezone {timezone.key} has no name in Outlook that rp-connect knows, so meetings would be"
            " at the wrong time. Choose one of the same clock, such as Europe/London, or ask for this one."
        )
    return found


def look_at_timezone(timezone: ZoneInfo) -> list[str]:
    """For `check`: the sentence of a school whose meetings cannot be set at the right time."""
    try:
        outlook_zone(timezone)
    except ConfigError as error:
        return [str(error)]
    return []


def local_stamp(moment: datetime, timezone: ZoneInfo) -> dict[str, str]:
    """`moment` on the school's wall, on either side of a clock change. Raises ConfigError."""
    name = outlook_zone(timezone)
    return {"dateTime": f"{moment.astimezone(timezone):%Y-%m-%dT%H:%M:%S}", "timeZone": name}


def utc_stamp(moment: datetime) -> dict[str, str]:
    return {"dateTime": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}


def read_stamp(stamp: Mapping[str, Any]) -> datetime:
    """In UTC. Graph answers in UTC unless it is asked for another zone. Raises RpConnectError."""
    name = str(stamp.get("timeZone") or "UTC")
    try:
        # The seconds have seven decimals, which say nothing.
        local = datetime.fromisoformat(str(stamp["dateTime"])[:19])
        return local.replace(tzinfo=ZoneInfo(_BY_WINDOWS.get(name, name))).astimezone(UTC)
    except (KeyError, ValueError):
        raise RpConnectError("Microsoft 365 gave a time of an event that cannot be read.") from None
