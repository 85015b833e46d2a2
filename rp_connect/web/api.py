"""The JSON API, for reading: the shapes of the command line's `--json`. And whether we are well."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse

from rp_connect.domain.case import Stage
from rp_connect.domain.task import TaskState
from rp_connect.services.list_cases import list_cases, list_tasks, timezone_of_case
from rp_connect.services.show_case import show_case
from rp_connect.services.show_marks import show_marks
from rp_connect.services.suggest_slots import suggest_slots
from rp_connect.web.front import case_ref, chosen, chosen_word, front


def health(request: Request) -> JSONResponse:
    """Looks one row up by its key: a store that cannot be read is answered with 503. Anybody may ask this, so
    that it must cost the same however much is kept."""
    with request.app.state.office.store.read() as work:
        work.visits.get("nobody")
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
    """One case as in the list, with its suspension, meeting, tasks and history."""
    return JSONResponse(show_case(front(request).office, case_ref(request)).to_json())


def api_free_times(request: Request) -> JSONResponse:
    """Free times for the case's meeting, as `case meet --suggest --json` has them."""
    office, ref = front(request).office, case_ref(request)
    return JSONResponse(suggest_slots(office, ref).to_json(timezone_of_case(office, ref)))


def api_marks(request: Request) -> JSONResponse:
    """The suspended sessions whose mark should be looked at, as `case marks --json` has them."""
    return JSONResponse(show_marks(front(request).office, case_ref(request)).to_json())
