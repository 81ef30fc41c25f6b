"""Detection of CDK tokens: values that are known only at deployment."""

from __future__ import annotations

from typing import Final

from aws_cdk import Token

_IN_TEXT: Final = "${Token["
"""The beginning of a token in a text (`aws-cdk-lib/core`, "Tokens and encoded values")."""
_NUMBERS: Final = -1e288
"""Tokens for numbers are encoded below this."""


def is_token(value: object) -> bool:
    """Return whether a value is or holds a token.

    Equivalent to `Token.is_unresolved`, which is a call to Node and is therefore made only for possible tokens.
    """
    if isinstance(value, str) and _IN_TEXT not in value:
        return False
    if isinstance(value, (int, float)) and value > _NUMBERS:
        return False
    return Token.is_unresolved(value)
