"""What the templates set is what the app reads, and the other way about."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.infra.bicep import INFRA, ROOT, app_settings, given

HOSTS_OWN = {
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "AzureWebJobsStorage__blobServiceUri",
    "AzureWebJobsStorage__clientId",
    "AzureWebJobsStorage__credential",
    "AzureWebJobsStorage__queueServiceUri",
    # The binding's connection: what follows the two underscores is the host's.
    "RP_CONNECT_QUEUE__clientId",
    "RP_CONNECT_QUEUE__credential",
    "RP_CONNECT_QUEUE__queueServiceUri",
}
BY_THE_SETTINGS_FILE = {"RP_CONNECT_STORE"}
"""Which docs/deploy-azure.md has as `url = "env:RP_CONNECT_STORE"`."""
OURS = re.compile(r"RP_CONNECT_[A-Z_]+|AZURE_CLIENT_ID|APPLICATIONINSIGHTS_[A-Z_]+")


def sources() -> Iterator[Path]:
    for room in ("rp_connect", "plugins", "functions"):
        yield from (ROOT / room).rglob("*.py")


def read_by_us() -> set[str]:
    """The names of variables that stand as a whole text in a module of ours."""
    return {
        node.value
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and OURS.fullmatch(node.value)
    }


def test_every_setting_of_the_app_is_one_that_something_reads():
    assert set(app_settings()) - HOSTS_OWN - BY_THE_SETTINGS_FILE - read_by_us() == set()


def test_everything_that_we_read_is_set():
    names = {name.partition("__")[0] for name in app_settings()}

    assert {"RP_CONNECT_CONFIG", "RP_CONNECT_KEY_VAULT", "AZURE_CLIENT_ID"} <= read_by_us()
    assert read_by_us() - names == set()


def test_the_page_says_what_each_of_our_settings_is():
    page = (ROOT / "docs" / "deploy-azure.md").read_text(encoding="utf-8")

    assert [
        name
        for name in app_settings()
        if name.startswith("RP_CONNECT_") and name.partition("__")[0] not in page
    ] == []
    assert 'url = "env:RP_CONNECT_STORE"' in page


def number(value: str) -> int:
    (found,) = re.findall(r"\d+", value)
    return int(found)


def test_the_page_reckons_with_all_connections_that_the_copies_may_open():
    """Those that each keeps, and one for each message that it works at: a lock is a session of its own."""
    queues = json.loads((ROOT / "functions" / "host.json").read_text())["extensions"]["queues"]
    locks = queues["batchSize"] + queues["newBatchThreshold"]
    together = [
        (number(template["databaseConnections"]) + locks) * number(template["maximumInstanceCount"])
        for template in (given(INFRA / f"{name}.bicepparam") for name in ("one-school", "trust"))
    ]
    page = " ".join((ROOT / "docs" / "deploy-azure.md").read_text(encoding="utf-8").split())

    assert f"(`databaseConnections` + {locks}) × `maximumInstanceCount`" in page
    assert f"{together[0]} and {together[1]} here" in page
