"""The permissions that the code names are those of the manifest, with a reason each."""

from __future__ import annotations

import json
import re
from pathlib import Path
from uuid import UUID

from rp_microsoft365.permissions import Permission, how_to_grant
from tests.manifests.permissions_page import ENTRA, PAGE, page, permissions

PLUGIN = Path(__file__).parents[2] / "plugins" / "rp_microsoft365"
NAMED = re.compile(
    r"\b[A-Z][A-Za-z]+\.(?:Read|ReadWrite|ReadBasic|Manage|Send|Selected|FullControl)\w*(?:\.\w+)*\b"
)


def named_in_code() -> set[str]:
    return {name for path in PLUGIN.rglob("*.py") for name in NAMED.findall(path.read_text("utf-8"))}


def test_every_permission_that_the_code_names_is_in_the_manifest_and_the_reverse():
    assert {one["name"] for one in permissions()} == set(map(str, Permission)) == named_in_code()


def test_each_permission_is_asked_for_by_some_call():
    """The reverse of the manifest: what no call needs is not to be granted."""
    calls = "".join(path.read_text("utf-8") for path in PLUGIN.rglob("*.py") if path.stem != "permissions")

    assert [name.name for name in Permission if f"Permission.{name.name}" not in calls] == []


def test_a_permission_that_nobody_asked_for_would_be_seen():
    text = 'Request(Service.LISTS, "GET", path, "Sites.ReadWrite.All"); Mail.Send; Service.LISTS; self.Read'

    assert NAMED.findall(text) == ["Sites.ReadWrite.All", "Mail.Send"]


def test_the_manifest_grants_each_as_the_program_says_it():
    assert {one["name"]: one["grant"] for one in permissions()} == {
        name.value: how_to_grant(name.value) for name in Permission
    }


def test_each_permission_is_an_application_role_with_a_reason_a_feature_and_its_narrowest_form():
    for one in permissions():
        assert UUID(one["id"])
        assert one["kind"] == "application"
        assert one["features"]
        assert all(one[key].strip() for key in ("reason", "narrowest", "needed"))
    assert len({one["id"] for one in permissions()}) == len(permissions())
    assert json.loads((ENTRA / "permissions.json").read_text())["resourceAppId"] == (
        "00000003-0000-0000-c000-000000000000"
    )


def test_the_lobby_is_named_with_each_permission_that_it_takes():
    room = (PLUGIN / "online_room.py").read_text("utf-8")

    assert {one["name"] for one in permissions() if "lobby" in one["features"]} == {
        name.value for name in Permission if f"Permission.{name.name}" in room
    }


def test_nothing_that_opens_every_site_or_every_mailbox_is_consented_to():
    consented = {one["name"] for one in permissions() if one["consent"]}

    assert not {
        name for name in consented if name.startswith(("Sites.", "Files.", "Mail.", "Calendars."))
    } - {"Sites.Selected"}


def test_the_page_says_what_the_manifest_says():
    assert PAGE.read_text("utf-8") == page()
