"""CloudFront's check of signed URLs and signed cookies for cache behaviors with trusted key groups.

Sources: "Create a signed URL using a canned policy" and "... using a custom policy", "Use signed cookies" (Amazon
CloudFront developer guide).
"""

import base64
import binascii
import ipaddress
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key

PARAMETERS: Final = ("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")
_COOKIE: Final = "CloudFront-"
_HASHES: Final[Mapping[str, HashAlgorithm]] = {"SHA1": SHA1(), "SHA256": SHA256()}  # noqa: S303 - CloudFront's default
_CONDITIONS: Final = {"DateLessThan": "AWS:EpochTime", "DateGreaterThan": "AWS:EpochTime", "IpAddress": "AWS:SourceIp"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Refusal of a viewer: CloudFront's code and message."""

    code: str
    message: str

    @property
    def body(self) -> bytes:
        """CloudFront's response body."""
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{self.code}</Code>'
            f"<Message>{self.message}</Message></Error>"
        ).encode()


_MISSING: Final = Refusal(code="MissingKey", message="Missing Key-Pair-Id query parameter or cookie value")
_UNKNOWN: Final = Refusal(code="InvalidKey", message="Unknown Key")
_DENIED: Final = Refusal(code="AccessDenied", message="Access denied")


def refusal(
    url: str,
    *,
    query: Mapping[str, str],
    cookies: Mapping[str, str],
    client_ip: str,
    keys: Mapping[str, str],
    now: float | None = None,
) -> Refusal | None:
    """Return why a viewer is refused; None if the URL or the cookies have a valid, current signature for the file.

    The URL is without the parameters of the signature, and the cookies are used if it is not signed. `keys` are public
    keys in PEM, by the IDs that the behavior trusts.
    """
    parameters = (
        query if "Signature" in query else {name.removeprefix(_COOKIE): value for name, value in cookies.items()}
    )
    if "Key-Pair-Id" not in parameters:
        return _MISSING
    pem = keys.get(parameters["Key-Pair-Id"])
    if pem is None:
        return _UNKNOWN
    try:
        policy = _decoded(parameters["Policy"]) if "Policy" in parameters else _canned(url, parameters["Expires"])
        _verify(pem, policy, _decoded(parameters["Signature"]), _HASHES[parameters.get("Hash-Algorithm", "SHA1")])
        allowed = _allows(json.loads(policy), url, client_ip, time.time() if now is None else now)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, KeyError, TypeError, RecursionError):
        return _DENIED
    return None if allowed else _DENIED


def _decoded(text: str) -> bytes:
    """Decode CloudFront's base64 variant: `-` for `+`, `_` for `=`, `~` for `/`.

    Raises:
        ValueError: If the text is not valid base64.
    """
    try:
        return base64.b64decode(text.translate(str.maketrans("-_~", "+=/")), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


def _canned(url: str, expires: str) -> bytes:
    policy = {"Statement": [{"Resource": url, "Condition": {"DateLessThan": {"AWS:EpochTime": int(expires)}}}]}
    return json.dumps(policy, separators=(",", ":")).encode()


def _verify(pem: str, policy: bytes, signature: bytes, algorithm: HashAlgorithm) -> None:
    key = load_pem_public_key(pem.encode())
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, policy, padding.PKCS1v15(), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, policy, ec.ECDSA(algorithm))
    else:
        raise InvalidSignature


def _allows(policy: Any, url: str, client_ip: str, now: float) -> bool:
    """Return whether a policy's single statement covers a URL, viewer and time; any further content refuses."""
    [statement] = policy["Statement"]
    conditions = statement["Condition"]
    if set(statement) != {"Resource", "Condition"} or not set(conditions) <= set(_CONDITIONS):
        return False
    values = {name: conditions[name][key] for name, key in _CONDITIONS.items() if name in conditions}
    if "IpAddress" in values and ipaddress.ip_address(client_ip) not in ipaddress.ip_network(values["IpAddress"]):
        return False
    begun = "DateGreaterThan" not in values or values["DateGreaterThan"] < now
    return bool(begun and now < values["DateLessThan"] and _matches(statement["Resource"], url))


def _matches(resource: str, url: str) -> bool:
    pattern = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in resource)
    return re.fullmatch(pattern, url, re.DOTALL) is not None
