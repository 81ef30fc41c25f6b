"""The user pool's keys: one document, fetched rarely, and kept while it cannot be fetched."""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from constructs_lib.verified.https_document import fetched
from constructs_lib.verified.refusals import KeysUnavailable, Refused

_LOG: Final = logging.getLogger(__name__)
_FRESH: Final = 24 * 3600.0
"""Seconds after which the document is fetched again although it has every requested key, so that withdrawn keys are
removed."""
_BITS: Final = 2048


class PoolKeys:
    """A JWKS document. Threads may share it; a token whose key is cached does not wait for a fetch.

    Args:
        url: The document's URL.
        refetch_after: Seconds between two fetches for keys that are not in it: invented key IDs cause one
            request in that time, and no more. After a failure the next one waits 1, 2, 4... seconds, at most this.
        fetch: Fetches a URL. By default over HTTPS.
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
        self._url = url
        self._refetch_after = refetch_after
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._next_fetch = clock()
        self._fresh_until = clock()
        self._failures = 0

    def key_of(self, kid: str) -> jwt.PyJWK:
        """Return the key of an ID.

        Raises:
            Refused: If the pool has no such key.
            KeysUnavailable: If the key cannot be fetched now.
        """
        refreshed = True
        if kid not in self._keys or self._clock() >= self._fresh_until:
            refreshed = self._refreshed()
        key = self._keys.get(kid)
        if key is not None:
            return key
        if refreshed:
            raise Refused(f"the user pool has no key {kid!r:.100}")
        raise KeysUnavailable(f"{self._url} cannot be fetched, so the key {kid!r:.100} is not known")

    def _refreshed(self) -> bool:
        """Fetch the document if it is due; return whether the cached keys are those of the latest document."""
        # Without any key, all threads wait for the first document. Later, no thread waits for another's fetch.
        if not self._lock.acquire(blocking=not self._keys):
            return False
        try:
            if self._clock() >= self._next_fetch:
                self._fetch_once()
            return bool(self._keys) and not self._failures
        finally:
            self._lock.release()

    def _fetch_once(self) -> None:
        try:
            self._keys = _keys_in(self._fetch(self._url))
        except (OSError, ValueError, RecursionError, HTTPException) as error:
            wait = min(2.0**self._failures, self._refetch_after)
            self._failures = min(self._failures + 1, 30)
            _LOG.warning("no keys from %s, next try in %s s: %s", self._url, wait, error)
        else:
            self._failures = 0
            wait = self._refetch_after
            self._fresh_until = self._clock() + _FRESH
        self._next_fetch = self._clock() + wait


def _keys_in(document: bytes) -> dict[str, jwt.PyJWK]:
    """Return the RSA signing keys of a JWKS document; others are ignored, as required by RFC 7517, section 5.

    Raises:
        ValueError: If it is not a JWKS document, or has no such key.
    """
    parsed = json.loads(document)
    listed = parsed.get("keys") if isinstance(parsed, dict) else None
    if not isinstance(listed, list):
        raise ValueError("the response is not a JWKS document")  # noqa: TRY004 - a document's content, not a type
    found = {kid: key for each in listed if isinstance(each, dict) for kid, key in _usable(each)}
    if not found:
        raise ValueError("the JWKS document has no RSA signing keys")
    return found


def _usable(entry: Mapping[str, Any]) -> list[tuple[str, jwt.PyJWK]]:
    kid = entry.get("kid")
    # A symmetric key here would be a public secret with which PyJWT could sign.
    is_signing_key = (
        entry.get("kty") == "RSA" and entry.get("use", "sig") == "sig" and entry.get("alg", "RS256") == "RS256"
    )
    if not is_signing_key or not isinstance(kid, str) or not kid:
        return []
    try:
        key = jwt.PyJWK.from_dict({"kty": "RSA", "n": entry["n"], "e": entry["e"]}, algorithm="RS256")
    except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
        _LOG.warning("the key %r is passed over: %s", kid, error)
        return []
    return [(kid, key)] if isinstance(key.key, RSAPublicKey) and key.key.key_size >= _BITS else []
