"""Which pupils are this school's, where several schools share one folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rp_file_drop.cells import Cells, UnreadableError
from rp_file_drop.header import fold


@dataclass(frozen=True, slots=True)
class Sites:
    """`site` is this school's (empty: the folder is its own); `elsewhere` are pupils of other sites only."""

    site: str = ""
    elsewhere: frozenset[str] = frozenset()

    def ours(self, rows: Iterable[Cells]) -> Iterator[Cells]:
        """The rows that are not about a pupil of another site."""
        if not self.elsewhere:
            return iter(rows)
        return (cells for cells in rows if cells.key("pupil_id") not in self.elsewhere)

    def pupils(self, rows: Iterable[Cells]) -> Iterator[Cells]:
        """The rows of pupils.csv that do not name another site; a row that names none is nobody's to drop."""
        if not self.site:
            return iter(rows)
        return (cells for cells in rows if not _names_a_site(cells) or is_at(cells, self.site))

    def check(self, cells: Cells) -> None:
        if self.site and not cells.text("site"):
            raise UnreadableError("site is empty")


def is_at(cells: Cells, site: str) -> bool:
    return fold(cells.prose("site")) == fold(site)


def sites_of(site: str, pupils: Iterable[Cells]) -> Sites:
    """`pupils` are all rows of pupils.csv. A pupil of two sites is in both schools."""
    here: set[str] = set()
    elsewhere: set[str] = set()
    for cells in pupils:
        if (pupil := cells.key("pupil_id")) and _names_a_site(cells):
            (here if is_at(cells, site) else elsewhere).add(pupil)
    return Sites(site, frozenset(elsewhere - here))


def _names_a_site(cells: Cells) -> bool:
    return not cells.fault and cells.prose("site") != ""
