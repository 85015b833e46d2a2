"""The table `[web]`: without it nothing changes; what is wrong in it is one sentence with its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rp_connect.settings import Settings

WEB = '\n[web]\npublic_url = "https://rp.trust.example"\n'
LINE = 14


def test_without_it_there_is_none(load: Callable[..., Settings]):
    assert load().web is None


def test_its_defaults_are_the_careful_ones(load: Callable[..., Settings]):
    web = load(WEB).web

    assert web is not None
    assert (web.bind, web.proxies, web.hours, web.sign_in) == ("127.0.0.1", 1, 8, None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://RP.Trust.Example", "https://rp.trust.example"),
        ("https://rp.trust.example/", "https://rp.trust.example"),
        ("https://rp.trust.example:443", "https://rp.trust.example"),
        ("https://rp.trust.example:8443", "https://rp.trust.example:8443"),
    ],
)
def test_the_address_is_written_as_browsers_write_it(load: Callable[..., Settings], written: str, read: str):
    web = load(WEB.replace("https://rp.trust.example", written)).web

    assert web is not None
    assert web.public_url == read


@pytest.mark.parametrize(
    "written",
    [
        "http://rp.trust.example",
        "rp.trust.example",
        "https://",
        "https://rp.trust.example/pages",
        "https://rp.trust.example?x=1",
        "https://user@rp.trust.example",
        "https://rp.trust.example:port",
        "https://rp.trust.example:99999",
        "https://[::1",
        "https://rp trust.example",
    ],
)
def test_an_address_that_is_no_https_host_is_refused(refused: Callable[..., str], written: str):
    sentence = refused(WEB.replace("https://rp.trust.example", written))

    assert sentence.startswith("line 16: web.public_url must begin with https://")
    assert written not in sentence.replace("such as https://rp.trust.example", "") or written == "https://"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ('bind = "0.0.0.0"', "web must have sign_in before bind may be anything"),
        ('bind = "somewhere"', "web.bind must be an address of this machine"),
        ("proxies = -1", "web.proxies must be 0 or more"),
        ("hours = 0", "web.hours must be 1 or more"),
        ("hours = 48", "web.hours must be 12 or less"),
        ("port = 80", "web.port is not a setting"),
        ('[web.openid]\nclient_id = "c"', "web.openid is not a setting"),
        ('sign_in = "openid"\n[web.other]', "web.other is not a setting, nor the table of its openid"),
        ('sign_in = "openid"\nopenid = 1', "web.openid must be a table"),
    ],
)
def test_what_is_wrong_in_it_is_named_with_its_line(refused: Callable[..., str], more: str, sentence: str):
    found = refused(WEB + more + "\n")

    assert sentence in found
    assert int(found.removeprefix("line ").partition(":")[0]) > LINE


def test_with_sign_in_it_may_listen_to_the_network(load: Callable[..., Settings]):
    web = load(WEB + 'sign_in = "openid"\nbind = "0.0.0.0"\nproxies = 2\nhours = 4\n').web

    assert web is not None
    assert (web.bind, web.proxies, web.hours, web.sign_in) == ("0.0.0.0", 2, 4, "openid")  # noqa: S104
