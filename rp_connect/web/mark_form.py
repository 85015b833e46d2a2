"""The form that writes marks into the register: a box for each session, and none is ticked beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from rp_connect.domain.calendar import Half, Session
from rp_connect.domain.mark_choice import NO_MARK, session_text
from rp_connect.errors import UsageError
from rp_connect.services.choose_marks import choose_marks
from rp_connect.web.actions import back_to, read_form
from rp_connect.web.front import case_ref, front

BOX, CODE, HELD = "write.", "code.", "held."
LONGEST_CODE = 4


async def write_marks(request: Request) -> Response:
    """Queues exactly the sessions whose box was ticked, each with the code that stands beside it."""
    fields = await read_form(request)
    wanted = ticked(fields)
    shown = {session: fields.get(HELD + session_text(session), NO_MARK) for session in wanted}
    ref, here = case_ref(request), front(request)
    chosen = await run_in_threadpool(choose_marks, here.office, ref, wanted, here.who, shown)
    return back_to(f"/cases/{ref}", "marks-chosen" if chosen else "marks-stand")


def ticked(fields: Mapping[str, str]) -> Mapping[Session, str]:
    """Raises UsageError where no box was ticked, or where a field is none of the form's."""
    names = [name.removeprefix(BOX) for name, value in fields.items() if name.startswith(BOX) and value]
    if not names:
        raise UsageError("Tick the sessions whose mark is to be written; nothing was changed.")
    return {_session(name): _code(fields.get(f"{CODE}{name}", "")) for name in names}


def _session(name: str) -> Session:
    day, _, half = name.partition("/")
    try:
        return Session(date.fromisoformat(day), Half[half])
    except (ValueError, KeyError):
        raise UsageError("That is no session of a school day; nothing was changed.") from None


def _code(given: str) -> str:
    code = given.strip().upper()
    if not code or len(code) > LONGEST_CODE:
        raise UsageError("Choose the mark that is to be written; nothing was changed.")
    return code
