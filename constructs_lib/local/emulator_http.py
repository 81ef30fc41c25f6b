"""HTTP requests to an emulator's own paths: its health report and its controls."""

import http.client
import json
import urllib.request
from typing import Any, Final

from constructs_lib.local.errors import LocalCloudError

_HEALTH: Final = "/_cognito_app/health"
_HEALTH_SECONDS: Final = 5
_CONTROL_SECONDS: Final = 30
_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens URLs directly, without the proxy of the environment."""


def health_report(address: str) -> dict[str, Any] | None:
    """Return an emulator's health report; None if no emulator responds within 5 seconds."""
    try:
        with _OPENER.open(address + _HEALTH, timeout=_HEALTH_SECONDS) as answer:
            found = json.load(answer)
    except (OSError, http.client.HTTPException, ValueError):
        return None
    return found if isinstance(found, dict) else None


def call_control(address: str, path: str, *, method: str, secret_key: str) -> bytes:
    """Call one of an emulator's controls and return the response body.

    Raises:
        LocalCloudError: If the emulator refuses the request or does not respond within 30 seconds.
    """
    request = urllib.request.Request(  # noqa: S310 - the address is a loopback address
        address + path, method=method, headers={"Authorization": f"Bearer {secret_key}"}
    )
    try:
        with _OPENER.open(request, timeout=_CONTROL_SECONDS) as answer:
            return bytes(answer.read())
    except OSError as error:
        raise LocalCloudError(
            f"{method} {address}{path} failed because {error}; check the local cloud with `cognito-app status`"
        ) from error
