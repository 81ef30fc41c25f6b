"""A load balancer's keys, each with a separate URL."""

import logging
import re
import threading
import time
import urllib.error
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException
from typing import Final

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.algorithms import ECAlgorithm

from constructs_lib.verified.https_document import fetched
from constructs_lib.verified.refusals import KeysUnavailable, Refused

_LOG: Final = logging.getLogger(__name__)
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The form of key IDs: an ID becomes part of a URL, so no other text is requested."""
_MOST_LOOKUPS: Final = 10
_KEPT: Final = 100
_UNKNOWN: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


class BalancerKeys:
    """The public keys of a region's load balancers. Threads may share it.

    Args:
        url: The URL to which a key's ID is appended.
        refetch_after: Seconds in which each unknown ID is requested once, and at most 10 of them.
        fetch: Returns a URL's content. By default over HTTPS.
        clock: A monotonic clock, in seconds. By default the system's.
    """

    def __init__(
        self,
        url: str,
        *,
        refetch_after: float,
        fetch: Callable[[str], bytes] = fetched,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url.rstrip("/")
        self._refetch_after = refetch_after
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._lookups: dict[str, float] = {}
        self._absent: set[str] = set()

    def key_of(self, kid: str) -> jwt.PyJWK:
        """Return the key of an ID.

        Raises:
            Refused: If it is not the ID of a key, or the region has no such key.
            KeysUnavailable: If the key cannot be fetched now.
        """
        key = self._keys.get(kid)
        if key is not None:
            return key
        if not _UUID.fullmatch(kid):
            raise Refused(f"{kid!r:.100} is not the ID of a load balancer's key")
        with self._lock:
            if kid not in self._keys:
                self._keep(kid, self._looked_up(kid))
            return self._keys[kid]

    def _looked_up(self, kid: str) -> jwt.PyJWK:
        now = self._clock()
        self._lookups = {each: when for each, when in self._lookups.items() if now - when < self._refetch_after}
        self._absent &= self._lookups.keys()
        if kid in self._absent:
            raise Refused(f"the endpoint of the region did not have the key {kid} in a recent request")
        if kid in self._lookups or len(self._lookups) >= _MOST_LOOKUPS:
            raise KeysUnavailable(f"the key {kid} was requested recently, or too many others were")
        self._lookups[kid] = now
        try:
            return _key_in(self._fetch(f"{self._url}/{kid}"))
        except urllib.error.HTTPError as error:
            if error.code in _UNKNOWN:
                self._absent.add(kid)
                raise Refused(f"the endpoint of the region does not have the key {kid}") from error
            raise KeysUnavailable(f"the key {kid} cannot be fetched: {error}") from error
        except (OSError, ValueError, UnsupportedAlgorithm, HTTPException) as error:
            _LOG.warning("no key %s from %s: %s", kid, self._url, error)
            raise KeysUnavailable(f"the key {kid} cannot be fetched: {error}") from error

    def _keep(self, kid: str, key: jwt.PyJWK) -> None:
        if len(self._keys) >= _KEPT:
            self._keys.pop(next(iter(self._keys)))
        self._keys[kid] = key


def _key_in(document: bytes) -> jwt.PyJWK:
    """Parse a PEM document with a key on the curve of ES256.

    Raises:
        ValueError: If it is anything else.
    """
    key = load_pem_public_key(document)
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("the response is not a public key on the curve P-256")  # noqa: TRY004 - a document's content, not a type
    return jwt.PyJWK.from_dict(ECAlgorithm.to_jwk(key, as_dict=True), algorithm="ES256")
