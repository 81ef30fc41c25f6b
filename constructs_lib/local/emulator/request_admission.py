"""Refusal of requests before MiniStack receives them. Pure.

Requests signed by an administrator, and health checks, are accepted from programs on this machine only, not from pages
in a browser. MiniStack's own controls, including the mailboxes, require the administrator's secret key.
"""

import hmac
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote_to_bytes

from .browser_guard import is_from_page

REFUSED_PAGE: Final = (
    "The local cloud accepts an administrator's keys, and its controls, from programs on this machine only, "
    "not from a page in a browser."
)
WITHOUT_KEY: Final = "The local cloud's controls require its administrator's secret key: Authorization: Bearer KEY."
_CONTROLS: Final = ("/_ministack/", "/_localstack/", "/_cognito_app/")
_HEALTH_PATHS: Final = ("/_ministack/health", "/_ministack/ready", "/_localstack/health", "/_cognito_app/health")
_RESPONSE_PATHS: Final = ("/_ministack/cfn-response/", "/_ministack/cfn-signal/")
"""The path where a custom resource or an instance responds to CloudFormation, with an unguessable suffix."""


def refusal(
    path: str, query: bytes, headers: Iterable[tuple[bytes, bytes]], *, access_key: str, secret_key: str
) -> str | None:
    """Return the reason why a request is refused, or None; the keys are those of the administrator."""
    joined: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    authorization = joined.get("authorization", "")
    # In every place that may name the key, because MiniStack reads several.
    administrator = access_key in authorization or access_key.encode() in unquote_to_bytes(query)
    control = path.startswith(_CONTROLS) and not path.startswith(_RESPONSE_PATHS)
    if (administrator or control) and is_from_page(joined):
        return REFUSED_PAGE
    if control and path not in _HEALTH_PATHS and not _same(authorization, f"Bearer {secret_key}"):
        return WITHOUT_KEY
    return None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
