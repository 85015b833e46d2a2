"""A stub of Entra's token endpoint over loopback TLS, and of the endpoint that managed identities ask.

It judges a signed statement with cryptography alone, so that what msal writes is not judged by msal.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from tests.plugins.rp_microsoft365.loopback import Came, Loopback, Says, loopback

TENANT = "8f3f0d0e-0000-4000-8000-00000000aaaa"
CLIENT = "8f3f0d0e-0000-4000-8000-00000000bbbb"
SECRET = "canary-secret-" + "Zw7~" * 8
GRAPH = "https://graph.microsoft.com"
SIGNED_IN = "canary-entra-token-" + "Q4v_" * 30
BY_IDENTITY = "canary-identity-token-" + "J8n-" * 30


def make_certificate(
    path: Path, *, days: tuple[int, int] = (-1, 30), password: bytes | None = None, another_key: bool = False
) -> x509.Certificate:
    """Writes a PEM file with a private key and a certificate for 127.0.0.1; `days` from today."""
    key = rsa.generate_private_key(65537, 2048)
    signer = rsa.generate_private_key(65537, 2048) if another_key else key
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(signer.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0])).not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(signer, hashes.SHA256())
    )  # fmt: skip
    kept: KeySerializationEncryption = BestAvailableEncryption(password) if password else NoEncryption()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kept)
    path.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    return certificate


@dataclass
class Entra:
    """`forms` are the requests for a token; `refuse` is said instead of one, (status, body, headers).
    `tokens` are given one after the other, the last one again and again."""

    server: Loopback
    secret: str = SECRET
    certificate: x509.Certificate | None = None
    assertion: str = ""
    refuse: tuple[int, Any, Mapping[str, str]] | None = None
    unknown: Says | None = None
    forms: list[dict[str, str]] = field(default_factory=list)
    tokens: tuple[str, ...] = (SIGNED_IN,)

    def says(self, came: Came) -> Says:
        if came.method == "GET":
            return self.unknown or self._description()
        form = {key: values[0] for key, values in parse_qs(came.body.decode()).items()}
        self.forms.append(form)
        if self.refuse is not None:
            status, body, headers = self.refuse
            return Says(status, body, headers)
        if not self._proves(form):
            return Says(401, {"error": "invalid_client", "error_codes": [7000215]})
        if form["client_id"] != CLIENT or form["scope"] != f"{GRAPH}/.default":
            return Says(400, {"error": "invalid_request"})
        token = self.tokens[min(len(self.forms), len(self.tokens)) - 1]
        return Says(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _description(self) -> Says:
        base = f"{self.server.url}/{TENANT}"
        return Says(200, {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
        })  # fmt: skip

    def _proves(self, form: Mapping[str, str]) -> bool:
        if "client_secret" in form:
            return form["client_secret"] == self.secret
        statement = form.get("client_assertion", "")
        return self._signed(statement) if self.certificate else statement == self.assertion != ""

    def _signed(self, statement: str) -> bool:
        assert self.certificate is not None
        head, body, signature = statement.split(".")
        public = self.certificate.public_key()
        assert isinstance(public, rsa.RSAPublicKey)
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        public.verify(plain(signature), f"{head}.{body}".encode(), pss, hashes.SHA256())
        claims, header = json.loads(plain(body)), json.loads(plain(head))
        thumbprint = plain(header["x5t#S256"])
        return bool(
            thumbprint == self.certificate.fingerprint(hashes.SHA256())
            and claims["iss"] == claims["sub"] == CLIENT
            and claims["aud"] == f"{self.server.url}/{TENANT}/oauth2/v2.0/token"
        )


def plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@contextmanager
def entra(tls: Path, **more: Any) -> Iterator[Entra]:
    with loopback(lambda came: found.says(came), tls=tls) as server:
        found = Entra(server, **more)
        yield found


def identity(came: Came) -> Says:
    """What App Service answers to a managed identity's request (2019-08-01)."""
    query = {key: values[0] for key, values in parse_qs(urlsplit(came.path).query).items()}
    if came.headers.get("x-identity-header") != "canary-header" or query["api-version"] != "2019-08-01":
        return Says(400, {"statusCode": 400, "message": "wrong"})
    name = f"{BY_IDENTITY}.{query['resource'].rpartition('/')[2]}.{query.get('client_id', 'system')}"
    until = int(datetime.now(UTC).timestamp()) + 86400
    return Says(200, {"access_token": name, "expires_on": str(until), "resource": query["resource"]})
