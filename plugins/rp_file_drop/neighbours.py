"""pupils.csv as the other files see it: where schools share a folder, it says whose rows are whose."""

from __future__ import annotations

import io
from dataclasses import dataclass

from rp_file_drop.cells import cells_of
from rp_file_drop.drop import Drop
from rp_file_drop.header import UnusableFileError
from rp_file_drop.layout import ATTENDANCE, INCIDENTS, PUPILS, SUSPENSIONS, Layout
from rp_file_drop.scan import scan
from rp_file_drop.sites import Sites, sites_of
from rp_file_drop.snapshot import whole

_ABOUT_PUPILS = (INCIDENTS, SUSPENSIONS, ATTENDANCE)
_WITH_SITE = PUPILS.needing("site")


@dataclass(frozen=True, slots=True)
class Neighbours:
    """`content` is pupils.csv, empty where it is not needed or not given; `reads_as` changes when it does."""

    drop: Drop
    site: str
    content: bytes = b""
    reads_as: str = ""

    def sites(self) -> Sites:
        """Where pupils.csv cannot be used nobody is known to be elsewhere, and the core decides."""
        if not self.content:
            return Sites(self.site)
        file = io.BytesIO(self.content)
        try:
            sheet, rows = self.drop.open(file, _WITH_SITE, scan(file))
        except UnusableFileError:
            return Sites(self.site)
        return sites_of(self.site, cells_of(rows, sheet))


def layout_for(layout: Layout, site: str) -> Layout:
    return _WITH_SITE if site and layout is PUPILS else layout


def neighbours_of(layout: Layout, drop: Drop, site: str) -> Neighbours:
    """Raises UnsettledError where pupils.csv is needed and is being written."""
    if not site or layout not in _ABOUT_PUPILS:
        return Neighbours(drop, site)
    try:
        content = drop.take(PUPILS, whole)
    except FileNotFoundError:
        return Neighbours(drop, site)
    return Neighbours(drop, site, content, drop.reads_as(PUPILS, scan(io.BytesIO(content))))
