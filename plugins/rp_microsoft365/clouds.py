"""Where Microsoft Graph and its sign-in stand in each cloud, and which audience a token is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Cloud = Literal["global", "usgov", "usgov_dod", "china"]
VERSION = "v1.0"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Origins. `exchange` is the audience under which a managed identity vouches for an app."""

    graph: str
    authority: str
    exchange: str


ENDPOINTS: dict[str, Endpoints] = {
    # Source: learn.microsoft.com, "National cloud deployments". GCC proper uses the global endpoints; `usgov`
    # is GCC High (the client library's table mixes them up, reference 3.2 no. 17).
    "global": Endpoints(
        "https://graph.microsoft.com", "https://login.microsoftonline.com", "api://AzureADTokenExchange"
    ),
    "usgov": Endpoints(
        "https://graph.microsoft.us", "https://login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"
    ),
    "usgov_dod": Endpoints(
        "https://dod-graph.microsoft.us",
        "https://login.microsoftonline.us",
        "api://AzureADTokenExchangeUSGov",
    ),
    "china": Endpoints(
        "https://microsoftgraph.chinacloudapi.cn",
        "https://login.chinacloudapi.cn",
        "api://AzureADTokenExchangeChina",
    ),
}


def on_loopback(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK


def graph_base(cloud: str, graph_url: str) -> str:
    """What a path of a request is put behind: origin and version, without a stroke at the end."""
    base = (graph_url or ENDPOINTS[cloud].graph).rstrip("/")
    return base if base.endswith(f"/{VERSION}") else f"{base}/{VERSION}"


def audience(cloud: str, graph_url: str) -> str:
    """Whom a token is for: Graph of the cloud, or of the sovereign cloud that `graph_url` names."""
    if not graph_url or on_loopback(graph_url):
        return ENDPOINTS[cloud].graph
    parts = urlsplit(graph_url)
    return f"{parts.scheme}://{parts.netloc}"


def authority(cloud: str, authority_url: str, tenant: str) -> str:
    return f"{(authority_url or ENDPOINTS[cloud].authority).rstrip('/')}/{tenant}"
