"""The forms: each is checked, calls one service, and sends the browser back to a page that says so."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rp_connect.domain.case import Stage
from rp_connect.domain.suspension import LengthAnswer
from rp_connect.errors import UnsupportedError, UsageError
from rp_connect.services.change_suspension import answer_length
from rp_connect.services.complete_task import complete_task
from rp_connect.services.list_cases import timezone_of_case
from rp_connect.services.move_case import move_case
from rp_connect.services.set_meeting import cancel_meeting, set_meeting
from rp_connect.web.front import Front, case_ref, front, task_key
from rp_connect.web.local_page import local_page
from rp_connect.web.meeting_form import MeetingForm
from rp_connect.web.pages import case_page

FORM = "application/x-www-form-urlencoded"


async def finish_task(request: Request) -> Response:
    fields = await read_form(request)
    task = task_key(request)
    here = front(request)
    await run_in_threadpool(complete_task, here.office, task, here.who)
    return back_to(fields.get("back", "/"), "task-done")


async def put_meeting(request: Request) -> Response:
    """Sets it or moves it. What does not fit comes back with the form as it was sent."""
    fields = await read_form(request)
    ref, form = case_ref(request), MeetingForm.sent(fields)
    try:
        said = await run_in_threadpool(_set_meeting, front(request), ref, form)
    except (UsageError, UnsupportedError) as error:
        return await run_in_threadpool(case_page, request, ref, form, str(error))
    return back_to(f"/cases/{ref}", said)


async def drop_meeting(request: Request) -> Response:
    await read_form(request)
    ref, here = case_ref(request), front(request)
    await run_in_threadpool(cancel_meeting, here.office, ref, here.who)
    return back_to(f"/cases/{ref}", "meeting-cancelled")


async def change_stage(request: Request) -> Response:
    fields = await read_form(request)
    ref, wanted = case_ref(request), fields.get("stage", "")
    if wanted not in set(Stage):
        raise UsageError("Choose the stage that the case should go to.")
    here = front(request)
    await run_in_threadpool(move_case, here.office, ref, Stage(wanted), here.who)
    return back_to(f"/cases/{ref}", "case-closed" if wanted == Stage.CLOSED else "stage-moved")


async def answer_question(request: Request) -> Response:
    """Whether longer dates are a further suspension or a correction."""
    fields = await read_form(request)
    ref, said = case_ref(request), fields.get("answer", "")
    if said not in set(LengthAnswer):
        raise UsageError("Say whether it is a further suspension or a correction.")
    here = front(request)
    await run_in_threadpool(answer_length, here.office, ref, LengthAnswer(said), here.who)
    return back_to(f"/cases/{ref}", "answered")


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields, after the token was checked. Raises a 415 or a 403 with a sentence."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(415, "This is not a form of these pages, so nothing was changed.")
    async with request.form() as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if not front(request).seat.sent_by_us(request, fields.get("token", "")):
        raise HTTPException(
            403,
            "This page lay open too long, or rp-connect was started anew. Load the page again and repeat it.",
        )
    return fields


def back_to(page: str, said: str) -> RedirectResponse:
    """Back to the page that the form stood on, if it is one of ours, with what to say there."""
    return RedirectResponse(local_page(page, said=said), status_code=303)


def _set_meeting(here: Front, ref: str, form: MeetingForm) -> str:
    meeting = set_meeting(
        here.office,
        ref,
        form.moment(timezone_of_case(here.office, ref)),
        form.length(),
        form.place,
        form.online,
        form.addresses(),
        here.who,
    )
    return "meeting-set" if meeting.revision == 1 else "meeting-moved"
