"""Public keys with which CloudFront verifies signatures."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence


_PEM: Final = re.compile(r"\s*-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*")
_RSA_2048: Final = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100")
_BYTES: Final = 294
"""A `SubjectPublicKeyInfo` of a 2,048-bit RSA key with the exponent 65537 (RFC 8017, RFC 5280): its prefix and
length."""
_MOST: Final = 5
"""The maximum number of keys of a group ("Quotas", Amazon CloudFront developer guide)."""


def fingerprint(public_key: str) -> str:
    """Return the SHA-256 of a key, in hexadecimal, which identifies the private key that belongs to it.

    Raises:
        ValueError: For anything but a 2,048-bit RSA public key in PEM.
    """
    found = _PEM.fullmatch(public_key)
    try:
        content = base64.b64decode("".join(found[1].split()), validate=True) if found else b""
    except binascii.Error:
        content = b""
    if len(content) != _BYTES or not content.startswith(_RSA_2048):
        raise ValueError(
            f"public_keys contains {public_key[:40]!r}..., which is not a 2,048-bit RSA public key in PEM; create a "
            "pair with `openssl genrsa -out private.pem 2048` and `openssl rsa -in private.pem -pubout -out "
            "public.pem`, and pass the text of public.pem"
        )
    return hashlib.sha256(content).hexdigest()


def fingerprints(public_keys: Sequence[str]) -> list[str]:
    """Return the fingerprint of each key.

    Raises:
        ValueError: For no key, more than a group can have, or a duplicate.
    """
    if not 1 <= len(public_keys) <= _MOST:
        raise ValueError(
            f"public_keys has {len(public_keys)} keys; pass 1 to {_MOST}, of which the second is for rotation"
        )
    found = [fingerprint(each) for each in public_keys]
    if len(set(found)) < len(found):
        raise ValueError("public_keys contains a key more than once; remove the duplicate")
    return found
