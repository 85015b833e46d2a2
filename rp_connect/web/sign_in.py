"""The way in and the way out: the pages that strangers see, and the provider's answer."""

from __future__ import annotations

import hmac
import logging
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rp_connect.errors import AccessError, TryLaterError
from rp_connect.ports.sign_in import SignIn
from rp_connect.services.visit_pages import begin_visit, end_visit, schools_of
from rp_connect.web import words
from rp_connect.web.actions import read_form
from rp_connect.web.front import front
from rp_connect.web.local_page import local_page
from rp_connect.web.visit_seat import ATTEMPT, attempt_of, begin_attempt, cookie_of, give_cookie, take_cookie
from rp_connect.web.visiting import visiting

LOG = logging.getLogger("rp_connect.web")

REFUSED = "a sign-in was refused: %s"
BEGIN_AGAIN = (
    "This sign-in was begun in another browser, or too long ago. Please go to the sign-in and begin again."
)
USED = "This sign-in was used before, so nobody was let in. Please go to the sign-in and sign in once more."
NO_ROLE = (
    "Your school account is known, but no school has named you for a role here. Please ask whoever looks "
    "after rp-connect to add you to the people of your school."
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
    if begun is None:
        return _refused(request, "no attempt of this browser", BEGIN_AGAIN)
    attempt, back = begun
    if not hmac.compare_digest(attempt.state.encode(), request.query_params.get("state", "").encode()):
        return _refused(request, "the state of another attempt", BEGIN_AGAIN)
    response: Response = RedirectResponse(local_page(back), 303)
    try:
        email = await run_in_threadpool(_way(request).email, attempt, dict(request.query_params))
    except AccessError as refusal:
        response = _refused(request, "the provider's answer", str(refusal))
    else:
        cookie, office = give_cookie(response), request.app.state.office
        if await run_in_threadpool(begin_visit, office, cookie, attempt.state, email) is None:
            named = schools_of(office, email)
            why = ("the attempt was used before", USED) if named else ("no role at any school", NO_ROLE)
            response = _refused(request, *why)
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
    except (AccessError, TryLaterError):  # away, or another than it was; people are signed out all the same
        farewell = None
    return front(request).look.page(request, "signed_out.html", farewell=farewell)


def _refused(request: Request, kind: str, sentence: str) -> Response:
    """`kind` is for the log, and holds no word of what anybody sent."""
    LOG.warning(REFUSED, kind)
    return front(request).look.fault(request, 403, sentence, heading=words.NOT_SIGNED_IN)


def _way(request: Request) -> SignIn:
    found: SignIn = request.app.state.sign_in
    return found
