"""An OpenID provider of our own on the loopback interface: discovery, authorise, token, keys.

It shares no code with what it judges: tokens are put together and signed here with `cryptography` alone. It
checks what a real provider checks (client, secret, redirect address, PKCE, one use of each code), and lies
only where a test tells it to.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT, SECRET = "client-of-tests", "a secret that only tests know"
TENANT = "11111111-2222-3333-4444-555555555555"
HASHES = {"RS256": hashes.SHA256(), "RS384": hashes.SHA384(), "RS512": hashes.SHA512()}

Claims = dict[str, Any]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def jwk(key: rsa.RSAPrivateKey, key_id: str) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    n, e = (b64(number.to_bytes((number.bit_length() + 7) // 8)) for number in (numbers.n, numbers.e))
    return {"kty": "RSA", "use": "sig", "kid": key_id, "n": n, "e": e}


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form)


def signed(claims: object, key: object, header: Mapping[str, object]) -> str:
    """A token signed by what its header says: RSA with a private key, HMAC with bytes, or not at all."""
    whole = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    match key:
        case rsa.RSAPrivateKey():
            how = HASHES.get(str(header.get("alg")), HASHES["RS256"])
            signature = key.sign(whole.encode(), padding.PKCS1v15(), how)
        case bytes():
            signature = hmac.digest(key, whole.encode(), "sha256")
        case _:
            signature = b""
    return f"{whole}.{b64(signature)}"


@dataclass
class Provider:
    """`claims_of` may change the claims before they are signed, `token_of` put another token in its place,
    and `before` hold up the answer to a path. `asked` are the paths that were read, `exchanges` the statuses
    of the token endpoint."""

    address: str
    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    key_id: str = "key-1"
    email: str = "lead@northwick.example"
    claims_of: Callable[[Claims], Claims] = dict
    token_of: Callable[[str, Claims], str] = lambda token, claims: token
    before: Callable[[str], object] = str
    error: str = ""
    asked: list[str] = field(default_factory=list)
    exchanges: list[int] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def discovery(self) -> Claims:
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint")
        paths = ("authorize", "token", "keys", "logout")
        found = {name: f"{self.address}/{path}" for name, path in zip(names, paths, strict=True)}
        return {"issuer": self.address, **found}

    def claims(self, nonce: str) -> Claims:
        now = int(time.time())
        return {
            "iss": self.address,
            "aud": CLIENT,
            "sub": "subject-1",
            "tid": TENANT,
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "nonce": nonce,
            "preferred_username": self.email,
        }

    def authorize(self, query: Mapping[str, str]) -> str:
        """Where the browser goes back to; the person is thought to be signed in already."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        if self.error:
            return f"{query['redirect_uri']}?{urlencode({'error': self.error, 'state': query['state']})}"
        code = secrets.token_urlsafe(24)
        self.codes[code] = dict(query)
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def exchange(self, form: Mapping[str, str]) -> tuple[int, Claims]:
        asked = self.codes.pop(form.get("code", ""), None)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or asked["redirect_uri"] != form.get("redirect_uri")
            or asked["code_challenge"] != challenge
        ):
            return 400, {"error": "invalid_grant"}
        claims = self.claims_of(self.claims(asked["nonce"]))
        token = signed(claims, self.key, {"alg": "RS256", "kid": self.key_id})
        return 200, {
            "access_token": "nobody uses it",
            "token_type": "Bearer",
            "expires_in": 3600,
            "id_token": self.token_of(token, claims),
        }


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            provider.before(parts.path)
            match parts.path:
                case "/.well-known/openid-configuration":
                    self._json(200, provider.discovery())
                case "/keys":
                    self._json(200, {"keys": [jwk(provider.key, provider.key_id)]})
                case "/authorize":
                    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(query))
                    self.end_headers()
                case _:
                    self._json(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            provider.before(self.path)
            status, answer = provider.exchange({k: v[0] for k, v in parse_qs(body).items()})
            provider.exchanges.append(status)
            self._json(status, answer)

        def _json(self, status: int, answer: Claims) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Tests look at `asked` instead."""

    return Handler


@contextmanager
def running_provider() -> Iterator[Provider]:
    provider = Provider("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    server.daemon_threads = True
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
