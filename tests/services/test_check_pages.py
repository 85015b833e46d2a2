"""`check` says whether the pages may leave this computer, and what is missing before anybody can sign in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rp_connect.services.check_installation import check_installation
from rp_connect.services.check_pages import Opening, check_pages
from rp_connect.services.office import Office
from tests.plugins.rp_openid.provider import running_provider
from tests.web.signed_in import ORIGIN, SECRET_VARIABLE, open_public_trust
from tests.web.small_school import open_trust

SECRET = "a secret that only tests know"


@pytest.fixture
def public(tmp_path: Path, monkeypatch) -> Iterator[Office]:
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    with running_provider() as provider:
        office = open_public_trust(tmp_path, provider)
        yield office
        office.store.close()


def test_without_the_table_the_pages_are_for_this_computer_and_nothing_is_wrong(tmp_path):
    office = open_trust(tmp_path)
    found = check_pages(office)
    office.store.close()

    assert (found.opening, found.problems) == (Opening.HERE, ())
    assert "table [web]" in found.sentence


def test_where_the_provider_answers_the_pages_may_be_opened_from_elsewhere(public):
    found = check_pages(public)

    assert (found.opening, found.problems) == (Opening.ELSEWHERE, [])
    assert ORIGIN in found.sentence


def test_a_provider_that_does_not_answer_closes_the_pages(tmp_path, monkeypatch):
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    with running_provider() as provider:
        public = open_public_trust(tmp_path, provider)
    found = check_pages(public)

    assert found.opening is Opening.CLOSED
    assert len(found.problems) == 1
    assert not check_installation(public).ok
    public.store.close()


def test_a_secret_that_is_not_set_is_named_and_the_others_are_still_checked(public, monkeypatch):
    monkeypatch.delenv(SECRET_VARIABLE)
    found = check_installation(public)

    assert found.to_json()["pages"]["opening"] == "nobody"
    assert SECRET_VARIABLE in found.pages.problems[0]
    assert SECRET not in str(found.to_json())


def test_a_table_without_a_way_of_signing_in_says_so(public):
    assert public.entrance is not None
    found = check_pages(replace(public, entrance=replace(public.entrance, sign_in=None)))

    assert found.opening is Opening.CLOSED
    assert "no sign_in" in found.problems[0]


def test_a_school_for_which_nobody_is_named_is_named(public):
    one = public.schools["northwick"]
    empty = replace(one, settings=one.settings.model_copy(update={"people": type(one.settings.people)()}))
    found = check_pages(replace(public, schools={**public.schools, "northwick": empty}))

    assert found.opening is Opening.ELSEWHERE
    assert found.problems == ["Nobody can sign in for northwick: [school.people] names nobody there."]
