"""What `check` says of Microsoft 365: each thing that is refused, absent or misnamed, one sentence each."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier

import pytest

from rp_connect.errors import TryLaterError
from rp_microsoft365.permissions import NotGrantedError
from rp_microsoft365.probe import look_around, told
from rp_microsoft365.settings import Microsoft365Settings
from rp_microsoft365.workspace import build_workspace
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import GROUP, LEAD, SITE
from tests.plugins.rp_microsoft365.planner_school import numbered
from tests.plugins.rp_microsoft365.tenant_school import open_workspace, settings

pytestmark = pytest.mark.facts


@pytest.fixture
def server(graph_server: GraphServer) -> GraphServer:
    """After `setup`."""
    open_workspace(graph_server).setup()
    return graph_server


def faults(server: GraphServer, **own: str | int) -> list[str]:
    return list(open_workspace(server, **own).probe())


def column(server: GraphServer, name: str) -> str:
    """The id of a column of the list of cases."""
    owner = next(k for k, row in server.state.lists.items() if row["displayName"] == "Restorative cases")
    return next(k for k, row in server.state.columns.items() if (row["_list"], row["name"]) == (owner, name))


def test_after_setup_there_is_nothing_to_say(server: GraphServer):
    before = server.log.writes.total()

    assert faults(server) == []
    assert server.log.writes.total() == before


def test_before_setup_it_says_what_is_missing_and_what_makes_it(graph_server: GraphServer):
    said = faults(graph_server)

    assert "The site has no list “Restorative cases”: run “rp-connect setup microsoft365”." in said
    assert "The site has no library “Restorative meetings”: run “rp-connect setup microsoft365”." in said


def test_a_refused_site_is_one_sentence_with_the_grant_for_this_site(server: GraphServer):
    server.faults.lack("Sites.Selected")

    (said,) = faults(server)

    assert "Sites.Selected" in said
    assert f"/sites/{SITE}/permissions" in said
    assert '"id": "c11e0000-0000-4000-8000-000000000009"' in said


def test_a_refused_mailbox_is_one_sentence_with_the_command_and_without_its_address(server: GraphServer):
    server.faults.lack("Calendars.ReadWrite")

    (said,) = faults(server)

    assert "New-ManagementRoleAssignment" in said
    assert "Application Calendars.ReadWrite" in said
    assert "lead@" not in said


@pytest.mark.parametrize("permission", ["Tasks.ReadWrite.All", "Sites.Selected", "User.ReadBasic.All"])
def test_what_a_managed_identity_lacks_is_told_with_the_command_since_entra_has_no_page_for_it(
    permission: str,
):
    (said,) = told([NotGrantedError("Refused", permission)], managed_identity())

    assert "New-MgServicePrincipalAppRoleAssignment" in said
    assert f"Where-Object Value -eq '{permission}'" in said
    assert ("/permissions" in said) is (permission == "Sites.Selected")


def managed_identity() -> Microsoft365Settings:
    own = settings("http://127.0.0.1:9").own.model_dump()
    return Microsoft365Settings.model_validate(own | {"credential": "managed_identity"})


def test_the_consent_to_every_mailbox_is_given_to_nobody():
    refused = NotGrantedError("Refused", "Calendars.ReadWrite")
    _, command = told([refused], managed_identity())[0].split("The command: ")

    assert "New-ManagementRoleAssignment" in command
    assert "AppRoleAssignment" not in command


def test_a_missing_teams_policy_is_told_only_where_the_lobby_is_to_be_set(server: GraphServer):
    server.faults.lack("OnlineMeetings.ReadWrite.All")
    assert faults(server) == []

    (said,) = list(open_workspace(server, lobby=True).probe())

    assert "OnlineMeetings.ReadWrite.All" in said
    assert "Grant-CsApplicationAccessPolicy -PolicyName rp-connect" in said


def test_a_plan_that_is_full_is_a_sentence(server: GraphServer):
    (plan,) = server.state.plans.values()
    for number in range(3):
        open_workspace(server).tasks.create(numbered(number))
    assert faults(server) == []

    assert faults(server, plan_active_tasks=4) == []
    (said,) = faults(server, plan_active_tasks=3)
    assert said.startswith(f"Plan full: “{plan['title']}” takes no more tasks.")


@pytest.mark.parametrize("limit", ["plan_active_tasks", "plan_tasks"])
def test_a_plan_is_told_before_it_is_full(server: GraphServer, limit: str):
    (plan,) = server.state.plans.values()
    for number in range(9):
        open_workspace(server).tasks.create(numbered(number))

    assert faults(server, **{limit: 11}) == []
    (said,) = faults(server, **{limit: 10})
    assert said.startswith(f"Plan nearly full: “{plan['title']}” has 9 tasks that are not done")
    assert "10" in said


def test_a_plan_that_is_missing_or_refused_is_a_sentence(server: GraphServer):
    server.faults.lack("Tasks.ReadWrite.All")
    (said,) = faults(server)
    assert "Tasks.ReadWrite.All" in said
    server.faults.clear()

    server.state.plans.clear()
    (said,) = faults(server)
    assert said.startswith("There is no plan called “Restorative practice”")


def test_a_role_whose_people_are_unknown_is_told_by_role_and_count_and_never_by_address(server: GraphServer):
    server.state.users[LEAD] |= {
        "mail": "other@northwick.example",
        "userPrincipalName": "other@northwick.example",
    }
    said = [sentence for sentence in faults(server) if sentence.startswith("people.")]

    (sentence,) = said
    assert sentence.startswith("people.lead: 1 of 1 addresses are not known in Microsoft 365")
    assert "@" not in sentence


def test_a_directory_that_is_closed_is_a_sentence_with_its_permission(server: GraphServer):
    server.faults.lack("User.ReadBasic.All")

    assert any("User.ReadBasic.All is missing" in sentence for sentence in faults(server))


def test_each_area_is_told_whatever_the_others_say(server: GraphServer):
    server.faults.lack("Sites.Selected")
    server.faults.lack("Calendars.ReadWrite")

    said = faults(server)

    assert [word in " ".join(said) for word in ("Sites.Selected", "Calendars.ReadWrite")] == [True, True]


def test_a_site_or_a_mailbox_that_is_not_there_names_its_key_in_the_settings(server: GraphServer):
    said = faults(server, site="elsewhere.example,1,2", organizer="nobody@northwick.example")

    assert "site: there is no such site, or this application may not see it." in said
    assert "organizer: there is no such mailbox in this tenant." in said


def test_a_list_that_somebody_renamed_is_missed_by_its_name(server: GraphServer):
    next(iter(server.state.lists.values()))["displayName"] = "Old cases"

    assert faults(server) == [
        "The site has no list “Restorative cases”: run “rp-connect setup microsoft365”.",
    ]


def test_a_column_that_somebody_deleted_is_missed_by_its_label(server: GraphServer):
    del server.state.columns[column(server, "Stage")]

    assert faults(server) == [
        "The list “Restorative cases” lacks Stage: run “rp-connect setup microsoft365”.",
    ]


def test_a_reference_that_may_stand_there_twice_is_a_sentence(server: GraphServer):
    server.state.columns[column(server, "CaseReference")] |= {"enforceUniqueValues": False}
    server.state.columns[column(server, "Opened")] |= {"indexed": False}

    assert faults(server) == [
        "The list “Restorative cases”: set “Enforce unique values” on the column CaseReference "
        "in its settings.",
        "The list “Restorative cases”: add an index on the column Opened in its settings.",
    ]


def test_a_column_of_another_kind_under_our_name_is_a_sentence(server: GraphServer):
    row = server.state.columns[column(server, "HalfDays")]
    del row["number"]
    row["text"] = {}

    assert faults(server) == [
        "The list “Restorative cases”: the column HalfDays should hold numbers; rename or delete it.",
    ]


def test_a_public_group_is_a_sentence_and_one_that_may_not_be_seen_is_none(server: GraphServer):
    server.state.groups[GROUP]["visibility"] = "Public"
    assert [said[:41] for said in faults(server)] == ["The group is public, so everybody in the "]

    server.faults.lack("GroupMember.Read.All")
    assert faults(server) == []


def test_a_tenant_that_cannot_be_reached_is_told_once_and_not_for_each_area(server: GraphServer):
    server.go_away()

    said = list(build_workspace(settings(server.url), patience_s=0.5).probe())
    server.come_back()

    assert said
    assert all("cannot be reached" in sentence for sentence in said)
    assert len(said) == len(set(said))


def test_the_areas_are_asked_at_once_and_told_in_their_order():
    """So that a tenant that is away is waited for once, not once an area."""
    meet = Barrier(3, timeout=20)

    def waiting(sentence: str, *, refused: bool = False) -> Callable[[], list[str]]:
        def look() -> list[str]:
            meet.wait()
            if refused:
                raise TryLaterError(sentence)
            return [sentence]

        return look

    areas = [
        waiting("The first."),
        waiting("Away.", refused=True),
        waiting("The first."),
    ]

    own = Microsoft365Settings.model_validate(settings("http://127.0.0.1:9").own.model_dump())
    assert look_around(areas, own) == ["The first.", "Away."]


def test_a_check_is_a_few_reads(server: GraphServer):
    before = server.log.requests

    faults(server)

    assert server.log.requests - before <= 12
    assert server.state.users[LEAD]["mail"] == "lead@northwick.example"
