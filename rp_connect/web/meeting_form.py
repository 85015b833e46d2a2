"""The form that sets or moves a meeting: what it shows at first, and what a person sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rp_connect.domain.meeting import Meeting
from rp_connect.domain.slots import Slot
from rp_connect.errors import UsageError

OTHER = "other"
USUAL_MINUTES = 45


@dataclass(frozen=True, slots=True, repr=False)
class MeetingForm:
    """As it stands in the browser. `slot` is a local time that was offered, or OTHER: then `day` and `clock`
    count. `invited` has an address on each line."""

    slot: str = ""
    day: str = ""
    clock: str = ""
    minutes: str = str(USUAL_MINUTES)
    place: str = ""
    invited: str = ""
    online: bool = False

    @classmethod
    def sent(cls, fields: Mapping[str, str]) -> MeetingForm:
        texts = {name: fields.get(name, "").strip() for name in ("slot", "day", "clock", "minutes", "place")}
        return cls(**texts, invited=fields.get("invited", ""), online=fields.get("online") == "yes")

    @classmethod
    def fresh(cls, meeting: Meeting | None, slots: Sequence[Slot], timezone: ZoneInfo) -> MeetingForm:
        """A meeting that stands is shown as it is; otherwise the best free time is already chosen."""
        if meeting is not None:
            day, _, clock = local_text(meeting.at, timezone).partition("T")
            invited = "\n".join(meeting.invited)
            return cls(OTHER, day, clock, str(meeting.minutes), meeting.place, invited, meeting.online)
        return cls(slot=local_text(slots[0].at, timezone) if slots else OTHER)

    def moment(self, timezone: ZoneInfo) -> datetime:
        """When the meeting begins. Raises UsageError where day and hour are not both there."""
        text = f"{self.day}T{self.clock}" if self.slot in ("", OTHER) else self.slot
        try:
            local = datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 — the zone is the school's
        except ValueError:
            raise UsageError("Choose one of the free times, or give both a day and a time.") from None
        return local.replace(tzinfo=timezone)

    def length(self) -> int:
        """In minutes. Raises UsageError for anything that is not a number."""
        # Longer figures than this are no length of a meeting, and int() would take its time over them.
        if not self.minutes.isascii() or not self.minutes.isdigit() or len(self.minutes) > 4:
            raise UsageError("Give the length of the meeting in minutes, as a whole number.")
        return int(self.minutes)

    def addresses(self) -> list[str]:
        """One for each line, or parted by commas or semicolons, as people paste them."""
        parts = self.invited.replace(",", "\n").replace(";", "\n").splitlines()
        return [part.strip() for part in parts if part.strip()]


def local_text(moment: datetime, timezone: ZoneInfo) -> str:
    """As the form's fields want it: “2026-11-16T14:15” on the school's clock."""
    return f"{moment.astimezone(timezone):%Y-%m-%dT%H:%M}"
