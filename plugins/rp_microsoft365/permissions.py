"""The application permissions that this plugin may need, how an administrator grants each, and the refusal
where one is missing.

`manifests/entra/permissions.json` has them with their reasons; a test keeps both the same.
"""

from __future__ import annotations

from enum import StrEnum

from rp_connect.errors import AccessError


class Permission(StrEnum):
    """Names as Microsoft Graph has them."""

    CALENDARS = "Calendars.ReadWrite"
    TASKS = "Tasks.ReadWrite.All"
    SITES = "Sites.Selected"
    PEOPLE = "User.ReadBasic.All"
    GROUPS = "GroupMember.Read.All"
    ONLINE_MEETINGS = "OnlineMeetings.ReadWrite.All"


_CONSENT = (
    "an administrator grants it to the app under Entra, App registrations, API permissions (to a managed"
    " identity, which has no such page, with New-MgServicePrincipalAppRoleAssignment)"
)
_GRANTS = {
    Permission.CALENDARS: (
        "an Exchange administrator grants the role “Application Calendars.ReadWrite” for the organiser’s"
        " mailbox with New-ManagementRoleAssignment, which may take two hours to take effect"
    ),
    Permission.SITES: (
        _CONSENT + ", and then the app the role “write” on the one site"
        " with POST /sites/{site-id}/permissions (“fullcontrol” while setup runs)"
    ),
    Permission.ONLINE_MEETINGS: (
        _CONSENT + ", and a Teams administrator grants an application access policy for the organiser with"
        " Grant-CsApplicationAccessPolicy, which may take 30 minutes to take effect"
    ),
}


class NotGrantedError(AccessError):
    """`permission` is missing. `refused` says what that means: a clause, with a capital."""

    def __init__(self, refused: str, permission: str) -> None:
        super().__init__(f"{refused}: the permission {permission} is missing; {how_to_grant(permission)}.")
        self.permission = permission


def how_to_grant(permission: str) -> str:
    """A clause for the person who grants it."""
    known = {name.value: words for name, words in _GRANTS.items()}
    return known.get(permission, _CONSENT)
