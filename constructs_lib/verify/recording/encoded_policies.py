"""Policies in IAM's responses, which are percent-encoded JSON."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote


def decode_policies(value: Any) -> Any:
    """Return a response with its percent-encoded JSON decoded, so that the rules apply to the JSON.

    IAM percent-encodes policy documents in its responses ("CreateRole", IAM API reference).
    """
    if isinstance(value, dict):
        return {name: decode_policies(each) for name, each in value.items()}
    if isinstance(value, list):
        return [decode_policies(each) for each in value]
    if isinstance(value, str) and value[:3].upper() in {"%7B", "%5B"}:
        return unquote(value)
    return value
