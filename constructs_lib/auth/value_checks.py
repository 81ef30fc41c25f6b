"""Shared checks of option values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from constructs_lib.cdk_tokens import is_token
from constructs_lib.resource_limits import check_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_CLIENT: Final = "AWS::Cognito::UserPoolClient"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_NOT_APPS: Final = frozenset({"about", "blob", "data", "file", "ftp", "javascript", "vbscript", "ws", "wss"})
"""Schemes that a browser or operating system handles: no app can own one."""


def is_known(value: object) -> bool:
    """Return whether a value is a literal rather than a token."""
    return not is_token(value)


def check_name(kind: str, name: str) -> None:
    """Refuse a name that is not letters and digits; `kind` is what it names.

    Raises:
        ValueError: With the name.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{kind} name {name!r} is not valid; use letters and digits, beginning with a letter")


def check_redirect_urls(name: str, urls: Sequence[str], *, custom_schemes: bool) -> None:
    """Refuse addresses that Cognito would not return to, or that would transmit a code unencrypted.

    Tokens are passed through. Custom schemes are those of an app, such as `myapp://`.

    Raises:
        ValueError: For a bad address, or more than Cognito allows.
    """
    path = "LogoutURLs" if name == "logout_urls" else "CallbackURLs"
    check_limits(name, urls, _CLIENT, path)
    for url in urls:
        check_limits(name, url, _CLIENT, f"{path}[]")
        if is_known(url) and (fault := _fault(url, custom_schemes=custom_schemes)):
            raise ValueError(f"{name}={url!r} {fault}")


def _fault(url: str, *, custom_schemes: bool) -> str:
    parts = urlsplit(url)
    if not parts.scheme or not (parts.netloc or parts.path):
        return "is not absolute; write the whole URL, such as 'https://app.example.com/'"
    if "#" in url:
        return "has a fragment, which OAuth 2.0 forbids; remove the part from # on"
    if "*" in url:
        return "has a wildcard, and Cognito compares URLs character by character; write each URL in full"
    return _scheme_fault(parts.scheme, parts.hostname, custom_schemes=custom_schemes)


def _scheme_fault(scheme: str, host: str | None, *, custom_schemes: bool) -> str:
    if scheme == "https":
        return "" if host else "has no host name; write the whole URL, such as 'https://app.example.com/'"
    if scheme == "http":
        in_the_clear = "would transmit the authorization code unencrypted; use https"
        return "" if host in _LOOPBACK else f"{in_the_clear} (http is for localhost, 127.0.0.1 and [::1])"
    if scheme in _NOT_APPS:
        return f"has the scheme {scheme!r}, which an app cannot own; use https or a custom scheme of the app"
    return "" if custom_schemes else "has a custom scheme, to which only a NativeClient can return; use https"
