"""How each school's MIS and workspace are, asked for `check`. Nothing is written, there or here.

Several schools are asked at once: each may wait for an answer of its own, and a trust of a hundred whose
tenant is away would otherwise wait a hundred times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from rp_connect.domain.calendar import Period
from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import Kind, MisAdapter
from rp_connect.services.office import School
from rp_connect.services.sync_report import Progress

AT_ONCE = 10
"""Schools. A workspace may ask five of its areas at a time, so that some fifty requests are under way."""


@dataclass(slots=True)
class Answers:
    """What one school's systems said: the vendors' words, and `problems` in sentences. `periods` are the
    school calendar, where the MIS gives one."""

    capabilities: list[str] = field(default_factory=list)
    not_granted: list[str] = field(default_factory=list)
    permissions_missing: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)


def ask_outside(schools: Sequence[School], progress: Progress) -> list[Answers]:
    """One for each of `schools`, in their order; `progress` counts schools. Raises nothing that an adapter
    raised: a system that refuses, fails or breaks is one sentence."""
    if not schools:
        return []
    progress.begin("asking MIS and workspace", len(schools))
    with ThreadPoolExecutor(min(AT_ONCE, len(schools)), thread_name_prefix="check") as pool:
        asked = [pool.submit(_ask_school, school) for school in schools]
        try:
            for _ in as_completed(asked):
                progress.advance(1)
        except BaseException:  # somebody who does not want to wait waits for nobody not yet asked
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    progress.end()
    return [each.result() for each in asked]


def _ask_school(school: School) -> Answers:
    said = Answers()
    _ask(said, "the MIS", lambda: _ask_mis(school.mis(), said))
    _ask(said, "the workspace", lambda: said.permissions_missing.extend(school.workspace().probe()))
    return said


def _ask(said: Answers, whom: str, question: Callable[[], object]) -> None:
    try:
        question()
    except RpConnectError as error:
        said.problems.append(str(error))
    except Exception as error:  # noqa: BLE001 - an adapter is not ours: whatever it does wrong stays its own
        said.problems.append(f"The adapter of {whom} failed when it was asked ({type(error).__name__}).")


def _ask_mis(mis: MisAdapter, said: Answers) -> None:
    probe = mis.probe()
    said.capabilities.extend(probe.capabilities)
    said.not_granted.extend(probe.not_granted)
    said.problems.extend(probe.problems)
    reading = mis.changes(Kind.CALENDAR, None)
    if reading.left:
        said.problems.append(reading.left)
    if not reading.given or reading.left:
        return
    for page in reading.pages():
        said.periods.extend(record for record in page.records if isinstance(record, Period))
        said.problems.extend(f"{reading.label}: {r.key}: {r.reason}" for r in page.refusals)
