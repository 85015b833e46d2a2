"""Where a browser may be sent back to: a page of ours, and nothing that anybody wrote into an address."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_PAGES = re.compile(r"/|/cases|/cases/[A-Z]{2}-[0-9]{4}-[0-9]{4,9}")
_ANCHOR = re.compile(r"[A-Za-z0-9-]{0,80}")
_KEPT = ("school", "role", "stage", "page")


def local_page(text: str, **more: str) -> str:
    """`text` if it is the address of a page of ours, without a host; the board if it is anything else.

    Of its query only what narrows a page down stays; `more` is added.
    """
    try:
        parts = urlsplit(text)
    except ValueError:  # half an IPv6 address
        parts = urlsplit("/")
    ours = not (parts.scheme or parts.netloc) and _PAGES.fullmatch(parts.path)
    query = [pair for pair in parse_qsl(parts.query) if pair[0] in _KEPT] if ours else []
    anchor = parts.fragment if _ANCHOR.fullmatch(parts.fragment) else ""
    path = parts.path if ours else "/"
    return urlunsplit(("", "", path, urlencode([*query, *more.items()]), anchor))
