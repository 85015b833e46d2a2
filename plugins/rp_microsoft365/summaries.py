"""The summaries shelf: one Word file for each meeting in a library of the site, named by our key alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from rp_connect.errors import (
    BadRecordError,
    ConfigError,
    ConflictError,
    GoneError,
    GuardError,
    RpConnectError,
    TryLaterError,
    UnclearError,
)
from rp_connect.ports.workspace import CaseRecord, Outcome, Written
from rp_microsoft365.columns import REVISION, checked_key
from rp_microsoft365.judging import half_done
from rp_microsoft365.permissions import Permission
from rp_microsoft365.records import version_of
from rp_microsoft365.request import Request, Service
from rp_microsoft365.site import Site, query

T = TypeVar("T")
SMALL = 4 * 1024 * 1024
"""What Graph takes in one call. A summary holds facts and tasks of one case, some 40 kB."""
WANTED = "id,name,eTag,webUrl,lastModifiedBy,sharepointIds"
LONGEST_NAME = 200
FORBIDDEN = set('"*:<>?/\\|#%')
"""What a name in SharePoint may not hold, or a path would read otherwise. Our keys hold none of these."""


class SharePointSummaries:
    """`library` is its name. The revision stands in a column of the library, written after the file: a file
    whose revision lags is written once more, and a file's path cannot exist twice.
    """

    def __init__(self, site: Site, library: str, *, names: bool) -> None:
        self._site = site
        self._library = library
        self._names = names

    def find(self, key: str) -> Written | None:
        try:
            held = self._look(key)
        except GoneError:
            self._site.look_for_library(self._library)
            return None
        return Written(str(held["id"]), version_of(held), self._revision(held))

    def create(self, summary: CaseRecord) -> Written:
        """Raises ConflictError where the file is there already."""
        there = f"{self._file(summary.key)}:/content?@microsoft.graph.conflictBehavior=fail"
        try:
            made = self._ask("PUT", there, data=self._document(summary), creates=True)
        except ConfigError:
            self._site.forget(self._library)
            raise
        if not (made or {}).get("id"):
            raise UnclearError(f"The library did not say under which id {summary.key} stands.")
        try:
            return self._marked(summary, str(made["id"]), fresh=True)
        except RpConnectError as fault:
            raise half_done(fault, f"{summary.key} is in the library, its revision is not") from None

    def update(self, external_id: str, summary: CaseRecord) -> Written:
        """Raises GoneError, ConflictError (a newer revision stands there, or it changed as we came), and
        GuardError where a person has written in the file: that is never written over."""
        held = self._look(summary.key)
        if str(held["id"]) != external_id:
            raise GoneError(f"{summary.key} is no longer in the library under its id.")
        revision = self._revision(held)
        if revision is not None and revision > summary.revision:
            raise ConflictError(f"{summary.key} in the library is newer than revision {summary.revision}.")
        if edited_by_a_person(held):
            raise GuardError(
                f"{summary.key}: a person has changed the summary in the library, so it was left as it is. "
                "Rename their file or move it, then “rp-connect effect retry ID” writes a fresh one beside "
                "it (“rp-connect effect list” shows the id)."
            )
        data = self._document(summary)
        self._ask(
            "PUT", f"{self._file(summary.key)}:/content", data=data, headers={"If-Match": version_of(held)}
        )
        return self._marked(summary, external_id)

    def find_all(self, keys: Sequence[str]) -> Sequence[Written | RpConnectError | None]:
        """One after the other: a file is no part of a JSON batch."""
        return [attempt(partial(self.find, key)) for key in keys]

    def create_all(self, items: Sequence[CaseRecord]) -> Sequence[Outcome]:
        return [attempt(partial(self.create, summary)) for summary in items]

    def update_all(self, changes: Sequence[tuple[str, CaseRecord]]) -> Sequence[Outcome]:
        return [attempt(partial(self.update, external_id, summary)) for external_id, summary in changes]

    def _document(self, summary: CaseRecord) -> bytes:
        from rp_microsoft365.summary_document import summary_document  # noqa: PLC0415 - python-docx takes 80 ms

        data = summary_document(summary, names=self._names)
        if len(data) > SMALL:
            raise BadRecordError(summary.key, "the summary is larger than 4 MB, which no summary should be.")
        return data

    def _marked(self, summary: CaseRecord, external_id: str, *, fresh: bool = False) -> Written:
        """`fresh`: the file was made moments ago, and may not be known yet."""
        held = self._look(summary.key, fresh=fresh)
        fields = self._ask(
            "PATCH",
            f"{self._list_item(held)}/fields",
            body={REVISION: summary.revision},
            service=Service.LISTS,
            fresh=fresh,
        )
        return Written(external_id, version_of(fields) or version_of(held), summary.revision)

    def _look(self, key: str, *, fresh: bool = False) -> Any:  # noqa: ANN401 - JSON
        held = self._ask("GET", self._file(key) + query(select=WANTED), fresh=fresh)
        ids = held.get("sharepointIds")
        if not (held.get("id") and isinstance(ids, dict) and ids.get("listId") and ids.get("listItemId")):
            raise TryLaterError(f"The library did not say which file {key} is, so it is asked again.")
        return held

    def _revision(self, held: Any) -> int | None:  # noqa: ANN401 - JSON
        """Where a file is, its item is, or will be in moments: without it the file is not gone."""
        wanted = self._list_item(held) + query(expand=f"fields($select={REVISION})")
        item = self._ask("GET", wanted, service=Service.LISTS, fresh=True)
        revision = (item.get("fields") or {}).get(REVISION)
        return None if revision is None else int(revision)

    def _file(self, key: str) -> str:
        name = quote(checked_key(key, FORBIDDEN, LONGEST_NAME))
        return f"{self._site.drive_path(self._library)}/root:/{name}.docx"

    def _list_item(self, held: Any) -> str:  # noqa: ANN401 - JSON
        ids = held["sharepointIds"]
        return f"{self._site.path}/lists/{ids['listId']}/items/{ids['listItemId']}"

    def _ask(
        self,
        method: str,
        path: str,
        *,
        service: Service = Service.FILES,
        headers: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        data: bytes | None = None,
        creates: bool = False,
        fresh: bool = False,
    ) -> Any:  # noqa: ANN401 - JSON
        request = Request(
            service,
            method,
            path,
            Permission.SITES,
            headers=headers or {},
            body=body,
            data=data,
            creates=creates,
            fresh=fresh,
        )
        return self._site.graph.ask(request).body


def attempt(call: Callable[[], T]) -> T | RpConnectError:
    """An error of one is a value, so that the others go on."""
    try:
        return call()
    except RpConnectError as fault:
        return fault


def edited_by_a_person(held: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether a person was the last to change the file. An application that signs in as itself is named as
    one; where Graph names nobody, we cannot tell, and the library's versions keep what was there."""
    by = held.get("lastModifiedBy") or {}
    return bool((by.get("user") or {}).get("id")) and not (by.get("application") or {}).get("id")
