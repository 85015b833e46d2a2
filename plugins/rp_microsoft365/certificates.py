"""Reads a certificate with its private key from a PEM file. Imports cryptography: load it when needed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificate

from rp_connect.errors import AccessError, ConfigError

_KEY = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.+?-----END \1-----", re.DOTALL)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def read_certificate(path: Path) -> dict[str, str]:
    """`private_key` and `public_certificate`, as msal takes them.

    Raises ConfigError where the file is not such a pair, AccessError where the certificate has run out.
    """
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeError):
        raise _unfit(path, "cannot be read; it must be a PEM file") from None
    key, certificate = _KEY.search(text), _CERTIFICATE.search(text)
    if key is None or certificate is None:
        raise _unfit(path, "must hold a private key and its certificate, both as PEM")
    _check(path, key[0], certificate[0])
    return {"private_key": key[0], "public_certificate": certificate[0]}


def _check(path: Path, key: str, certificate: str) -> None:
    try:
        private, public = (
            load_pem_private_key(key.encode(), None),
            load_pem_x509_certificate(certificate.encode()),
        )
    except TypeError:
        raise _unfit(path, "has a private key with a password, which cannot be used here") from None
    except (ValueError, UnsupportedAlgorithm):
        raise _unfit(path, "holds a private key or a certificate that cannot be read") from None
    if private.public_key() != public.public_key():
        raise _unfit(path, "holds a private key and a certificate that do not belong together")
    _check_dates(path, public)


def _check_dates(path: Path, public: Certificate) -> None:
    now, begins = datetime.now(UTC), public.not_valid_before_utc
    if public.not_valid_after_utc < now:
        raise AccessError(
            f"The certificate in {path.name} expired on {public.not_valid_after_utc:%d %B %Y}: make a new one"
            " and upload its public part under Entra, App registrations, Certificates & secrets."
        )
    if begins > now:
        raise AccessError(
            f"The certificate in {path.name} is not valid before {begins:%d %B %Y %H:%M} UTC:"
            " is the clock of this machine right?"
        )


def _unfit(path: Path, what: str) -> ConfigError:
    return ConfigError(f"The certificate file {path.name} of the setting credential {what}.")
