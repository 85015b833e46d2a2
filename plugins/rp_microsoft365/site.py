"""The SharePoint site of a school: its lists and libraries by name or id, looked up once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from rp_connect.errors import ConfigError
from rp_microsoft365.graph import Graph
from rp_microsoft365.permissions import Permission
from rp_microsoft365.request import Request, Service

GUID = re.compile(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)
LISTED = "id,name,displayName,webUrl,list"
MISSING = "run “rp-connect setup microsoft365”, which makes it"


def query(**options: str | int) -> str:
    """`?$select=…&$top=…` from `select=…, top=…`; empty ones are left out."""
    given = {f"${name}": str(value) for name, value in options.items() if value != ""}
    return "?" + urlencode(given, quote_via=quote, safe="$,()/'=") if given else ""


def quoted(text: str) -> str:
    """A string in an OData filter: an apostrophe is written twice."""
    return "'" + text.replace("'", "''") + "'"


class Site:
    """`site` is its id, `host,collection,web`; `base` the address of Graph, for whoever has to look the id
    up. Names are those that people see; an id is taken as it is."""

    def __init__(self, graph: Graph, site: str, base: str) -> None:
        self.graph = graph
        self._site = site
        self._base = base
        self._lists: dict[str, str] = {}
        self._drives: dict[str, str] = {}

    @property
    def path(self) -> str:
        """Raises ConfigError where `site` is an address: Graph knows a site by its id."""
        if "/" in self._site:
            raise ConfigError(
                "site: give the id of the site, not its address. In Graph Explorer, ask "
                f"GET {self._asked()} and copy “id” (three parts with commas between)."
            )
        return f"/sites/{quote(self._site, safe=',')}"

    def _asked(self) -> str:
        host, _, path = self._site.split("://")[-1].strip("/").partition("/")
        return f"{self._base}/sites/{host.rstrip(':')}:/{path}?$select=id"

    def exists(self) -> None:
        """Raises GoneError or AccessError where the site cannot be opened."""
        self.ask("GET", query(select="id,webUrl"))

    def lists(self) -> Sequence[Mapping[str, Any]]:
        """Every list and library of the site that is not hidden."""
        return list(self.pages("/lists" + query(select=LISTED)))

    def list_named(self, name: str) -> Mapping[str, Any] | None:
        return next((one for one in self.lists() if name in (one.get("displayName"), one["id"])), None)

    def list_path(self, name: str) -> str:
        """The path of a list from the version on; raises ConfigError where there is none."""
        held = self._lists.get(name)
        if held is None:
            found = {"id": name} if GUID.fullmatch(name) else self.list_named(name)
            if found is None:
                raise ConfigError(f"The site has no list “{name}”: {MISSING}.")
            held = self._lists[name] = str(found["id"])
        return f"{self.path}/lists/{held}"

    def drive_path(self, name: str) -> str:
        """The path of a library's drive; raises ConfigError where there is none."""
        held = self._drives.get(name)
        if held is None:
            drives = self.pages("/drives" + query(select="id,name,webUrl"))
            found = next((one for one in drives if name in (one.get("name"), one["id"])), None)
            if found is None:
                raise ConfigError(f"The site has no library “{name}”: {MISSING}.")
            held = self._drives[name] = str(found["id"])
        return f"/drives/{quote(held, safe='!')}"

    def forget(self, name: str) -> None:
        """For a list or a library that is not there: made again by `setup`, it has another id."""
        self._lists.pop(name, None)
        self._drives.pop(name, None)

    def look_for_library(self, name: str) -> None:
        """Raises ConfigError where the library is gone: then nothing can be said of what stood in it."""
        self.forget(name)
        self.drive_path(name)

    def pages(self, path: str, *, fresh: bool = False) -> Iterator[Any]:
        """`fresh`: of what was made moments ago, and may not be known yet."""
        request = Request(Service.LISTS, "GET", self.path + path, Permission.SITES, fresh=fresh)
        return self.graph.pages(request)

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, creates: bool = False
    ) -> Any:  # noqa: ANN401 - JSON
        """The body of the answer."""
        request = Request(
            Service.LISTS, method, self.path + path, Permission.SITES, body=body, creates=creates
        )
        return self.graph.ask(request).body
