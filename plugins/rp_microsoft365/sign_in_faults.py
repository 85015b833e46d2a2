"""What Entra's answer to a sign-in means, said to the administrator who can change it.

Entra's own descriptions are never repeated: they may quote identifiers and parts of an assertion. Only the
number of the fault is (learn.microsoft.com, "Microsoft Entra authentication and authorization error codes").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rp_connect.errors import AccessError, RpConnectError, TryLaterError
from rp_microsoft365.retry_after import retry_after

_NUMBER = re.compile(r"AADSTS(\d{4,9})")
_RENEW = (
    "under Entra, App registrations, Certificates & secrets, make a new one and put its value (not its id)"
    " into the environment"
)
_CONSENT = "give admin consent under Entra, App registrations, API permissions"
_WORDS = {
    7000222: f"the client secret has expired; {_RENEW}",
    7000215: f"the client secret is wrong; {_RENEW}",
    7000216: f"no client secret or certificate reached it; {_RENEW}",
    700016: "there is no app with this client_id in this tenant; check client_id and tenant, or let an"
    " administrator of the tenant consent to the app",
    7000112: "the app is disabled in this tenant; enable it under Entra, Enterprise applications",
    90002: "there is no such tenant; check tenant and cloud",
    900023: "tenant is neither an id nor a domain of a tenant; check tenant",
    900382: "this cloud cannot sign in here; check cloud",
    700027: "it does not know the certificate; upload its public part under Entra, App registrations,"
    " Certificates & secrets",
    700024: "the clock of this machine is wrong; set it, and let it be set by the network",
    50027: "our signed statement is not accepted; check the certificate and the clock of this machine",
    65001: f"nobody has consented to the app; {_CONSENT}",
    500011: f"Microsoft Graph is not known to the tenant under this address; check cloud, and {_CONSENT}",
    501051: "the app must be assigned to itself before it may sign in; see Entra, Enterprise applications",
    53003: "a conditional access policy keeps the app out; let an administrator allow it from here",
    53000: "a conditional access policy keeps the app out; let an administrator allow it from here",
    700211: "no federated credential of the app names this issuer; see Entra, App registrations, Certificates"
    " & secrets, Federated credentials",
    700212: "no federated credential of the app names this audience; it is {exchange}",
    700213: "no federated credential of the app names this managed identity; its subject is the identity’s"
    " object (principal) id",
    70021: "no federated credential of the app fits this managed identity",
    70025: "the app has no federated credential; add the managed identity under Entra, App registrations,"
    " Certificates & secrets, Federated credentials",
}
_PASSING_ERRORS = {"temporarily_unavailable", "server_error", "slow_down"}
_PASSING = {50086, 50087, 90006, 90033, 90055, 90036, 90051}
"""Numbers that Entra itself calls transient."""


def refused(
    result: Mapping[str, Any], status: int, headers: Mapping[str, str], *, exchange: str = ""
) -> RpConnectError:
    """`result` is msal's answer without a token; `status` and `headers` are of the last HTTP answer;
    `exchange` is the audience that a federated credential names in this cloud."""
    number = _number(result)
    passing = (
        status == 429 or status >= 500 or number in _PASSING or str(result.get("error")) in _PASSING_ERRORS
    )
    if passing:
        wait = retry_after(headers, datetime.now(UTC))
        return TryLaterError("The sign-in to Microsoft 365 asks us to wait.", retry_after=wait)
    says = f"AADSTS{number}" if number else f"status {status}"
    words = _WORDS.get(number, "check tenant, client_id and credential in [school.microsoft365]")
    return AccessError(f"Microsoft 365 refused the sign-in ({says}): {words.format(exchange=exchange)}.")


def unreachable(why: str) -> TryLaterError:
    return TryLaterError(f"The sign-in to Microsoft 365 cannot be reached: {why}.")


def no_such_tenant() -> AccessError:
    """msal found no description of the tenant where it should be."""
    return AccessError(f"Microsoft 365 refused the sign-in: {_WORDS[90002]}, and authority_url if it is set.")


def _number(result: Mapping[str, Any]) -> int:
    codes = result.get("error_codes")
    if isinstance(codes, list) and codes and isinstance(codes[0], int):
        return codes[0]
    found = _NUMBER.search(str(result.get("error_description", "")))
    return int(found[1]) if found else 0
