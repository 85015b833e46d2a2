"""What a measurement is given: where to write, how much of everything, and how often."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.trust import Shape

SEED = 20260901


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """`marks` days of `marks_pupils` at one school are P5; `year_days` of `year_schools` are P7's table."""

    marks_pupils: int = 1000
    marks_days: int = 100
    year_schools: int = 100
    year_pupils: int = 1000
    year_days: int = 19
    quiet_schools: int = 100
    quiet_shape: Shape = field(
        default_factory=lambda: Shape(pupils=200, days=10, incidents=60, suspensions=4)
    )
    growth_schools: tuple[int, ...] = (1, 10, 100)
    growth_days: int = 19
    growth_shape: Shape = field(default_factory=lambda: Shape(pupils=1000, incidents=20, suspensions=5))
    usual_cases: int = 40
    fleet_cases: int = 48
    cases: int = 500
    requests: int = 9
    starts: int = 9

    @property
    def marks(self) -> int:
        return self.marks_pupils * self.marks_days * 2

    @property
    def year_day(self) -> int:
        return self.year_schools * self.year_pupils * 2


SIZES = {
    "small": Size(),
    "full": Size(
        year_days=190,
        growth_days=190,
        quiet_shape=Shape(pupils=1000, days=10, incidents=300, suspensions=20),
        fleet_cases=320,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One call of the harness."""

    folder: Path
    size: Size
    runs: int = 5
    tell: Callable[[str], None] = _tell

    def room(self, name: str) -> Path:
        """A folder of a figure's own."""
        room = self.folder / name
        room.mkdir(parents=True)
        return room
