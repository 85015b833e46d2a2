"""Gone, or only not given: a suspension counts as deleted where Arbor itself says so, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from rp_connect.errors import AccessError, ConfigError, TryLaterError
from rp_connect.ports.mis import Kind, MisAdapter, Page
from tests.plugins.rp_arbor.rig import adapter_at, add_exclusion, changes, everything
from tests.plugins.rp_arbor.vendor import ArborSite, Came, error, serving

FIXED = "/rest-v2/fixed-period-exclusions"
HTML = b"<!DOCTYPE html><h1>404 Not Found</h1>"
NAMES = ("1", "PermanentExclusion-1", "InternalExclusion-1")
NOT_ARBORS = [
    HTML,
    b"",
    b"null",
    b"[]",
    b"{}",
    b'{"message": "no Route matched with those values"}',
    b'{"code": 404}',
    b'{"response": "Not Found"}',
    b'{"response": {"reason": "Not Found", "errors": [{"exception": "x"}]}}',
    b'{"response": {"code": "\\u00b2"}}',
]
Spoil = Callable[[Came, int, bytes], tuple[int, bytes, dict[str, str]]]


def answering(path: str, status: int, content: bytes) -> Spoil:
    """Whatever is asked for at `path` is answered so."""

    def spoil(came: Came, usual: int, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        return (status, content, {}) if came.path == path else (usual, body, {})

    return spoil


def gone(adapter: MisAdapter, name: str) -> bool:
    confirm = everything(adapter, Kind.SUSPENSION).reading.confirm_gone
    assert confirm is not None
    return confirm(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_suspension_that_is_missing_from_the_whole_can_be_asked_for_alone(
    site: ArborSite, adapter: MisAdapter, name: str
) -> None:
    assert not gone(adapter, name)
    entity, _, key = name.rpartition("-")
    del site.rows[entity or "FixedPeriodExclusion"][key]
    assert [gone(adapter, other) for other in NAMES] == [other == name for other in NAMES]


def test_only_a_whole_reading_of_suspensions_invites_to_ask(adapter: MisAdapter) -> None:
    cursor = everything(adapter, Kind.SUSPENSION).cursor
    assert adapter.changes(Kind.SUSPENSION, cursor).confirm_gone is None
    assert adapter.changes(Kind.SUSPENSION, None).confirm_gone is None
    others = [kind for kind in Kind if kind is not Kind.SUSPENSION]
    assert [adapter.everything(kind).confirm_gone for kind in others] == [None] * len(others)


@pytest.mark.parametrize("name", ["", "1/2", "../1", "PermanentExclusion-", "InternalExclusion-?", "1 2"])
def test_what_is_no_id_of_arbor_is_not_asked_for_and_stays(
    site: ArborSite, adapter: MisAdapter, name: str
) -> None:
    confirm = everything(adapter, Kind.SUSPENSION).reading.confirm_gone
    assert confirm is not None
    before = len(site.came)
    assert not confirm(name)
    assert len(site.came) == before


@pytest.mark.parametrize("content", NOT_ARBORS)
def test_the_404_of_a_gateway_is_no_proof_that_a_suspension_has_gone(site: ArborSite, content: bytes) -> None:
    with (
        serving(site, answering(f"{FIXED}/1", 404, content)) as url,
        pytest.raises(TryLaterError, match="not in Arbor's own form"),
    ):
        gone(adapter_at(url, lambda _: None), "1")


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("code", [404, "404"])
def test_arbors_own_404_is_believed(site: ArborSite, status: int, code: Any) -> None:
    content = json.dumps(error(code, "Not Found")).encode()
    with serving(site, answering(f"{FIXED}/1", status, content)) as url:
        assert gone(adapter_at(url), "1")


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"fixedPeriodExclusion": null}', b'{"other": {}}'])
def test_an_answer_without_contents_is_no_proof_either(site: ArborSite, content: bytes) -> None:
    with serving(site, answering(f"{FIXED}/1", 200, content)) as url:
        assert not gone(adapter_at(url), "1")


def test_a_suspension_that_is_no_longer_granted_has_not_gone(site: ArborSite, adapter: MisAdapter) -> None:
    confirm = everything(adapter, Kind.SUSPENSION).reading.confirm_gone
    site.withheld = {"FixedPeriodExclusion", "PermanentExclusion", "InternalExclusion"}
    assert confirm is not None
    assert not any(map(confirm, NAMES))


@pytest.mark.parametrize(("status", "kind"), [(403, AccessError), (503, TryLaterError)])
def test_a_refusal_or_a_failure_proves_nothing(site: ArborSite, status: int, kind: type[Exception]) -> None:
    content = json.dumps(error(status, "Somebody Secretname")).encode()
    with serving(site, answering(f"{FIXED}/1", status, content)) as url, pytest.raises(kind):
        gone(adapter_at(url, lambda _: None), "1")


def test_a_gateways_404_among_the_changes_takes_nothing_away_and_loses_nothing(site: ArborSite) -> None:
    with serving(site) as url:
        cursor = everything(adapter_at(url), Kind.SUSPENSION).cursor
    add_exclusion(site, 1, statisticalDaysExcluded="1")
    told: list[Page] = []
    with serving(site, answering(f"{FIXED}/1", 404, HTML)) as url:
        reading = adapter_at(url, lambda _: None).changes(Kind.SUSPENSION, cursor)
        with pytest.raises(TryLaterError):
            told.extend(reading.pages())
    assert [(page.tombstones, page.cursor) for page in told if page.tombstones or page.cursor] == []
    with serving(site) as url:
        taken = changes(adapter_at(url), Kind.SUSPENSION, cursor)
    assert (len(taken.records), taken.deleted) == (1, [])


def test_a_gateways_404_in_a_whole_reading_takes_nothing_away(site: ArborSite) -> None:
    site.brief = True
    with serving(site, answering(f"{FIXED}/1", 404, HTML)) as url, pytest.raises(TryLaterError):
        everything(adapter_at(url, lambda _: None), Kind.SUSPENSION)


def test_an_address_at_which_no_list_of_arbor_is_remains_a_wrong_address(site: ArborSite) -> None:
    with serving(site, answering(FIXED, 404, HTML)) as url, pytest.raises(ConfigError, match="base_url"):
        adapter_at(url).probe()
