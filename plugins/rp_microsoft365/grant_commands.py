"""The command that grants what a call was refused, ready to be pasted where one is needed beside the consent.

Sources: Microsoft's pages on Sites.Selected, RBAC for Applications in Exchange Online, and application access
policies of Teams. `docs/connect-microsoft-365.md` has them in the order of doing.
"""

from __future__ import annotations

from rp_microsoft365.clouds import graph_base
from rp_microsoft365.permissions import Permission
from rp_microsoft365.settings import Microsoft365Settings

ASSIGN = (
    "$graph = Get-MgServicePrincipal -Filter \"appId eq '00000003-0000-0000-c000-000000000000'\"; "
    "New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId OBJECT_ID -PrincipalId OBJECT_ID "
    "-ResourceId $graph.Id -AppRoleId ($graph.AppRoles | Where-Object Value -eq '{role}').Id"
)
"""The consent, for a managed identity: Entra has no page for it."""
COMMANDS = {
    Permission.SITES: (
        'POST {graph}/sites/{site}/permissions {{"roles": ["fullcontrol"], "grantedToIdentities": '
        '[{{"application": {{"id": "{client}", "displayName": "rp-connect"}}}}]}}'
    ),
    Permission.CALENDARS: (
        "New-ServicePrincipal -AppId {client} -ObjectId OBJECT_ID; New-ManagementScope rp-connect "
        "-RecipientRestrictionFilter \"PrimarySmtpAddress -eq 'ORGANIZER'\"; New-ManagementRoleAssignment "
        '-App OBJECT_ID -Role "Application Calendars.ReadWrite" -CustomResourceScope rp-connect'
    ),
    Permission.ONLINE_MEETINGS: (
        "New-CsApplicationAccessPolicy -Identity rp-connect -AppIds {client}; "
        "Grant-CsApplicationAccessPolicy -PolicyName rp-connect -Identity ORGANIZER"
    ),
}


def grant_command(permission: str, own: Microsoft365Settings) -> str:
    """Empty where the consent alone is enough and Entra has a page for it. It names no mailbox: ORGANIZER
    stands for that of the settings, OBJECT_ID for the object id of the enterprise application (of a managed
    identity: its principal id)."""
    command = next((text for name, text in COMMANDS.items() if name.value == permission), "")
    filled = command.format(
        graph=graph_base(own.cloud, own.graph_url), site=own.site, client=own.client_id or "CLIENT_ID"
    )
    by_page = own.credential != "managed_identity" or permission == Permission.CALENDARS
    consent = "" if by_page else ASSIGN.format(role=permission)
    return " Then: ".join(part for part in (consent, filled) if part)
