"""One HTTP exchange: sent once, read whole, within its time. Imports requests: load it when needed."""

from __future__ import annotations

import time
from collections.abc import Mapping

import requests
import urllib3
from requests import exceptions

from rp_microsoft365.reply import CutError, NotSentError, Reply
from rp_microsoft365.sessions import UNTRUSTED, TimedSession, is_untrusted

CHUNK = 65_536
LARGEST = 64 * 1024 * 1024
"""No answer that we ask for comes near this many bytes."""
_NEVER_LEFT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.NameResolutionError,
    urllib3.exceptions.ProxyError,
)


class Wire:
    """Safe to use from several threads."""

    def __init__(self, url: str, timeout_s: float) -> None:
        self._session = TimedSession(url, timeout_s)
        self._timeout_s = timeout_s

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """Any status is an answer. Raises NotSentError and CutError, whose words hold no address."""
        try:
            request = requests.Request(method, url, {**self._session.headers, **headers}, data=body)
            # Prepared by itself: the session would ask for cookies and a `.netrc` that it must not have.
            response = self._session.send(request.prepare(), stream=True, allow_redirects=False)
        except exceptions.RequestException as fault:
            raise _sorted(fault) from None
        except (UnicodeError, ValueError):
            raise NotSentError("it cannot be put into an HTTP request") from None
        except (OSError, urllib3.exceptions.HTTPError) as fault:
            raise CutError(type(fault).__name__) from None
        names = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, names, self._read(response))

    def _read(self, response: requests.Response) -> bytes:
        """The timeout of a socket starts anew with each byte; this one does not."""
        until, content = time.monotonic() + self._timeout_s, bytearray()
        try:
            while part := response.raw.read1(CHUNK, decode_content=True):
                content += part
                if time.monotonic() > until or len(content) > LARGEST:
                    raise CutError("the answer did not end")
        except (urllib3.exceptions.HTTPError, OSError) as fault:
            response.close()  # what is left of this answer must not be taken for the next one
            raise CutError(type(fault).__name__) from None
        except CutError:
            response.close()
            raise
        finally:
            response.raw.release_conn()
        return bytes(content)

    def close(self) -> None:
        self._session.close()


def _sorted(fault: exceptions.RequestException) -> NotSentError | CutError:
    if is_untrusted(fault):
        return NotSentError(UNTRUSTED)
    if isinstance(fault, exceptions.ConnectTimeout | exceptions.ProxyError | exceptions.InvalidURL):
        return NotSentError("there is no connection")
    if isinstance(_reason(fault), _NEVER_LEFT):
        return NotSentError("there is no connection")
    if isinstance(fault, ValueError):  # InvalidHeader, InvalidSchema and their like are judged before sending
        return NotSentError("it cannot be put into an HTTP request")
    return CutError(type(fault).__name__)


def _reason(fault: exceptions.RequestException) -> object:
    """What urllib3 met, which requests wraps in an error that wraps it."""
    inner = fault.args[0] if fault.args else None
    return getattr(inner, "reason", None) or inner
