"""Content of a JSON Web Token, without verification."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def decode(token: str) -> dict[str, Any] | None:
    """Return a token's header and claims; None for an encrypted token or another text."""
    parts = token.split(".")
    try:
        header, claims = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2])
    except (ValueError, binascii.Error):
        return None
    return {"header": header, "claims": claims} if isinstance(claims, dict) else None


def forged(content: Mapping[str, Any]) -> str:
    """Return a token with this content and an invalid signature, or without one if its algorithm is `none`."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(content[each]).encode()).decode().rstrip("=")
        for each in ("header", "claims")
    ]
    signature = "" if content["header"].get("alg") == "none" else secrets.token_urlsafe(256)
    return ".".join([*parts, signature])
