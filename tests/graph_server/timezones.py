"""Times as Outlook takes and gives them: a local time beside the name of its zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tests.graph_server.call import Call, Json, Refused

# From the table of Windows zones in Unicode's CLDR; only zones that a test of ours may use.
WINDOWS = {
    "UTC": "UTC",
    "GMT Standard Time": "Europe/London",
    "Greenwich Standard Time": "Atlantic/Reykjavik",
    "W. Europe Standard Time": "Europe/Berlin",
    "Romance Standard Time": "Europe/Paris",
    "Eastern Standard Time": "America/New_York",
    "Central Standard Time": "America/Chicago",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "Arab Standard Time": "Asia/Riyadh",
}
PREFER = 'outlook.timezone="'


def zone(name: str) -> ZoneInfo:
    """Windows or IANA name."""
    try:
        return ZoneInfo(WINDOWS.get(name, name))
    except (ZoneInfoNotFoundError, ValueError):
        raise Refused(
            400, "TimeZoneNotSupportedException", f"A valid TimeZone value must be specified: {name}"
        ) from None


def preferred(call: Call) -> str:
    """The name in `Prefer: outlook.timezone="…"`, else UTC."""
    _, found, rest = call.headers.get("prefer", "").partition(PREFER)
    return rest.partition('"')[0] if found else "UTC"


def instant(stamp: Json) -> datetime:
    """UTC."""
    try:
        local = datetime.fromisoformat(stamp["dateTime"])
    except ValueError:
        raise Refused(400, "ErrorPropertyValidationFailure", "The date and time cannot be read.") from None
    if local.tzinfo:
        raise Refused(400, "ErrorPropertyValidationFailure", "dateTime bears no offset.")
    return local.replace(tzinfo=zone(stamp["timeZone"])).astimezone(UTC)


def stamp(moment: datetime, name: str) -> Json:
    local = moment.astimezone(zone(name)).replace(tzinfo=None)
    return {"dateTime": local.isoformat(timespec="microseconds") + "0", "timeZone": name}
