"""The lines that a measurement gives, whether they reach their target, and the table of them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal

from tests.benchmarks.measure import Cost, typical, typical_parts

HEAD = ("figure", "what", "ours", "beside", "raw limit", "ratio (min–max)", "target", "reached")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure. `beside` says what the raw limit is, `per` how many things the seconds are for.

    `shown` stands in the place of seconds where a line is no measurement but something that holds or does not
    (`holds`). `by` is what the ratio is of. `note` goes below the line.
    """

    figure: str
    what: str
    ours: Sequence[Cost] = ()
    raw: Sequence[Cost] = ()
    beside: str = ""
    by: Literal["wall", "cpu"] = "wall"
    target: float | None = None
    seconds: float | None = None
    per: int = 1
    shown: str = ""
    holds: bool | None = None
    note: str = ""

    @property
    def ratios(self) -> list[float]:
        pairs = zip(self.ours, self.raw, strict=True) if self.raw else ()
        return [getattr(ours, self.by) / getattr(raw, self.by) for ours, raw in pairs]

    @property
    def reached(self) -> bool | None:
        """None where there is nothing to reach."""
        if self.target is not None:
            return median(self.ratios) <= self.target
        if self.seconds is not None:
            return self._typical(self.ours) <= self.seconds
        return self.holds

    @property
    def missed(self) -> bool:
        """A ratio or a promise that was not kept. Seconds belong to a machine, and never count as missed."""
        return self.reached is False and self.seconds is None

    def cells(self) -> tuple[str, ...]:
        return (
            self.figure,
            self.what,
            self.shown or self._figures(self.ours),
            self.beside + (", by CPU" if self.by == "cpu" else ""),
            self._figures(self.raw),
            f"{median(self.ratios):.2f} ({min(self.ratios):.2f}–{max(self.ratios):.2f})" if self.raw else "",
            self._target(),
            {True: "yes", False: "NO", None: ""}[self.reached],
        )

    def remarks(self) -> list[str]:
        parts = typical_parts(self.ours)
        whole = sum(parts.values())
        shares = ", ".join(f"{name} {100 * part / whole:.0f} %" for name, part in parts.items())
        return [
            *([f"CPU: {shares}"] if shares else []),
            *([self.note] if self.note else []),
        ]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratios": self.ratios, "reached": self.reached}

    def _typical(self, costs: Sequence[Cost]) -> float:
        return typical(costs, lambda cost: float(getattr(cost, self.by))) / self.per

    def _figures(self, costs: Sequence[Cost]) -> str:
        if not costs:
            return ""
        figures = [readable(self._typical(costs))]
        if self.by == "wall":
            figures.append(f"CPU {readable(typical(costs, lambda cost: cost.cpu) / self.per)}")
        if peaks := [cost.rss_mib for cost in costs if cost.rss_mib is not None]:
            figures.append(f"{median(peaks):.0f} MiB")
        return ", ".join(figures)

    def _target(self) -> str:
        if self.target is not None:
            return f"≤ {self.target:g}×"
        if self.seconds is not None:
            return f"≤ {readable(self.seconds)} there"
        return "" if self.holds is None else "none"


def readable(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1000:.1f} ms"


def table(lines: Sequence[Line]) -> str:
    """Markdown, which can be read as it stands."""
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    shown = [_row(HEAD, widths), _row(["-" * width for width in widths], widths)]
    return "\n".join([*shown, *(_row(line.cells(), widths) for line in lines)])


def remarks(lines: Sequence[Line]) -> str:
    return "\n".join(
        f"{line.figure} {line.what}: {'; '.join(line.remarks())}" for line in lines if line.remarks()
    )


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
