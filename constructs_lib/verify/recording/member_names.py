"""Classification of values by the name of their member."""

from __future__ import annotations

import re
from typing import Final

_PASSWORD: Final = re.compile(r".*password|secret_?hash", re.IGNORECASE)
_LONG_ENOUGH: Final = 8
_KINDS: Final = ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]")
_OPAQUE: Final = re.compile(
    r"secret.*|.*secret|.*token|.*signature|session|salt|srp_[ab]|password_claim_.*|.*marker|.*cursor|code|confirmationcode"
    r"|authorization|cookie|set-cookie|logresult|device_?key|.*verifier|state|nonce|.*secret_?key|timestamp|stringtosign|canonicalrequest|.*bytes|x-amz-id-2",
    re.IGNORECASE,
)
_NAMELESS: Final = re.compile(
    r"(?:.*(?:[a-z_-]i[dD]s?|[a-z]ID|Ids?|ID|A[rR][nN]s?|^arn|[eE][tT]ag|Fingerprint|Digest|Sha256|SHA256|MD5|CRC\w+|KeyName"
    r"|HostedZone|Versions?|physicalresourceid)|id|sub|username|UserName|Username|cognito:username|jti|kid|origin_jti"
    r"|event_id|Checksum\w*|OutputValue|ChangeSetName|Target|ParameterValue|PhysicalResourceId|ResourceId|Location|given_name|family_name)"
)
"""Members whose values identify a resource of an account: replaced unless every word of the value is known."""
_NOT: Final = frozenset({"sid", "logicalresourceid", "logicalid", "version", "keyid"})
_PROSE: Final = re.compile(r"message|errormessage|.*reason|description", re.IGNORECASE)
_LOGIN: Final = re.compile(r"(?:username|user_name|sub|cognito:username)", re.IGNORECASE)


def is_password(key: str) -> bool:
    """Return whether the value of a member is always secret."""
    return bool(_PASSWORD.fullmatch(key))


def is_strong(password: str) -> bool:
    """Return whether a password meets the default policy of user pools: eight characters, and one of each kind."""
    return len(password) >= _LONG_ENOUGH and all(re.search(kind, password) for kind in _KINDS)


def is_opaque(key: str) -> bool:
    """Return whether the value of a member is secret or opaque, unless it consists of words, such as `minutes`."""
    return bool(_OPAQUE.fullmatch(key))


def is_login(key: str) -> bool:
    """Return whether the value of a member names a user."""
    return bool(_LOGIN.fullmatch(key))


def is_prose(key: str) -> bool:
    """Return whether the value of a member is a message for people, which a recording may omit."""
    return bool(_PROSE.fullmatch(key))


def names_one(key: str) -> bool:
    """Return whether the value of a member identifies a resource of an account."""
    return key.lower() not in _NOT and bool(_NAMELESS.fullmatch(key))


def kind_of(key: str) -> str:
    """Return the kind of a member's placeholders: its name in lower case with hyphens."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", key)
    return "-".join(word.lower() for word in words) or "value"
