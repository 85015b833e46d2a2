"""HTTP sessions with timeouts on every call, for Graph and for msal. Imports requests: load it late."""

from __future__ import annotations

import logging
import os
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from rp_connect import __version__
from rp_connect.errors import ConfigError

USER_AGENT = f"NONISV|rp-connect|rp-connect/{__version__}"
"""The form that Microsoft asks for, so that its engineers can find us when we are throttled."""
CONNECT_S = 10.0
POOL = 16
UNTRUSTED = (
    "its certificate is not trusted here; behind an inspecting proxy, name the proxy’s certificate in"
    " REQUESTS_CA_BUNDLE"
)
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class TimedSession(requests.Session):
    """One may serve several threads: it keeps no cookie, and nothing of one call reaches the next.

    Proxies and the CA bundle of the environment are read once, for `url`; a `.netrc` never is, since requests
    would put what it finds there in the place of our token.
    """

    def __init__(self, url: str, timeout_s: float, *, local: bool = False) -> None:
        """`local`: it belongs to this machine, so that no proxy may stand in between. Raises ConfigError
        where the environment names a CA bundle that is not there."""
        super().__init__()
        # Its lines hold whole addresses, and those of a calendar hold a person's e-mail address.
        logging.getLogger("urllib3").setLevel(logging.CRITICAL)
        self.trust_env = False
        self.proxies = {} if local else dict(get_environ_proxies(url))
        self.verify = _ca_bundle()
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers["User-Agent"] = USER_AGENT
        self.timeout = (min(CONNECT_S, timeout_s), timeout_s)
        # No retries below us: what may be asked again hangs on what it means.
        for scheme in ("https://", "http://"):
            self.mount(scheme, HTTPAdapter(pool_connections=2, pool_maxsize=POOL, max_retries=0))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """No redirect is followed, nor looked into: what is behind one is neither Graph nor Entra."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as requests has it
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = self.timeout
        return super().send(request, **kwargs)


def is_untrusted(fault: Exception) -> bool:
    """Whether the other side showed a certificate that nobody vouches for: then nothing was sent."""
    return isinstance(fault, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(fault)


def _ca_bundle() -> bool | str:
    for variable in _CA_VARIABLES:
        if path := os.environ.get(variable, ""):
            if not Path(path).exists():
                raise ConfigError(f"{variable} names a file of trusted certificates that is not there.")
            return path
    return True
