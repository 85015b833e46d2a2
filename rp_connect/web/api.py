"""The JSON API, for reading: the shapes of the command line's `--json`. And whether we are well."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse

from rp_connect.domain.case import Stage
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.task import TaskState
from rp_connect.services.list_cases import list_cases, list_tasks
from rp_connect.services.show_case import show_case
from rp_connect.services.to_json import Json, case_json, day_json, task_json
from rp_connect.web.front import case_ref, chosen, chosen_word, front


def health(request: Request) -> JSONResponse:
    """Reads the store once; one that cannot be read is answered with 503."""
    with front(request).office.store.read() as work:
        work.effects.counts()
    return JSONResponse({"status": "ok"})


def api_tasks(request: Request) -> JSONResponse:
    """`?school=`, `?case=` and `?state=` narrow it down."""
    rows = list_tasks(
        front(request).office,
        chosen(request, "school"),
        chosen(request, "case"),
        chosen_word(request, "state", TaskState),
    )
    return JSONResponse([row.to_json() for row in rows])


def api_cases(request: Request) -> JSONResponse:
    """`?school=` and `?stage=` narrow it down."""
    rows = list_cases(front(request).office, chosen(request, "school"), chosen_word(request, "stage", Stage))
    return JSONResponse([row.to_json() for row in rows])


def api_case(request: Request) -> JSONResponse:
    """One case as in the list, with its tasks and its meeting."""
    sheet = show_case(front(request).office, case_ref(request))
    zone, meeting = sheet.school.timezone, sheet.meeting
    tasks = (*sheet.tasks.to_do, *sheet.tasks.done, *sheet.tasks.cancelled)
    pupils = [pupil for _, pupil in sheet.parties]
    return JSONResponse(
        {
            **case_json(sheet.case, pupils, tasks, sheet.suspension, zone),
            "tasks": [task_json(task, sheet.suspension, zone) for task in tasks],
            "meeting": None if meeting is None else _meeting_json(meeting, zone),
        }
    )


def _meeting_json(meeting: Meeting, timezone: ZoneInfo) -> Json:
    return {
        "id": meeting.id,
        "at": day_json(meeting.at, timezone),
        "minutes": meeting.minutes,
        "place": meeting.place,
        "invited": list(meeting.invited),
        "cancelled": meeting.cancelled,
    }
