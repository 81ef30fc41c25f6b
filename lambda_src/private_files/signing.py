"""CloudFront signed URLs with one signature for a whole folder.

Source: "Create a signed URL using a custom policy" (Amazon CloudFront developer guide). SHA-256 must be
named: without `Hash-Algorithm` CloudFront expects SHA-1.

Environment: `PRIVATE_KEY_SECRET`, the ARN of a secret whose text is a private key in PEM; `PUBLIC_KEY_IDS`, the SHA-256
of each public key and CloudFront's ID for it, `HASH=ID,HASH=ID`.
"""

import functools
import hashlib
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import boto3
from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT_SECONDS: Final = 300
"""The time for which a function caches the key, in seconds; a rotated key takes effect after it."""


def query(url: str, expires: int) -> str:
    """Return the query string that signs every URL below a folder.

    Args:
        url: The folder's URL, with a closing slash and without a wildcard.
        expires: The expiry time, in seconds since 1970.
    """
    signer = _signer(int(time.monotonic()) // _KEPT_SECONDS)
    policy = signer.build_policy(f"{url}*", datetime.fromtimestamp(expires, UTC))
    signed: str = signer.generate_presigned_url(url, policy=policy)
    return f"{signed.removeprefix(url).removeprefix('?')}&Hash-Algorithm=SHA256"


@functools.lru_cache(maxsize=1)
def _signer(_period: int) -> CloudFrontSigner:
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["PRIVATE_KEY_SECRET"])
    key = load_pem_private_key(secret["SecretString"].encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the secret does not contain an RSA key")
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ids = dict(each.split("=", 1) for each in os.environ["PUBLIC_KEY_IDS"].split(","))
    return CloudFrontSigner(ids[hashlib.sha256(public).hexdigest()], _signing_with(key))


def _signing_with(key: RSAPrivateKey) -> "Callable[[bytes], bytes]":
    return lambda message: key.sign(message, PKCS1v15(), SHA256())
