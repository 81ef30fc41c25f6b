"""Principal tags from a token's claims, and STS's checks of session tags. Pure.

Sources: "Attributes for access control" (Amazon Cognito developer guide), "Tag" (AWS STS API reference), "Passing
session tags in AWS STS" (IAM user guide). Identity pools answer refused tags with
InvalidIdentityPoolConfigurationException (aws/aws-sdk-js#4112). AWS does not document claims that are lists or objects:
their JSON has characters that a session tag cannot have, so they are refused.
"""

import json
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

DEFAULTS: Final = {"username": "sub", "client": "aud"}
"""The tags of `UseDefaults`, for user pools."""
_LONGEST_KEY: Final = 128
_LONGEST_VALUE: Final = 256
_MOST: Final = 460
"""The maximum total size of one session's tags, in bytes ("Using attributes for access control with Amazon Cognito
identity pools", Amazon Cognito developer guide)."""
_SYMBOLS: Final = frozenset("_.:/=+-@")


class RefusedTagsError(ValueError):
    """STS refuses the tags."""


def tags_of(mapping: Mapping[str, Any] | None, claims: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of a session; a claim that the token lacks gives no tag.

    The mapping is the provider's, with `UseDefaults` and `PrincipalTags`.

    Raises:
        RefusedTagsError: For tags that STS refuses: the session gets no credentials.
    """
    if not mapping:
        return {}
    named = DEFAULTS if mapping["UseDefaults"] else mapping["PrincipalTags"] or {}
    tags = {tag: _text(claims[claim]) for tag, claim in named.items() if claims.get(claim) is not None}
    for key, value in tags.items():
        if not 1 <= len(key) <= _LONGEST_KEY or not all(map(_may_stand, key)):
            raise RefusedTagsError(f"{key!r} is not a valid key of a session tag")
        if len(value) > _LONGEST_VALUE or not all(map(_may_stand, value)):
            raise RefusedTagsError(f"the tag {key} cannot have the value {value[:80]!r}")
    if len({key.lower() for key in tags}) < len(tags):
        raise RefusedTagsError("two session tags differ in case alone")
    if sum(len(f"{key}{value}".encode()) for key, value in tags.items()) > _MOST:
        raise RefusedTagsError(f"the session tags have more than {_MOST} bytes together")
    return tags


def _text(claim: Any) -> str:
    return claim if isinstance(claim, str) else json.dumps(claim)


def _may_stand(char: str) -> bool:
    """Return whether a session tag may contain a character: a letter, a number, a space, or one of a few symbols."""
    return char in _SYMBOLS or unicodedata.category(char)[0] in "LZN"
