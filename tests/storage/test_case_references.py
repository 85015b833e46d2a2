"""References count per calendar year, without gaps, whoever opens cases at the same time."""

from __future__ import annotations

from contextlib import ExitStack

from tests.storage.elsewhere import elsewhere
from tests.storage.samples import bare_case, bare_task


def test_references_count_within_their_year(store):
    with store.begin() as work:
        given = [work.cases.next_ref(year) for year in (2026, 2026, 2027, 2026)]

    assert given == ["RP-2026-0001", "RP-2026-0002", "RP-2027-0001", "RP-2026-0003"]


def test_a_reference_that_was_rolled_back_is_given_again(store):
    for kept in (False, True, False, True):
        with store.begin() as work:
            ref = work.cases.next_ref(2026)
            if kept:
                work.commit()

    assert ref == "RP-2026-0002"


def test_three_processes_that_open_cases_at_once_leave_no_gap_and_share_no_reference(store, url):
    with ExitStack() as stack:
        others = [stack.enter_context(elsewhere("give_refs", url, 40, seed)) for seed in range(3)]
        given = [ref for other in others for ref in other.says()]

    assert sorted(given) == [f"RP-2026-{number:04d}" for number in range(1, 121)]


def test_the_ten_thousandth_case_comes_after_the_9999th_and_before_next_year(store):
    refs = ["RP-2025-0001", "RP-2026-0002", "RP-2026-9999", "RP-2026-10000", "RP-2027-0001"]
    with store.begin() as work:
        for ref in sorted(refs):
            work.cases.add(bare_case(ref))
            work.tasks.put([bare_task(f"{ref}.agreed.1", ref)])
        assert [case.ref for case in work.cases.every()] == refs
        assert [task.case for task in work.tasks.every()] == refs
