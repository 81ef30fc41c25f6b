"""A small document over HTTPS: no redirects, a limit on time and size."""

import urllib.parse
import urllib.request
from typing import Any, Final

_SECONDS: Final = 3.0
_LARGEST: Final = 256 * 1024
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow no redirect: keys come from the given address only."""


_OPENER: Final = urllib.request.build_opener(_NoRedirect())


def check_url(option: str, url: str) -> str:
    """Return a URL that is allowed for keys: HTTPS, or this machine for a local cloud.

    Raises:
        ValueError: For any other.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError(
            f"{option}={url!r} is not HTTPS, so keys could be replaced on the network; write it with https://"
        )
    if not parts.hostname or parts.query or parts.fragment or parts.username is not None:
        raise ValueError(f"{option}={url!r} is not a URL without user, query and fragment; write https://HOST/PATH")
    return url


def fetched(url: str) -> bytes:
    """Return the document at a checked URL.

    Raises:
        OSError: If it cannot be fetched in time, is a redirect, or an error (`urllib.error.HTTPError` with its `code`).
        ValueError: If it is too large.
    """
    with _OPENER.open(url, timeout=_SECONDS) as answer:
        body: bytes = answer.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        raise ValueError(f"{url} is larger than {_LARGEST} bytes; check the URL")
    return body
