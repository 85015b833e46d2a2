"""Outlook's free/busy."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.graph_server.call import Call, Json, Refused, Reply, serves
from tests.graph_server.directory import person
from tests.graph_server.tenant import Tenant, hidden
from tests.graph_server.timezones import instant, preferred, stamp

# The digits of availabilityView.
DIGITS = {"free": "0", "tentative": "1", "busy": "2", "oof": "3", "workingElsewhere": "4"}
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]
Stretch = tuple[datetime, datetime, str]


@serves("calendar", "POST /users/{user-id}/calendar/getSchedule")
def get_schedule(tenant: Tenant, call: Call, who: str) -> Reply:
    person(tenant, who)
    asked = {name[0].lower() + name[1:]: value for name, value in call.body.items()}
    begins, ends = instant(asked["startTime"]), instant(asked["endTime"])
    if ends <= begins or ends - begins > timedelta(days=62):
        raise Refused(400, "ErrorInvalidTimeInterval", "The interval is empty or longer than 62 days.")
    step = timedelta(minutes=asked.get("availabilityViewInterval") or 30)
    zone = preferred(call)
    return Reply(
        200, {"value": [one(tenant, address, begins, ends, step, zone) for address in asked["schedules"]]}
    )


def one(tenant: Tenant, address: str, begins: datetime, ends: datetime, step: timedelta, zone: str) -> Json:
    try:
        mail = person(tenant, address)["mail"]
    except Refused:
        message = {
            "responseCode": "ErrorMailRecipientNotFound",
            "message": "Unable to resolve e-mail address",
        }
        return {"scheduleId": address, "error": message}
    taken = sorted(each for each in stretches(tenant, mail) if each[0] < ends and each[1] > begins)
    return {
        "scheduleId": address,
        "availabilityView": digits(taken, begins, ends, step),
        "scheduleItems": [
            {"status": status, "start": stamp(start, zone), "end": stamp(end, zone)}
            for start, end, status in taken
        ],
        "workingHours": {
            "daysOfWeek": DAYS,
            "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000",
            "timeZone": {"name": "GMT Standard Time"},
        },
    }


def stretches(tenant: Tenant, mail: str) -> list[Stretch]:
    """What they organise, what they are invited to, and what the test put in `busy`."""
    found = [
        (datetime.fromisoformat(start), datetime.fromisoformat(end), status)
        for start, end, status in tenant.busy.get(mail, ())
    ]
    for row in tenant.events.values():
        people = {row["organizer"]["emailAddress"]["address"]}
        people |= {each["emailAddress"]["address"].lower() for each in row["attendees"]}
        if mail.lower() in people and not row["isCancelled"] and not hidden(row):
            edges = (datetime.fromisoformat(row["_start"]), datetime.fromisoformat(row["_end"]))
            found.append((*edges, row.get("showAs") or "busy"))
    return found


def digits(taken: list[Stretch], begins: datetime, ends: datetime, step: timedelta) -> str:
    """Written along the events and not along the slots: a mailbox may have thousands of them."""
    view = ["0"] * -((begins - ends) // step)
    for start, end, status in taken:
        first, after = max(0, (start - begins) // step), min(len(view), -((begins - end) // step))
        for slot in range(first, after):
            view[slot] = max(view[slot], DIGITS.get(status, "2"))
    return "".join(view)
