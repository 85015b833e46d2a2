"""The Lead's pages as one ASGI app, for browsers on this computer."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from rp_connect.services.office import Office
from rp_connect.web import actions, api, pages
from rp_connect.web.faults import Watch, answer, handlers
from rp_connect.web.front import Front
from rp_connect.web.guard import Guard, SafeHeaders
from rp_connect.web.render import STATIC, Look
from rp_connect.web.seat import Seat


class _Static(StaticFiles):
    """A static file's address changes with its contents, so browsers may keep it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def make_app(office: Office, *, port: int, notice: str | None = None) -> Starlette:
    """The pages and the API of `office`, for a server that listens on `port` of the loopback interface.

    `notice` is a sentence that every page shows (a demo's: the data are invented, the clock stands still).
    Nothing is read or opened before the first request but templates and static files.
    """
    seat = Seat(port)
    look = Look(trust=office.trust, notice=notice, seat=seat)

    def refuse(request: Request, status: int, sentence: str) -> Response:
        return answer(look, request, status, sentence)

    app = Starlette(
        routes=[
            Route("/", pages.board),
            Route("/cases", pages.cases),
            Route("/cases/{ref}", pages.case),
            Route("/cases/{ref}/meeting", actions.put_meeting, methods=["POST"]),
            Route("/cases/{ref}/meeting/cancel", actions.drop_meeting, methods=["POST"]),
            Route("/cases/{ref}/stage", actions.change_stage, methods=["POST"]),
            Route("/cases/{ref}/answer", actions.answer_question, methods=["POST"]),
            Route("/tasks/{id}/done", actions.finish_task, methods=["POST"]),
            Route("/health", api.health),
            Route("/api/tasks", api.api_tasks),
            Route("/api/cases", api.api_cases),
            Route("/api/cases/{ref}", api.api_case),
            Route("/api/cases/{ref}/free-times", api.api_free_times),
            Mount("/static", _Static(directory=STATIC), name="static"),
        ],
        middleware=[
            Middleware(SafeHeaders),
            Middleware(Watch),
            Middleware(Guard, port=port, refuse=refuse),
        ],
        exception_handlers=handlers(look),
    )
    app.router.redirect_slashes = False
    app.state.front = Front(office, look, seat)
    return app
