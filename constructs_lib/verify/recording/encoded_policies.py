"""Policies in answers of IAM, which are JSON in percent-encoding."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote


def decode_policies(value: Any) -> Any:
    """Return an answer with its percent-encoded JSON decoded, so that rules see the JSON that it stands for.

    IAM percent-encodes policy documents in its answers ("CreateRole", IAM API reference).
    """
    if isinstance(value, dict):
        return {name: decode_policies(each) for name, each in value.items()}
    if isinstance(value, list):
        return [decode_policies(each) for each in value]
    if isinstance(value, str) and value[:3].upper() in {"%7B", "%5B"}:
        return unquote(value)
    return value
