"""The way in and the way out: the pages that strangers see, and the provider's answer."""

from __future__ import annotations

import hmac
import logging
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rp_connect.errors import AccessError, TryLaterError
from rp_connect.ports.sign_in import SignIn
from rp_connect.services.visit_pages import begin_visit, end_visit
from rp_connect.web.actions import read_form
from rp_connect.web.door import visiting
from rp_connect.web.front import front
from rp_connect.web.local_page import local_page
from rp_connect.web.visit_seat import ATTEMPT, attempt_of, begin_attempt, cookie_of, give_cookie, take_cookie

LOG = logging.getLogger("rp_connect.web")

BEGIN_AGAIN = (
    "This sign-in was begun in another browser, or too long ago. Please go back to the beginning and sign in."
)
NO_ROLE = (
    "Your account is known, but no school names you for a role here, or this sign-in was used before. Sign "
    "in again; if it stays so, ask whoever looks after rp-connect to add you to the people of your school."
)


async def sign_in(request: Request) -> Response:
    """`?back=` is the page that somebody wanted to see."""
    back = local_page(request.query_params.get("back", "/"))
    start = "/sign-in/start" + (f"?{urlencode({'back': back})}" if back != "/" else "")
    return front(request).look.page(request, "sign_in.html", start=start)


async def start_sign_in(request: Request) -> Response:
    """Sends the browser to the provider."""
    response = RedirectResponse("/", 303)
    attempt = begin_attempt(response, local_page(request.query_params.get("back", "/")))
    response.headers["Location"] = await run_in_threadpool(_way(request).address, attempt)
    return response


async def come_back(request: Request) -> Response:
    """The provider's answer. Whatever is not proven in it ends here, with a page that shows nothing."""
    begun = attempt_of(request)
    given = request.query_params.get("state", "")
    if begun is None or not hmac.compare_digest(begun[0].state.encode(), given.encode()):
        raise HTTPException(403, BEGIN_AGAIN)
    attempt, back = begun
    response: Response = RedirectResponse(local_page(back), 303)
    try:
        email = await run_in_threadpool(_way(request).email, attempt, dict(request.query_params))
        cookie = give_cookie(response)
        office = request.app.state.office
        visitor = await run_in_threadpool(begin_visit, office, cookie, attempt.state, email)
        if visitor is None:
            raise AccessError(NO_ROLE)
    except AccessError as refusal:
        LOG.warning("a sign-in was refused")
        response = front(request).look.fault(request, 403, str(refusal))
    take_cookie(response, ATTEMPT)
    return response


async def sign_out(request: Request) -> Response:
    await read_form(request)
    here = visiting(request.scope)
    response = RedirectResponse("/signed-out", 303)
    if here is not None:
        await run_in_threadpool(end_visit, request.app.state.office, cookie_of(request), here.visitor)
    take_cookie(response)
    return response


async def signed_out(request: Request) -> Response:
    try:
        farewell = await run_in_threadpool(_way(request).farewell)
    except TryLaterError:  # the provider is away; people are signed out here all the same
        farewell = None
    return front(request).look.page(request, "signed_out.html", farewell=farewell)


def _way(request: Request) -> SignIn:
    found: SignIn = request.app.state.sign_in
    return found
